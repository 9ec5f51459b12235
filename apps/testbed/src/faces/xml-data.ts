import { escaped } from './markup.js';

/** A document as data: lists repeat their element, `@name` is an attribute, `#text` the text beside attributes; what is null is left out. */
export type XmlData = string | number | boolean | null | undefined | readonly XmlData[] | { readonly [name: string]: XmlData };

/** Written as XML, every name with a namespace's prefix where there is one. */
export function written(name: string, value: XmlData, prefix = ''): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return (value as readonly XmlData[]).map((each) => written(name, each, prefix)).join('');
  if (typeof value !== 'object') return `<${prefix}${name}>${escaped(value)}</${prefix}${name}>`;
  const members = Object.entries(value as { readonly [name: string]: XmlData });
  const attributes = members
    .filter(([member, content]) => member.startsWith('@') && content !== null && content !== undefined)
    .map(([member, content]) => ` ${member.slice(1)}="${textOf(content)}"`);
  const inside = members
    .filter(([member]) => !member.startsWith('@'))
    .map(([member, content]) => (member === '#text' ? textOf(content) : written(member, content, prefix)));
  return `<${prefix}${name}${attributes.join('')}>${inside.join('')}</${prefix}${name}>`;
}

const textOf = (value: XmlData): string => (typeof value === 'object' || value === undefined ? '' : escaped(value));

export const xmlDocument = (root: string): string => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${root}`;
