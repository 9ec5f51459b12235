import type { MeasuredAnswer, MeasuredRequest } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import type { Kysely } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MonitorTables } from '../store/tables.js';
import { type Taken, takeInOrder, type Taking } from './in-order.js';
import { metricSamples } from './metric-samples.js';
import { MonthTerm } from './month-term.js';
import type { Run } from './packing.js';
import { progressOf } from './progress.js';
import { removedUntil } from './roll-ups.js';
import { runsOf } from './runs.js';

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
  const series = new Set(followers.flatMap((takes) => [...takes.keys()]));
  for await (const runs of runsOf(tables, [...series], { from, until }))
    for (const takes of followers) await takeInOrder(takenBy(takes, runs));
  return { since: isoTime(since), terms: await measuredOf(terms) };
}

async function measuredOf(terms: readonly MonthTerm[]): Promise<MeasuredAnswer['terms']> {
  const measured: MeasuredAnswer['terms'] = [];
  for (const term of terms) {
    measured.push(term.measured());
    await nextTurn();
  }
  return measured;
}

/** How one guarantee takes the samples of what it reads, by the id of the series. */
type Takes = ReadonlyMap<number, Taking>;

const takenBy = (takes: Takes, runs: readonly Run[]): readonly Taken[] =>
  runs.flatMap((run) => {
    const take = takes.get(run.series);
    return take ? [{ ...run, take }] : [];
  });

async function followersOf(tables: Kysely<MonitorTables>, terms: readonly MonthTerm[]): Promise<readonly Takes[]> {
  const resources = [...new Set(terms.flatMap((term) => term.resources))];
  if (resources.length === 0) return [];
  const rows = await tables.selectFrom('series').selectAll().where('resource', 'in', resources).orderBy('id').execute();
  return terms.map(
    (term) =>
      new Map(
        rows.flatMap((series) => {
          const take = term.followerOf(series);
          return take ? [[series.id, take] as const] : [];
        }),
      ),
  );
}
