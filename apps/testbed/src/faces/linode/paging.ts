import { shortPage } from '../mishap.js';
import type { Call } from './api.js';
import { badRequest, notFound } from './errors.js';
import { type Filterable, filtered } from './filter.js';

/** Linode API v4, Pagination: from 25 to 500 on a page, 100 when nothing is asked for. */
const sizes = { least: 25, usual: 100, most: 500 };

/** One page of what the filter leaves. @throws LinodeError 400 for a page that is none, 404 for one after the last. */
export function paged<T extends Readonly<Record<string, unknown>>>(call: Call, items: readonly T[], fields: Filterable) {
  const all = filtered(items, call.filter, fields);
  const size = shortPage(call.testbed, call.place) ?? numberIn(call, 'page_size', sizes.usual, sizes.least, sizes.most);
  const page = numberIn(call, 'page', 1, 1, Number.MAX_SAFE_INTEGER);
  const pages = Math.max(1, Math.ceil(all.length / size));
  if (page > pages) throw notFound();
  return { data: all.slice((page - 1) * size, page * size), page, pages, results: all.length };
}

function numberIn({ query }: Call, name: string, usual: number, least: number, most: number): number {
  const text = query.get(name);
  if (text === null) return usual;
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw badRequest(most === sizes.most ? `Must be ${least}-${most}` : `Must be at least ${least}`, name);
}
