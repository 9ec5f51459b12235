import { nearest } from '@cloud-agency/errors';
import { portableImages } from './images.js';
import type { TextAttribute } from './names.js';

const architectures: Readonly<Record<string, string>> = {
  x64: 'x64',
  x86_64: 'x64',
  'x86-64': 'x64',
  amd64: 'x64',
  arm64: 'arm64',
  aarch64: 'arm64',
  x86: 'x86',
  i386: 'x86',
  i686: 'x86',
};

/** The canonical name (x64, arm64, x86) of an architecture as vendors and people write it; undefined for one that is unknown. */
export function architecture(written: string): string | undefined {
  const key = written.trim().toLowerCase();
  return Object.hasOwn(architectures, key) ? architectures[key] : undefined;
}

/** The words that a text attribute may take. */
export const textValues: Readonly<Record<TextAttribute, readonly string[]>> = {
  architecture: ['x64', 'arm64', 'x86'],
  image: portableImages,
  market: ['any', 'on-demand', 'spot'],
};

/** The canonical word for `written`, or what is wrong with it. */
export function textValue(
  attribute: TextAttribute,
  written: string,
): { readonly value: string } | { readonly problem: string; readonly hint?: string } {
  const known = textValues[attribute];
  const value = attribute === 'architecture' ? (architecture(written) ?? written) : written;
  if (known.includes(value)) return { value };
  const meant = nearest(written, known);
  const problem = `"${written}" is not a known ${attribute}: ${known.join(', ')}`;
  return meant ? { problem, hint: `did you mean ${meant}?` } : { problem };
}
