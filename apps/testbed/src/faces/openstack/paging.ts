import { shortPage } from '../mishap.js';
import { badRequest } from './fault.js';
import { type Call, placeOf } from './service.js';

const most = 1000;

export interface MarkedPage<T> {
  readonly items: readonly T[];
  /** The query of the next page, or null on the last. */
  readonly next: string | null;
}

/**
 * The items after `marker`, at most `limit` of them, and never more than the service gives at once.
 * @throws OpenStackFault 400 for a marker that is none of the items.
 */
export function pageAfter<T extends { readonly id: string }>(items: readonly T[], call: Call): MarkedPage<T> {
  const { query, testbed } = call;
  const marker = query.get('marker');
  const at = marker === null ? -1 : items.findIndex(({ id }) => id === marker);
  if (marker !== null && at < 0) throw badRequest(`marker [${marker}] not found`);
  const limit = Math.min(limitOf(query), shortPage(testbed, placeOf(call)) ?? most);
  const page = items.slice(at + 1, at + 1 + limit);
  const last = page.at(-1);
  if (!last || at + 1 + limit >= items.length) return { items: page, next: null };
  const following = new URLSearchParams(query);
  following.set('marker', last.id);
  return { items: page, next: following.toString() };
}

function limitOf(query: URLSearchParams): number {
  const text = query.get('limit');
  if (text === null) return most;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 0) throw badRequest(`Invalid input for query parameters limit. Value: ${text}.`);
  // Nova reads 0 as «no limit of mine».
  return limit === 0 ? most : limit;
}
