/** Parts of a call document that stand for something of OpenSLO: what is wrong with them is told where that stands. */
import type { Place } from '../problems.js';
import type { List, Mapping, Scalar, Source } from '../source.js';

export const said = ({ path, at }: Place, value: string | number): Scalar => ({
  ...{ kind: 'scalar', path, at },
  ...{ value, text: String(value) },
});

export const listed = ({ path, at }: Place, items: readonly Source[]): List => ({ kind: 'list', path, at, items });

export const fieldsOf = ({ path, at }: Place, fields: Readonly<Record<string, Source | undefined>>): Mapping => ({
  ...{ kind: 'mapping', path, at },
  entries: Object.entries(fields).flatMap(([name, value]) => (value ? [{ name, at: value.at, value }] : [])),
});

/** Adds items to a list of the document; where something else stands, its reader says so. */
export function appended(document: Source, name: string, items: readonly Source[]): Source {
  const [first] = items;
  if (document.kind !== 'mapping' || !first) return document;
  const before = document.entries.find((entry) => entry.name === name);
  if (!before)
    return {
      ...document,
      entries: [...document.entries, { name, at: first.at, value: listed({ path: name, at: first.at }, items) }],
    };
  const { value } = before;
  if (value.kind !== 'list') return document;
  const longer = { ...before, value: { ...value, items: [...value.items, ...items] } };
  return { ...document, entries: document.entries.map((entry) => (entry === before ? longer : entry)) };
}
