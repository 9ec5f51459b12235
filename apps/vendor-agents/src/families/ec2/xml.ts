import { SaxesParser } from 'saxes';
import { VendorError } from '../../vendor/vendor-error.js';

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

/** Elements with elements inside become objects, others their text; a name that occurs again becomes a list. */
function read(document: string): XmlElement {
  const parser = new SaxesParser({ position: false });
  const open: Building[] = [{}];
  let words = '';
  parser.on('opentag', () => {
    open.push({});
    words = '';
  });
  parser.on('text', (more) => {
    words += more;
  });
  parser.on('closetag', ({ name }) => {
    const closed = open.pop() ?? {};
    const parent = open.at(-1) ?? {};
    const node = isEmpty(closed) ? words.trim() : closed;
    const before = parent[name];
    if (before === undefined) parent[name] = node;
    else if (Array.isArray(before)) before.push(node);
    else parent[name] = [before, node];
    words = '';
  });
  try {
    parser.write(document).close();
  } catch {
    return {};
  }
  return open[0] ?? {};
}

function isEmpty(element: Building): boolean {
  for (const _ in element) return false;
  return true;
}

/** The text at a path; undefined when there is none. */
export function text(node: XmlNode, ...path: readonly string[]): string | undefined {
  const found = at(node, path);
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

const isList = (node: XmlNode | readonly XmlNode[] | undefined): node is readonly XmlNode[] => Array.isArray(node);
const isElement = (node: XmlNode | readonly XmlNode[] | undefined): node is XmlElement =>
  typeof node === 'object' && !isList(node);
