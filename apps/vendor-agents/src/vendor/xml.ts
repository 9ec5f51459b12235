import { SaxesParser } from 'saxes';
import { VendorError } from './vendor-error.js';

export type XmlNode = string | XmlElement;
export interface XmlElement {
  readonly [name: string]: XmlNode | readonly XmlNode[] | undefined;
}

/**
 * The element inside a document's root, which must be one of `roots`. Only well-formed documents are read, and no entities but XML's own
 * five: what a document declares itself is never expanded.
 * @throws VendorError unknown, with the beginning of what came instead.
 */
export function parseXml(document: string, ...roots: readonly string[]): XmlElement {
  const parsed = read(document);
  for (const root of roots) {
    const element = parsed[root];
    if (element !== undefined) return isElement(element) ? element : {};
  }
  throw new VendorError('unknown', `the answer is not the XML expected (${roots.join(' or ')}): ${excerpt(document)}`, {
    code: 'malformed',
  });
}

type Building = Record<string, XmlNode | XmlNode[]>;

/**
 * Elements with elements or attributes become objects, others their text; a name that occurs again becomes a list. An attribute is a member
 * `@name`, the text beside attributes a member `#text`; namespaces are left out: their declarations, and prefixes of names.
 */
function read(document: string): XmlElement {
  const parser = new SaxesParser({ position: false, xmlns: false });
  const open: Building[] = [{}];
  let words = '';
  parser.on('opentag', ({ attributes }) => {
    open.push(attributesOf(attributes));
    words = '';
  });
  const speak = (more: string): void => {
    words += more;
  };
  parser.on('text', speak);
  parser.on('cdata', speak);
  parser.on('closetag', ({ name }) => {
    const closed = open.pop() ?? {};
    const parent = open.at(-1) ?? {};
    const said = words.trim();
    add(parent, localName(name), isEmpty(closed) ? said : said === '' ? closed : { ...closed, '#text': said });
    words = '';
  });
  try {
    parser.write(document).close();
  } catch {
    return {};
  }
  return open[0] ?? {};
}

function add(parent: Building, name: string, node: XmlNode): void {
  const before = parent[name];
  if (before === undefined) parent[name] = node;
  else if (Array.isArray(before)) before.push(node);
  else parent[name] = [before, node];
}

const attributesOf = (attributes: Readonly<Record<string, string>>): Building => {
  const found: Building = {};
  for (const name in attributes) {
    if (!name.startsWith('xmlns')) found[`@${localName(name)}`] = attributes[name] ?? '';
  }
  return found;
};

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

function isEmpty(element: Building): boolean {
  for (const _ in element) return false;
  return true;
}

/** The text at a path, whose last name may be that of an attribute (`@href`); undefined when there is none. */
export function text(node: XmlNode, ...path: readonly string[]): string | undefined {
  const element = at(node, path);
  const found = isElement(element) ? element['#text'] : element;
  return typeof found === 'string' && found !== '' ? found : undefined;
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

/** Text as the content of an element or an attribute; characters that XML cannot hold at all (XML 1.0, 2.2) are left out. */
export const escapeXml = (value: string): string =>
  value
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const isList = (node: XmlNode | readonly XmlNode[] | undefined): node is readonly XmlNode[] => Array.isArray(node);
const isElement = (node: XmlNode | readonly XmlNode[] | undefined): node is XmlElement =>
  typeof node === 'object' && !isList(node);
