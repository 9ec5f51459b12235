import type { MeasuredAnswer, MeasuredRequest } from '@cloud-agency/bus';
import type { Kysely } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MonitorTables } from '../store/tables.js';
import { MonthTerm } from './month-term.js';

/** A statement holds the event loop up: so much time is read by one. */
const atOnceMs = 3_600_000;

/**
 * What guarantees came to over a month, by their own arithmetic: the samples that are kept are taken once more, in their order, as if the window of each
 * guarantee were the month.
 */
export async function measuredIn(
  tables: Kysely<MonitorTables>,
  request: MeasuredRequest,
  keptSince: number,
): Promise<MeasuredAnswer> {
  const [from, until] = [Math.max(Date.parse(request.from), keptSince), Date.parse(request.until)];
  if (from >= until) return { terms: [] };
  const terms = request.terms.map((term) => new MonthTerm(term, request, { from, until }));
  const followers = await followersOf(tables, terms);
  const ids = [...followers.keys()];
  for (let begin = from; begin < until && ids.length > 0; begin += atOnceMs) {
    const samples = await tables
      .selectFrom('metric_sample')
      .select(['series', 'at', 'value'])
      .where('series', 'in', ids)
      .where('at', '>=', begin)
      .where('at', '<', Math.min(begin + atOnceMs, until))
      .orderBy('at')
      .execute();
    for (const { series, at, value } of samples) for (const take of followers.get(series) ?? []) take(at, value);
    await nextTurn();
  }
  return { terms: terms.map((term) => term.measured()) };
}

type Taking = (at: number, value: number) => void;

/** Who takes the samples of a series, by its id. */
async function followersOf(tables: Kysely<MonitorTables>, terms: readonly MonthTerm[]): Promise<ReadonlyMap<number, Taking[]>> {
  const resources = [...new Set(terms.flatMap((term) => term.resources))];
  if (resources.length === 0) return new Map();
  const rows = await tables.selectFrom('series').selectAll().where('resource', 'in', resources).orderBy('id').execute();
  return new Map(
    rows.flatMap((series) => {
      const own = terms.flatMap((term) => term.followerOf(series) ?? []);
      return own.length === 0 ? [] : [[series.id, own] as const];
    }),
  );
}
