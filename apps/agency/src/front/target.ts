import { AgencyError, nearest } from '@cloud-agency/errors';
import type { Kind, Mixin, Registry } from '@cloud-agency/occi';

/** What a path means (OCCI.md 2.2). */
export type Target =
  | { readonly type: 'home' }
  | { readonly type: 'query' }
  | { readonly type: 'collection'; readonly of: Kind | Mixin }
  | { readonly type: 'entity'; readonly kind: Kind; readonly id: string }
  /** A path without a meaning of its own that collections lie below. */
  | { readonly type: 'below'; readonly of: readonly Mixin[] }
  /** One attribute of an entity that is an object: its own path shows it whole. */
  | { readonly type: 'part'; readonly kind: Kind; readonly id: string; readonly name: string };

const queryPaths = ['/-/', '/.well-known/org/ogf/occi/-/'];

/** @throws AgencyError not-found with the nearest path that exists; invalid-request when the path cannot be decoded. */
export function targetOf(path: string, registry: Registry): Target {
  if (path === '/') return { type: 'home' };
  if (queryPaths.includes(path)) return { type: 'query' };
  const of = registry.at(path);
  if (of) return { type: 'collection', of };
  return entityAt(path, registry) ?? collectionsBelow(path, registry) ?? unknownPath(path, registry);
}

/** `/kind/id` or `/kind/id/part`. */
function entityAt(path: string, registry: Registry): Target | undefined {
  const [term = '', id = '', name, tooMuch] = path.slice(1).split('/', 4);
  const kind = registry.at(`/${term}/`);
  if (kind?.class !== 'kind' || id === '' || name === '' || tooMuch !== undefined) return undefined;
  const entity = { kind, id: decoded(id) };
  return name === undefined ? { type: 'entity', ...entity } : { type: 'part', ...entity, name: decoded(name) };
}

/** Only mixins have locations below others: a kind's is `/<term>/`. */
function collectionsBelow(path: string, registry: Registry): Target | undefined {
  const of = path.endsWith('/') ? registry.mixins.filter(({ location }) => location.startsWith(path)) : [];
  return of.length > 0 ? { type: 'below', of } : undefined;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AgencyError('invalid-request', { message: `'${segment.slice(0, 60)}' in the path is not percent-encoded UTF-8.` });
  }
}

function unknownPath(path: string, registry: Registry): never {
  const known = [...queryPaths, ...[...registry.kinds, ...registry.mixins].flatMap(({ location }) => location ?? [])];
  const shown = path.slice(0, 100);
  const close = known.find((location) => location === `${path}/`) ?? nearest(shown, known);
  throw new AgencyError('not-found', { what: shown, hint: close ? `Did you mean ${close}?` : 'GET /-/ shows what there is.' });
}
