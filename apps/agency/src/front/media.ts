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
 * The served type that the client likes best.
 * @throws AgencyError not-acceptable naming what is served; invalid-request for a URI list of what is no list.
 */
export function negotiate(accept: string | undefined, served: readonly MediaType[]): MediaType {
  const ranges = accept === undefined || accept.trim() === '' ? ['*/*'] : preferred(accept);
  for (const range of ranges) {
    const found = served.find((type) => covers(range, type));
    if (found) return found;
  }
  if (ranges.includes('text/uri-list')) {
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

/** The ranges of an Accept header, most wanted first; those of quality 0 are left out. */
function preferred(accept: string): string[] {
  return accept
    .split(',')
    .map((part) => {
      const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { range, quality: quality === undefined ? 1 : Number(quality) || 0 };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ range }) => range);
}

function covers(range: string, type: MediaType): boolean {
  if (range === type || range === '*/*') return true;
  return range.endsWith('/*') && type.startsWith(range.slice(0, -1));
}
