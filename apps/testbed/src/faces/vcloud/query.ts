import { element } from '../markup.js';
import { shortPage } from '../mishap.js';
import { passes } from './filter.js';
import { types } from './names.js';
import { type Fields, queryTypes } from './query-types.js';
import type { Answer, Call, Handler } from './service.js';
import { badRequest, namespace } from './vcloud-error.js';

const usualPage = 25;
const largestPage = 128;

/** A typed query; without a type, the types that there are. */
export const query: Handler = (call) => {
  const name = call.query.get('type');
  if (name !== null) return run(call, '/query', name, { type: name });
  const links = Object.keys(queryTypes).flatMap((type) =>
    (['records', 'references'] as const).map((format) =>
      element('Link', { rel: 'down', type: types[format], name: type, href: `${call.base}/query?type=${type}&format=${format}` }),
    ),
  );
  return {
    type: types.queryList,
    markup: element('QueryList', { xmlns: namespace, type: types.queryList, href: `${call.base}/query` }, ...links),
  };
};

/** A packaged query (1.5, table 9-2), at an address of its own. */
export const packaged =
  (path: string, type: string): Handler =>
  (call) => {
    if (call.query.has('type')) throw badRequest('A packaged query takes no type.');
    return run(call, path, type, {});
  };

function run(call: Call, path: string, name: string, own: Readonly<Record<string, string>>): Answer {
  const type = queryTypes[name];
  if (!type) throw badRequest(`The query type '${name}' is not one of ${Object.keys(queryTypes).join(', ')}.`);
  const format = call.query.get('format') ?? 'records';
  if (format !== 'records' && format !== 'references') throw badRequest(`The format '${format}' is not supported.`);
  const found = sorted(call, type.records(call)).filter(passes(call.query.get('filter')));
  const { page, pageSize, last } = pagesOf(call, found.length);
  const shown = found.slice((page - 1) * pageSize, page * pageSize);
  const hrefOf = (number: number): string => `${call.base}${path}?${linkQuery(call, own, { page: number, pageSize, format })}`;
  const linkTo = (rel: string, number: number): string => element('Link', { rel, type: types[format], href: hrefOf(number) });
  return {
    type: types[format],
    markup: element(
      format === 'records' ? 'QueryResultRecords' : `${type.record.replace('Record', '')}References`,
      { xmlns: namespace, total: found.length, pageSize, page, name, type: types[format], href: hrefOf(page) },
      page > 1 ? linkTo('previousPage', page - 1) : '',
      page < last ? linkTo('nextPage', page + 1) : '',
      ...shown.map((fields) =>
        format === 'records'
          ? element(type.record, fields)
          : element(type.reference, { type: type.media, name: fields.name, href: fields.href }),
      ),
    ),
  };
}

/** @throws VCloudError 400 for a page that there is not. */
function pagesOf({ query: asked, testbed, cloud }: Call, total: number): { page: number; pageSize: number; last: number } {
  const wished = numberIn(asked, 'pageSize', usualPage);
  const pageSize = Math.min(wished, largestPage, shortPage(testbed, { cloud: cloud.name }) ?? largestPage);
  const page = numberIn(asked, 'page', 1);
  const last = Math.max(1, Math.ceil(total / pageSize));
  if (page > last) throw badRequest(`There is no page ${page}: the last is ${last}.`);
  return { page, pageSize, last };
}

function numberIn(asked: URLSearchParams, name: string, otherwise: number): number {
  const number = Number(asked.get(name) ?? otherwise);
  if (!Number.isInteger(number) || number < 1) throw badRequest(`The parameter ${name} must be a number from 1.`);
  return number;
}

/** What leads to another page asks for the rest as it was asked. */
function linkQuery(
  { query: asked }: Call,
  own: Readonly<Record<string, string>>,
  page: Readonly<Record<string, string | number>>,
): string {
  const kept = ['filter', 'sortAsc', 'sortDesc'].flatMap((name) => (asked.has(name) ? [[name, asked.get(name) ?? '']] : []));
  const pairs = [...Object.entries({ ...own, ...page }), ...kept] as [string, string | number][];
  return pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

function sorted({ query: asked }: Call, records: Fields[]): Fields[] {
  const ascending = asked.get('sortAsc');
  const name = ascending ?? asked.get('sortDesc');
  if (name === null) return records;
  if (records.some((fields) => !(name in fields))) throw badRequest(`There is no attribute '${name}' to sort by.`);
  const inOrder = [...records].sort((a, b) => (String(a[name]) < String(b[name]) ? -1 : 1));
  return ascending === null ? inOrder.reverse() : inOrder;
}
