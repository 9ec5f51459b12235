import type { MeasuredAnswer, MeasuredRequest } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import type { Span } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MonitorTables } from '../store/tables.js';
import { metricSamples } from './metric-samples.js';
import { MonthTerm } from './month-term.js';
import { progressOf } from './progress.js';
import { removedUntil } from './roll-ups.js';

/**
 * What guarantees came to over a month, by their own arithmetic: the samples that are kept are taken once more, in their order, as if the window of each
 * guarantee were the month.
 */
export async function measuredIn(tables: Kysely<MonitorTables>, request: MeasuredRequest): Promise<MeasuredAnswer> {
  const since = (await progressOf(tables, removedUntil(metricSamples.name))) ?? 0;
  const [from, until] = [Math.max(Date.parse(request.from), since), Date.parse(request.until)];
  if (from >= until) return { since: isoTime(since), terms: [] };
  const terms = request.terms.map((term) => new MonthTerm(term, request, { from, until }));
  const followers = await followersOf(tables, terms);
  if (followers.size > 0) await takeAll(tables, { from, until }, followers);
  return { since: isoTime(since), terms: terms.map((term) => term.measured()) };
}

/** So many samples that are wanted are taken at once; and so many of all are looked through for them. A statement holds the event loop up. */
const wantedAtOnce = 2_000;
const lookedThroughAtOnce = 8_000;

/** Few of the samples may be of these guarantees: then more are looked through by one statement. */
async function takeAll(
  tables: Kysely<MonitorTables>,
  { from, until }: Span,
  followers: ReadonlyMap<number, readonly Taking[]>,
): Promise<void> {
  let most = wantedAtOnce;
  for (let at = from; at < until;) {
    const end = await metricSamples.portion(tables, at, until, most);
    const taken = await takeAgain(tables, { from: at, until: end }, followers);
    most = taken < wantedAtOnce / 2 ? Math.min(lookedThroughAtOnce, most * 2) : Math.max(wantedAtOnce, Math.ceil(most / 2));
    at = end;
    await nextTurn();
  }
}

async function takeAgain(
  tables: Kysely<MonitorTables>,
  { from, until }: Span,
  followers: ReadonlyMap<number, readonly Taking[]>,
): Promise<number> {
  const samples = await tables
    .selectFrom('metric_sample')
    .select(['series', 'at', 'value'])
    .where('series', 'in', [...followers.keys()])
    .where('at', '>=', from)
    .where('at', '<', until)
    .orderBy('at')
    .execute();
  for (const { series, at, value } of samples) for (const take of followers.get(series) ?? []) take(at, value);
  return samples.length;
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
