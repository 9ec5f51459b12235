import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { VendorError } from '../../vendor/vendor-error.js';

export type XmlNode = string | XmlElement;
export interface XmlElement {
  readonly [name: string]: XmlNode | readonly XmlNode[] | undefined;
}

/** Entities stay as they are while parsing, so that no document can make them grow; `text` turns back the five that XML itself has. */
const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  processEntities: false,
  isArray: (name) => name === 'item' || name === 'Error',
});

/**
 * The element inside a document's root, which must be one of `roots`.
 * @throws VendorError unknown, with the beginning of what came instead.
 */
export function parseXml(document: string, ...roots: readonly string[]): XmlElement {
  const wellFormed = XMLValidator.validate(document) === true;
  const parsed = wellFormed ? (parser.parse(document) as XmlElement) : {};
  for (const root of roots) {
    const element = parsed[root];
    if (element !== undefined) return isElement(element) ? element : {};
  }
  throw new VendorError('unknown', `the answer is not the XML expected (${roots.join(' or ')}): ${excerpt(document)}`, {
    code: 'malformed',
  });
}

/** The text at a path; undefined when there is none. */
export function text(node: XmlNode, ...path: readonly string[]): string | undefined {
  const found = at(node, path);
  return typeof found === 'string' && found !== '' ? decoded(found) : undefined;
}

export function number(node: XmlNode, ...path: readonly string[]): number | undefined {
  const found = Number(text(node, ...path) ?? Number.NaN);
  return Number.isFinite(found) ? found : undefined;
}

/** The `item`s at a path, as EC2 writes every list; empty when the list is empty or missing. */
export const items = (node: XmlNode, ...path: readonly string[]): readonly XmlNode[] => list(node, path, 'item');

/** The elements of one name at a path. */
export function list(node: XmlNode, path: readonly string[], name: string): readonly XmlNode[] {
  const parent = at(node, path);
  const found = isElement(parent) ? parent[name] : undefined;
  if (found === undefined) return [];
  return isList(found) ? found : [found];
}

export const excerpt = (document: string): string => document.slice(0, 200).replace(/\s+/g, ' ').trim() || '(nothing)';

function at(node: XmlNode, path: readonly string[]): XmlNode | undefined {
  let current: XmlNode | readonly XmlNode[] | undefined = node;
  for (const name of path) {
    if (!isElement(current)) return undefined;
    current = current[name];
  }
  return isList(current) ? current[0] : current;
}

const isList = (node: XmlNode | readonly XmlNode[] | undefined): node is readonly XmlNode[] => Array.isArray(node);
const isElement = (node: XmlNode | readonly XmlNode[] | undefined): node is XmlElement =>
  typeof node === 'object' && !isList(node);

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const decoded = (raw: string): string =>
  raw.includes('&') ? raw.replace(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => named[name] ?? '') : raw;
