/** Markup that has been made already. */
export class Markup {
  constructor(readonly text: string) {}
}

export type XmlValue =
  string | number | boolean | null | undefined | Markup | readonly XmlValue[] | { readonly [name: string]: XmlValue };
export type XmlFields = { readonly [name: string]: XmlValue };

/** EC2's way with lists: `<name><item>…</item><item>…</item></name>`. What is null or undefined is left out. */
export function element(name: string, value: XmlValue): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Markup) return `<${name}>${value.text}</${name}>`;
  if (Array.isArray(value))
    return `<${name}>${(value as readonly XmlValue[]).map((item) => element('item', item)).join('')}</${name}>`;
  if (typeof value === 'object') return `<${name}>${fields(value as XmlFields)}</${name}>`;
  return `<${name}>${escape(String(value))}</${name}>`;
}

export const fields = (values: XmlFields): string =>
  Object.entries(values)
    .map(([name, value]) => element(name, value))
    .join('');

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
