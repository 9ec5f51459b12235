import { grouped, type Span } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MonitorTables } from '../store/tables.js';
import { dueOf } from './due.js';
import { metricSamples } from './metric-samples.js';
import { type Run, unpacked } from './packing.js';
import { firstWhole, packedUntil } from './packs.js';
import { progressOf } from './progress.js';
import { beginning, steps } from './roll-ups.js';

/** A statement holds the event loop up: so many packs are read by one. */
const packsAtOnce = 64;
/** So many samples that are wanted are read by one; and so many of all are looked through for them. */
const wantedAtOnce = 2_000;
const lookedThroughAtOnce = 8_000;

/**
 * The samples of some series, one part of the time after the other: from packs where these hold all, else from among the samples of all series. Within a
 * part the runs are in the order of their series, those of one series in that of time. Others have their turn in between.
 */
export async function* runsOf(
  tables: Kysely<MonitorTables>,
  series: readonly number[],
  span: Span,
): AsyncGenerator<readonly Run[]> {
  const ids = [...series].sort((a, b) => a - b);
  if (ids.length === 0) return;
  let at = span.from;
  for (const packs of await packedIn(tables, span)) {
    yield* ofSamples(tables, ids, { from: at, until: packs.from });
    yield* ofPacks(tables, ids, packs);
    at = packs.until;
  }
  yield* ofSamples(tables, ids, { from: at, until: span.until });
}

/** The stretches of a time of which packs hold all samples: hours as a whole, but for the one that is not packed to its end yet. */
async function packedIn(tables: Kysely<MonitorTables>, { from, until }: Span): Promise<readonly Span[]> {
  const done = (await progressOf(tables, packedUntil)) ?? 0;
  const end = done <= until ? done : beginning(until, steps.hour);
  const late = (await dueOf(tables, packedUntil)).map((due) => due.from).filter((hour) => hour >= from && hour < end);
  const begins = [firstWhole(from), ...late.map((hour) => hour + steps.hour)];
  return begins
    .map((begin, place) => ({ from: begin, until: late[place] ?? end }))
    .filter((stretch) => stretch.from < stretch.until);
}

async function* ofPacks(tables: Kysely<MonitorTables>, ids: readonly number[], span: Span): AsyncGenerator<readonly Run[]> {
  const length = Math.max(1, Math.floor(packsAtOnce / ids.length)) * steps.hour;
  for (let from = span.from; from < span.until; from += length) {
    const runs: Run[] = [];
    for (let place = 0; place < ids.length; place += packsAtOnce) {
      const rows = await tables
        .selectFrom('pack')
        .selectAll()
        .where('series', 'in', ids.slice(place, place + packsAtOnce))
        .where('from_at', '>=', from)
        .where('from_at', '<', Math.min(from + length, span.until))
        .orderBy('series')
        .orderBy('from_at')
        .execute();
      for (const row of rows) runs.push({ series: row.series, ...unpacked(row.from_at, row.samples) });
      await nextTurn();
    }
    yield runs;
  }
}

/** Few of the samples may be of these series: then more are looked through by one statement. */
async function* ofSamples(tables: Kysely<MonitorTables>, ids: readonly number[], span: Span): AsyncGenerator<readonly Run[]> {
  let most = wantedAtOnce;
  for (let at = span.from; at < span.until;) {
    const end = await metricSamples.portion(tables, at, span.until, most);
    const rows = await tables
      .selectFrom('metric_sample')
      .select(['series', 'at', 'value'])
      .where('series', 'in', ids)
      .where('at', '>=', at)
      .where('at', '<', end)
      .orderBy('at')
      .execute();
    yield bySeries(rows);
    most = rows.length < wantedAtOnce / 2 ? Math.min(lookedThroughAtOnce, most * 2) : Math.max(wantedAtOnce, Math.ceil(most / 2));
    at = end;
    await nextTurn();
  }
}

function bySeries(rows: readonly Readonly<Record<'series' | 'at' | 'value', number>>[]): readonly Run[] {
  return [...grouped(rows, ({ series }) => series)]
    .sort(([one], [other]) => one - other)
    .map(([series, own]) => ({
      series,
      times: Float64Array.from(own, ({ at }) => at),
      values: Float64Array.from(own, ({ value }) => value),
    }));
}
