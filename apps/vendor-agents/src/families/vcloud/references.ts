import { malformed } from '../../vendor/refusal.js';
import { list, text, type XmlNode } from '../../vendor/xml.js';

/** A link or reference to something else. */
export interface Reference {
  readonly name: string;
  readonly href: string;
}

/** The links of an entity to things of a type: `…` of `application/vnd.vmware.vcloud.…+xml`. */
export function linksTo(entity: XmlNode, type: string): readonly Reference[] {
  const wanted = `application/vnd.vmware.vcloud.${type}+xml`.toLowerCase();
  return list(entity, [], 'Link')
    .filter((link) => text(link, '@type')?.toLowerCase() === wanted)
    .map(referenceOf);
}

export const referenceOf = (node: XmlNode): Reference => ({
  name: text(node, '@name') ?? '',
  href: required(node, 'href', 'a reference'),
});

/** @throws VendorError malformed */
export function required(node: XmlNode, attribute: string, what: string): string {
  const value = text(node, `@${attribute}`);
  if (value === undefined) throw malformed(`the answer shows ${what} without ${attribute}`);
  return value;
}

/** What an address calls a thing: the last part of it. */
export const idIn = (href: string): string => href.replace(/\/+$/, '').replace(/^.*\//, '');

/** The first element of a name at a path. */
export const first = (node: XmlNode, path: readonly string[], name: string): XmlNode | undefined => list(node, path, name)[0];
