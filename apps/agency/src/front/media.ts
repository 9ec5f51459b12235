/** Content negotiation (OCCI.md 2.5). */
import { AgencyError } from '@cloud-agency/errors';

export type MediaType =
  | 'text/plain'
  | 'text/occi+plain'
  | 'text/occi'
  | 'text/uri-list'
  | 'application/occi+json'
  | 'application/json'
  | 'application/problem+json'
  | 'text/html'
  | 'text/csv'
  | 'text/event-stream'
  | 'application/yaml'
  | 'application/openslo+yaml'
  | 'application/vnd.cloud-agency.cfp+json'
  | 'application/wsag+xml'
  | 'application/wsag+json';

/** The first of each list answers a client that takes anything. */
export const entityTypes: readonly MediaType[] = [
  'text/plain',
  'text/occi+plain',
  'text/occi',
  'application/occi+json',
  'application/json',
];
export const listingTypes: readonly MediaType[] = [...entityTypes, 'text/uri-list'];
export const homeTypes: readonly MediaType[] = [...listingTypes, 'text/html'];
export const objectTypes: readonly MediaType[] = ['application/json', 'application/occi+json', 'text/plain'];

/**
 * The served type that the client likes best (RFC 9110, 12.5.1): each by the narrowest range that covers it. Of several that it likes as well, the one that
 * it names first, and then the first that is served.
 * @throws AgencyError not-acceptable naming what is served; invalid-request for a URI list of what is no list.
 */
export function negotiate(accept: string | undefined, served: readonly MediaType[]): MediaType {
  const ranges = accept === undefined || accept.trim() === '' ? [{ range: '*/*', quality: 1, place: 0 }] : rangesIn(accept);
  const liked = served.flatMap((type) => {
    const [narrowest] = ranges.filter(({ range }) => covers(range, type)).sort((a, b) => wide(a.range) - wide(b.range));
    return narrowest && narrowest.quality > 0 ? [{ type, ...narrowest }] : [];
  });
  const [best] = liked.sort((a, b) => b.quality - a.quality || a.place - b.place);
  if (best) return best.type;
  if (ranges.some(({ range }) => range === 'text/uri-list')) {
    throw new AgencyError('invalid-request', {
      message: 'text/uri-list is for listings; ask for this in text/plain or application/occi+json.',
    });
  }
  throw new AgencyError('not-acceptable', {
    message: `Nothing in the Accept header can be served here. Ask for one of: ${served.join(', ')}.`,
  });
}

/** The media type of a body, in lower case. Some clients list several: the first counts. */
export const mediaTypeOf = (contentType: string | undefined): string =>
  (contentType ?? '').split(/[,;]/, 1)[0]?.trim().toLowerCase() ?? '';

export const isJson = (type: string): boolean => type === 'application/json' || type.endsWith('+json');

/** With its charset where text needs one. */
export const contentType = (type: MediaType): string =>
  type.startsWith('text/') && type !== 'text/occi' ? `${type}; charset=utf-8` : type;

interface Range {
  readonly range: string;
  readonly quality: number;
  readonly place: number;
}

/** The ranges of an Accept header. */
function rangesIn(accept: string): readonly Range[] {
  return accept.split(',').map((part, place) => {
    const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { range, quality: quality === undefined ? 1 : Number(quality) || 0, place };
  });
}

function covers(range: string, type: MediaType): boolean {
  if (range === type || range === '*/*') return true;
  return range.endsWith('/*') && type.startsWith(range.slice(0, -1));
}

const wide = (range: string): number => (range === '*/*' ? 2 : Number(range.endsWith('/*')));
