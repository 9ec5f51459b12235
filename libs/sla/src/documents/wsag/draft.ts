import type { Problems } from '../problems.js';
import type { Position, Source } from '../source.js';

/** A part of a call document while it is put together from the places where WS-Agreement has it; its path is known in the end. */
export type Draft = MappingDraft | ListDraft | ScalarDraft;
export interface MappingDraft {
  readonly kind: 'mapping';
  readonly at: Position;
  readonly entries: Map<string, { readonly at: Position; readonly value: Draft }>;
}
export interface ListDraft {
  readonly kind: 'list';
  readonly at: Position;
  readonly items: readonly Draft[];
}
export interface ScalarDraft {
  readonly kind: 'scalar';
  readonly at: Position;
  readonly text: string;
}

export const mapping = (at: Position): MappingDraft => ({ kind: 'mapping', at, entries: new Map() });
export const list = (at: Position, items: readonly Draft[]): ListDraft => ({ kind: 'list', at, items });
export const scalar = (at: Position, text: string): ScalarDraft => ({ kind: 'scalar', at, text });

/** One value as it is, several as a list. */
export function oneOrList(at: Position, items: readonly Draft[]): Draft {
  const [only] = items;
  return items.length === 1 && only ? only : list(at, items);
}

/** Adds a field. What is said of one field at several places is joined where that makes sense, and else told to `problems`. */
export function put(into: MappingDraft, name: string, value: Draft, problems: Problems): void {
  const before = into.entries.get(name)?.value;
  if (!before) into.entries.set(name, { at: value.at, value });
  else if (before.kind === 'mapping' && value.kind === 'mapping')
    for (const [inner, entry] of value.entries) put(before, inner, entry.value, problems);
  else if (before.kind === 'list' && value.kind === 'list')
    into.entries.set(name, { at: before.at, value: list(before.at, [...before.items, ...value.items]) });
  else problems.add({ path: name, at: value.at }, `"${name}" is stated a second time`, `first at line ${before.at.line}`);
}

const number = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

export function located(draft: Draft, path = ''): Source {
  const { at } = draft;
  switch (draft.kind) {
    case 'mapping':
      return {
        kind: 'mapping',
        path,
        at,
        entries: [...draft.entries].map(([name, entry]) => ({
          name,
          at: entry.at,
          value: located(entry.value, path ? `${path}.${name}` : name),
        })),
      };
    case 'list':
      return { kind: 'list', path, at, items: draft.items.map((item, index) => located(item, `${path}[${index}]`)) };
    case 'scalar':
      return { kind: 'scalar', path, at, value: number.test(draft.text) ? Number(draft.text) : draft.text, text: draft.text };
  }
}
