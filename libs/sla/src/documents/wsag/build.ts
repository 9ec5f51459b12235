import { space, type Tree } from './tree.js';

/** Elements beside each other: one, several, or none where there is nothing to say. */
export type Elements = readonly Tree[];
export type Value = string | number | readonly Value[] | { readonly [name: string]: Value | undefined };
type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element with elements inside. */
export const element = (name: string, attributes: Attributes, ...children: readonly Elements[]): readonly [Tree] => [
  { name, attributes: written(attributes), children: children.flat(), text: '' },
];

/** An element with text inside. */
export const leaf = (name: string, text: string, attributes: Attributes = {}): readonly [Tree] => [
  { name, attributes: written(attributes), children: [], text },
];

/** A value of the call document in elements of our own: see `ownValue`, which reads them. */
export function own(name: string, value: Value | undefined): Elements {
  if (value === undefined) return [];
  const tag = `cfp:${name}`;
  if (typeof value === 'number') return leaf(tag, String(value));
  if (typeof value === 'string') return ownText(tag, value);
  if (isList(value))
    return value.length === 0
      ? element(tag, { 'cfp:empty': 'list' })
      : element(tag, {}, ...value.map((item) => own('item', item)));
  return element(tag, {}, ...Object.entries(value).map(([field, inner]) => own(field, inner)));
}

/** What XML 1.0 cannot hold even as a character reference. */
const unwritable = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

function ownText(tag: string, text: string): Elements {
  if (text === '') return element(tag, { 'cfp:empty': 'text' });
  if (text.search(unwritable) >= 0) return leaf(tag, asciiJson(text), { 'cfp:text': 'json' });
  if (text !== text.trim() || text.includes('\n')) return leaf(tag, text, { [space]: 'preserve' });
  return leaf(tag, text);
}

function asciiJson(text: string): string {
  const code = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(/[^ -~]/g, code);
}

const written = (attributes: Attributes): ReadonlyMap<string, string> =>
  new Map(Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const])));

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
