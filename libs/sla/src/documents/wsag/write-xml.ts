import { namespaces } from './names.js';
import type { Tree, WsagDocument } from './tree.js';

/** The document as XML; its names are of the namespaces known here. */
export function toXml({ root, comments }: WsagDocument): string {
  const declared = prefixesIn(root).map((prefix) => [`xmlns:${prefix}`, namespaces[prefix]] as const);
  const attributes = new Map([...declared, ...root.attributes]);
  const head = ['<?xml version="1.0" encoding="UTF-8"?>', ...comments.map((comment) => `<!-- ${comment} -->`)];
  return [...head, ...lines({ ...root, attributes }), ''].join('\n');
}

/** Text that spans lines is left as it is: spaces before its lines would be part of it. */
function lines({ name, attributes, children, text }: Tree): readonly string[] {
  const tag = `${name}${[...attributes].map(([attribute, value]) => ` ${attribute}="${inAttribute(value)}"`).join('')}`;
  if (children.length > 0) return [`<${tag}>`, ...children.flatMap(lines).map((line) => `  ${line}`), `</${name}>`];
  return [text === '' ? `<${tag}/>` : `<${tag}>${escaped(text)}</${name}>`];
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };
const escaped = (text: string): string => text.replace(/[&<>"\r]/g, (character) => escapes[character] ?? character);
/** A reader makes spaces of what is not written as a reference. */
const inAttribute = (value: string): string => escaped(value).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');

type Prefix = keyof typeof namespaces;

function prefixesIn(root: Tree): readonly Prefix[] {
  const names = (tree: Tree): readonly string[] => [tree.name, ...tree.attributes.keys(), ...tree.children.flatMap(names)];
  const used = new Set(names(root).map((name) => name.split(':', 1)[0]));
  return (Object.keys(namespaces) as Prefix[]).filter((prefix) => prefix !== 'xml' && used.has(prefix));
}
