import { AgencyError } from '@cloud-agency/errors';
import { type CategoryDeclaration, categoryId, type Mixin, mixin } from './model/category.js';
import type { Registry } from './registry.js';

/** Schemes that are not a client's to use: the OGF's, and the Agency's. */
const reservedSchemes = ['http://schemas.ogf.org/occi/', 'http://schemas.cloud-agency.dev/'];
/** Paths, and all below them, that mean something else (OCCI.md 4). */
const reservedPaths = [
  '/-/',
  '/.well-known/',
  '/events/',
  '/docs/',
  '/metrics/',
  '/history/',
  '/statistics/',
  '/healthz/',
  '/readyz/',
  '/openapi.json/',
];
const longest = 250;

/**
 * The mixins that a client adds (OCCI.md 2.1): tags, without attributes or actions. `base` is this host's, for locations given in full.
 * @throws AgencyError invalid-request for what is missing or malformed, forbidden for what is reserved, conflict for what exists.
 */
export function newTags(declared: readonly CategoryDeclaration[], registry: Registry, base: string): Mixin[] {
  if (declared.length === 0) throw invalid('No mixin is described: send one Category (term, scheme, class, location) for each');
  const taken = new Set<string>();
  return declared.map((one) => {
    const tag = newTag(one, base);
    for (const name of [categoryId(tag), tag.location]) {
      if (taken.has(name) || registry.find(name) || registry.at(name))
        throw new AgencyError('conflict', { message: `${name} exists already. GET /-/ shows it.` });
      taken.add(name);
    }
    assertNotBelowKind(tag.location, registry);
    return tag;
  });
}

function newTag(declared: CategoryDeclaration, base: string): Mixin {
  const { term, scheme, rel } = declared;
  if (declared.class !== undefined && declared.class !== 'mixin')
    throw invalid(`${categoryId(declared)} is a ${declared.class}; only mixins can be added`);
  assertName(declared);
  if (declared.attributes || declared.actions)
    throw invalid(
      `${categoryId(declared)} has attributes or actions, which the Agency could not serve; a client's mixin is a tag without any`,
    );
  return mixin({ term, scheme, title: titleOf(declared), location: locationOf(declared, base), depends: rel ? [rel] : [] });
}

function assertName({ term, scheme }: CategoryDeclaration): void {
  if (!/^[a-zA-Z0-9][\w.-]*$/.test(term) || term.length > longest)
    throw invalid(`'${term.slice(0, 60)}' is no term: letters, digits, '_', '-' and '.'`);
  if (!/^[a-zA-Z][a-zA-Z0-9+.-]*:[^\s"'<>;,\\]+#$/.test(scheme) || scheme.length > longest)
    throw invalid(`'${scheme.slice(0, 60)}' is no scheme: a URI that ends in '#'`);
  const reserved = reservedSchemes.find((prefix) => scheme.toLowerCase().startsWith(prefix));
  if (reserved)
    throw new AgencyError('forbidden', { message: `Schemes that begin with ${reserved} are reserved. Use one of your own.` });
}

/** Clients split parameters at every semicolon (OCCI.md 3, rule 3). */
const titleOf = ({ title, term }: CategoryDeclaration): string => (title ?? term).replace(/[\p{Cc};"]+/gu, ' ').slice(0, longest);

function locationOf({ term, location }: CategoryDeclaration, base: string): string {
  if (location === undefined || location === '') throw invalid(`The mixin ${term} has no location; give one such as /${term}/`);
  const path = location.startsWith(`${base}/`) ? location.slice(base.length) : location;
  if (!/^\/([\w.~-]+\/)+$/.test(path) || /\/\.{1,2}\//.test(path) || path.length > longest)
    throw invalid(`'${location.slice(0, 60)}' is no location: a path of this host that begins and ends with '/', e.g. /${term}/`);
  const reserved = reservedPaths.find((prefix) => path.startsWith(prefix));
  if (reserved)
    throw new AgencyError('forbidden', { message: `The location ${path} is reserved. Choose another, e.g. /tag/${term}/.` });
  return path;
}

function assertNotBelowKind(location: string, registry: Registry): void {
  const first = `/${location.split('/')[1] ?? ''}/`;
  if (registry.at(first)?.class !== 'kind') return;
  throw new AgencyError('conflict', { message: `${location} lies among the entities of ${first}. Choose another location.` });
}

const invalid = (message: string): AgencyError => new AgencyError('invalid-request', { message: `${message}.` });
