/** A piece of XML: a line, or several. */
export type Xml = readonly string[];
export type Value = string | number | readonly Value[] | { readonly [name: string]: Value | undefined };
type Attributes = Readonly<Record<string, string | number | undefined>>;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };
const escaped = (text: string): string => text.replace(/[&<>"\r]/g, (character) => escapes[character] ?? character);

/** An element with elements inside. */
export function element(name: string, attributes: Attributes, ...children: readonly Xml[]): Xml {
  const inside = children.flat();
  if (inside.length === 0) return [`<${name}${written(attributes)}/>`];
  return [`<${name}${written(attributes)}>`, ...indented(inside), `</${name}>`];
}

/** An element with text inside. */
export const leaf = (name: string, text: string, attributes: Attributes = {}): Xml => [
  `<${name}${written(attributes)}>${escaped(text)}</${name}>`,
];

/** A value of the call document in elements of our own: see `ownValue`, which reads them. */
export function own(name: string, value: Value | undefined): Xml {
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

function ownText(tag: string, text: string): Xml {
  if (text === '') return element(tag, { 'cfp:empty': 'text' });
  if (text.search(unwritable) >= 0) return leaf(tag, asciiJson(text), { 'cfp:text': 'json' });
  if (text !== text.trim() || text.includes('\n')) return leaf(tag, text, { 'xml:space': 'preserve' });
  return leaf(tag, text);
}

function asciiJson(text: string): string {
  const code = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(/[^ -~]/g, code);
}

/** Text that spans lines is left as it is: spaces before its lines would be part of it. */
const indented = (lines: Xml): Xml => lines.map((line) => `  ${line}`);

function written(attributes: Attributes): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('');
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
