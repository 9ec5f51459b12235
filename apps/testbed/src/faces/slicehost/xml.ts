export const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

type Field = string | number | null | readonly string[];

/** One resource: numbers carry their type, what there is not is nil, a list's elements are called after it. */
export function resource(name: string, fields: Readonly<Record<string, Field>>): string {
  const elements = Object.entries(fields).map(([field, value]) => `  ${element(field, value)}`);
  return [`<${name}>`, ...elements, `</${name}>`].join('\n');
}

export const collection = (name: string, resources: readonly string[]): string =>
  [`<${name} type="array">`, ...resources, `</${name}>`].join('\n');

function element(name: string, value: Field): string {
  if (value === null) return `<${name} nil="true"></${name}>`;
  if (typeof value === 'number') return `<${name} type="${Number.isInteger(value) ? 'integer' : 'float'}">${value}</${name}>`;
  if (typeof value === 'string') return `<${name}>${escaped(value)}</${name}>`;
  const single = name.replace(/es$/, '');
  return `<${name} type="array">${value.map((entry) => `<${single}>${escaped(entry)}</${single}>`).join('')}</${name}>`;
}

/** The text of the first element of a name in a document that a client sent; undefined when there is none. */
export function textOf(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`).exec(xml) ?? [];
  return text
    ?.trim()
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replaceAll('&amp;', '&');
}
