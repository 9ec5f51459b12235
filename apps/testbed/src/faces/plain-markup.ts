/** A document as data: lists repeat their element, `@name` is an attribute, `#text` the text beside attributes; what is null is left out. */
export type Markup = string | number | boolean | null | undefined | readonly Markup[] | { readonly [name: string]: Markup };

/** Written as XML, every name with a namespace's prefix where there is one. */
export function written(name: string, value: Markup, prefix = ''): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return (value as readonly Markup[]).map((each) => written(name, each, prefix)).join('');
  if (typeof value !== 'object') return `<${prefix}${name}>${escaped(String(value))}</${prefix}${name}>`;
  const members = Object.entries(value as { readonly [name: string]: Markup });
  const attributes = members
    .filter(([member, content]) => member.startsWith('@') && content !== null && content !== undefined)
    .map(([member, content]) => ` ${member.slice(1)}="${escaped(plainText(content))}"`);
  const inside = members
    .filter(([member]) => !member.startsWith('@'))
    .map(([member, content]) => (member === '#text' ? escaped(plainText(content)) : written(member, content, prefix)));
  return `<${prefix}${name}${attributes.join('')}>${inside.join('')}</${prefix}${name}>`;
}

export const xmlDocument = (root: string): string => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${root}`;

/** The text of the first element of a name in a document that a client sent; undefined when there is none. */
export function textOf(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^<]*)</(?:\\w+:)?${name}>`).exec(xml) ?? [];
  return text === undefined ? undefined : unescaped(text.trim());
}

/** An attribute of the first element of a name; undefined when it has none. */
export function attributeOf(xml: string, element: string, name: string): string | undefined {
  const [, text] = new RegExp(`<(?:\\w+:)?${element}\\s(?:[^>]*\\s)?${name}="([^"]*)"`).exec(xml) ?? [];
  return text === undefined ? undefined : unescaped(text);
}

/** The root's name, without its prefix. */
export const rootOf = (xml: string): string | undefined => /^\s*(?:<\?[^>]*>\s*)?<(?:\w+:)?([\w.-]+)/.exec(xml)?.[1];

const plainText = (value: Markup): string => (typeof value === 'object' ? '' : String(value));

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll('&amp;', '&');
