import { AgencyError } from '@cloud-agency/errors';
import {
  changeFromJson,
  type EntityChange,
  fromBody,
  fromHeaders,
  type ReceivedField,
  type Registry,
  locationsFromJson,
  readChange,
  readFields,
  urisFrom,
} from '@cloud-agency/occi';
import { jsonBody } from './json-body.js';
import { isJson, mediaTypeOf } from './media.js';
import type { FrontRequest } from './message.js';

export interface Readers<T> {
  /** From the text renderings, in body or headers. */
  fields(fields: readonly ReceivedField[]): T;
  json(value: unknown): T;
  /** Where a list of URIs says it. */
  uris?(uris: readonly string[]): T;
}

/** Reads `what` from a request in whichever rendering it came (OCCI.md 2.5). @throws AgencyError not-acceptable, invalid-request. */
export function readBody<T>({ headers, body }: FrontRequest, what: string, readers: Readers<T>): T {
  const type = mediaTypeOf(headers['content-type']);
  // Also without a body: what is to be said may be in the headers whatever the type.
  if (type === 'text/occi' || body.trim() === '') return readers.fields(fromHeaders(headers));
  if (isJson(type)) return readers.json(jsonBody(body));
  if (['', 'text/plain', 'text/occi+plain'].includes(type)) return readers.fields(fromBody(body));
  if (type === 'text/uri-list' && readers.uris) return readers.uris(urisFrom(body));
  const types = [
    'text/plain',
    'text/occi',
    'application/occi+json',
    'application/json',
    ...(readers.uris ? ['text/uri-list'] : []),
  ];
  throw new AgencyError('not-acceptable', {
    message: `${what} cannot be read from ${type.slice(0, 60)}. Send one of: ${types.join(', ')}.`,
  });
}

/** The paths of the entities that a request lists. @throws AgencyError invalid-request, not-acceptable. */
export function listedLocations(request: FrontRequest, registry: Registry): string[] {
  const locations = readBody(request, 'A list of entities', {
    fields: (fields) => readFields(fields).locations,
    json: (value) => locationsFromJson(value, registry),
    uris: (uris) => uris,
  });
  return [...new Set(locations.map((location) => pathOf(location, request.base)))];
}

/**
 * What a request says of an entity, with the URIs of this host as paths; `unwrapped` takes the entity out of its JSON.
 * @throws AgencyError invalid-request, not-found, not-acceptable.
 */
export function readEntityChange(
  request: FrontRequest,
  registry: Registry,
  unwrapped: (value: unknown) => unknown = (value) => value,
): EntityChange {
  const change = readBody<EntityChange>(request, 'An entity', {
    fields: (fields) => readChange(fields, registry),
    json: (value) => changeFromJson(unwrapped(value), registry),
  });
  const local = <T>(value: T): T | string => (typeof value === 'string' ? pathOf(value, request.base) : value);
  const ends = ['occi.core.source', 'occi.core.target'].flatMap((name) => {
    const uri = change.attributes[name];
    return uri === undefined ? [] : [[name, local(uri)] as const];
  });
  return {
    ...change,
    attributes: { ...change.attributes, ...Object.fromEntries(ends) },
    links: change.links.map((link) => ({ ...link, target: local(link.target), self: local(link.self) })),
  };
}

/** The path on this host that a client's URI means; any other URI stays what it is. */
export function pathOf(uri: string, base: string): string {
  const authority = base.replace(/^https?:\/\//, '').toLowerCase();
  const [, of, path] = /^https?:\/\/([^/?#]*)(.*)$/is.exec(uri) ?? [];
  return of?.toLowerCase() === authority ? path || '/' : uri;
}
