import { AgencyError } from '@cloud-agency/errors';
import {
  type EntityChange,
  fromBody,
  fromHeaders,
  type ReceivedField,
  type Registry,
  locationsFromJson,
  readFields,
  urisFrom,
} from '@cloud-agency/occi';
import { parsedJson } from './json-body.js';
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
  if (isJson(type)) return readers.json(parsedJson(body));
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

/** The same with paths for the ends of links, which a client may name by absolute URLs of this host (OCCI.md 3). */
export function withOwnPaths<C extends EntityChange>(change: C, base: string): C {
  const ends = ['occi.core.source', 'occi.core.target'].flatMap((name) => {
    const uri = change.attributes[name];
    return typeof uri === 'string' ? [[name, pathOf(uri, base)] as const] : [];
  });
  const links = change.links.map((link) => ({ ...link, target: pathOf(link.target, base) }));
  return { ...change, links, attributes: { ...change.attributes, ...Object.fromEntries(ends) } };
}

/** The path on this host that a client's URI means; any other URI stays what it is. */
export const pathOf = (uri: string, base: string): string => (uri.startsWith(`${base}/`) ? uri.slice(base.length) : uri);
