import { nearest } from '@cloud-agency/errors';
import { places, words } from './attributes.js';
import type { PlaceSetLevel, TextAttribute } from './names.js';

/** A name in its canonical form, or what is wrong with it. */
export type Named = { readonly value: string } | { readonly problem: string; readonly hint?: string };

/** The canonical name (x64, arm64, x86) of an architecture as vendors and people write it; undefined for one that is unknown. */
export function architecture(written: string): string | undefined {
  return canonical('architecture', written.trim().toLowerCase());
}

/** The canonical word for `written`. */
export function textValue(attribute: TextAttribute, written: string): Named {
  const value = attribute === 'architecture' ? architecture(written) : canonical(attribute, written);
  if (value !== undefined) return { value };
  const known = words[attribute].values;
  const meant = nearest(written, known);
  const problem = `"${written}" is not a known ${attribute}: ${known.join(', ')}`;
  return meant ? { problem, hint: `did you mean ${meant}?` } : { problem };
}

function canonical(attribute: TextAttribute, written: string): string | undefined {
  const { values, also = {} } = words[attribute];
  return Object.hasOwn(also, written) ? also[written] : values.find((value) => value === written);
}

/** The name of a place of this level. */
export function placeName(level: PlaceSetLevel, written: string): Named {
  const { names } = places[level];
  if (!names || names.matches.test(written)) return { value: written };
  return { problem: `"${written}" is not a ${level}`, hint: names.wanted };
}
