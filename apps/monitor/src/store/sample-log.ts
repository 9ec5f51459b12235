import type { SampleSource } from '@cloud-agency/bus';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { CheckpointRow, MetricSampleRow, MonitorTables, SeriesRow } from './tables.js';

/** Rows in one statement: short enough for a statement that is kept (libs/store, sqlite.ts). */
const rowsAtOnce = 200;
/** The only row of the table `intake`. */
const intakeId = 'monitor';

/** What a series is known by. */
export interface SeriesName {
  readonly resource: string;
  readonly placement: string;
  readonly metric: string;
  readonly source: SampleSource;
  /** '' where there is but one. */
  readonly meter: string;
}

/** How far samples were taken, and how far checkpoints hold them. */
export interface Position {
  /** Of the last commit. */
  readonly batch: number;
  /** Every checkpoint holds all of its samples up to this one. */
  readonly swept: number;
  /** When that one was committed, ms. */
  readonly sweptAt: number;
  /** When the last commit was; there has been a monitor up to then. */
  readonly seenAt: number;
}

export async function positionOf(tables: Kysely<MonitorTables>): Promise<Position> {
  const row = await tables.selectFrom('intake').selectAll().where('id', '=', intakeId).executeTakeFirst();
  return row
    ? { batch: row.batch, swept: row.swept, sweptAt: row.swept_at, seenAt: row.seen_at }
    : { batch: 0, swept: 0, sweptAt: 0, seenAt: 0 };
}

export async function writePosition(transaction: Transaction<MonitorTables>, position: Position): Promise<void> {
  const row = { batch: position.batch, swept: position.swept, swept_at: position.sweptAt, seen_at: position.seenAt };
  await transaction
    .insertInto('intake')
    .values({ id: intakeId, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

/** The id of a series, which is made when it is new. */
export async function seriesId(transaction: Transaction<MonitorTables>, name: SeriesName): Promise<number> {
  const { resource, placement, metric, source, meter } = name;
  await transaction
    .insertInto('series')
    .values({ resource, placement, metric, source, meter })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { id } = await transaction
    .selectFrom('series')
    .select('id')
    .where('resource', '=', name.resource)
    .where('placement', '=', name.placement)
    .where('metric', '=', name.metric)
    .where('source', '=', name.source)
    .where('meter', '=', name.meter)
    .executeTakeFirstOrThrow();
  return id;
}

export async function writeSamples(transaction: Transaction<MonitorTables>, rows: readonly MetricSampleRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    await transaction
      .insertInto('metric_sample')
      .values(rows.slice(from, from + rowsAtOnce))
      .onConflict((conflict) => conflict.columns(['at', 'series']).doNothing())
      .execute();
  }
}

export async function writeCheckpoints(transaction: Transaction<MonitorTables>, rows: readonly CheckpointRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    await transaction
      .insertInto('checkpoint')
      .values(rows.slice(from, from + rowsAtOnce))
      .onConflict((conflict) =>
        conflict.columns(['agreement', 'guarantee', 'resource', 'key']).doUpdateSet((row) => ({
          batch: row.ref('excluded.batch'),
          bytes: row.ref('excluded.bytes'),
          identity: row.ref('excluded.identity'),
        })),
      )
      .execute();
  }
}

/** Lets go of pieces of stretches that have left the window. */
export async function dropCheckpoints(
  transaction: Transaction<MonitorTables>,
  {
    agreement,
    guarantee,
    resource,
    below,
  }: Pick<CheckpointRow, 'agreement' | 'guarantee' | 'resource'> & { readonly below: number },
): Promise<void> {
  await transaction
    .deleteFrom('checkpoint')
    .where('agreement', '=', agreement)
    .where('guarantee', '=', guarantee)
    .where('resource', '=', resource)
    .where('key', '!=', 0)
    .where('key', '<', below)
    .where('key', '>', -below)
    .execute();
}

/** It is noted once an hour which series no machine has any more (archive/records.ts); what was noted lately may be out of date, ms. */
const mayHaveComeBackMs = 2 * 3_600_000;

/** The series of machines that are watched, some of others among them. */
export async function presentSeries(tables: Kysely<MonitorTables>, now: number): Promise<readonly Selectable<SeriesRow>[]> {
  return await tables
    .selectFrom('series')
    .selectAll()
    .where((row) => row.or([row('left_at', 'is', null), row('left_at', '>', now - mayHaveComeBackMs)]))
    .execute();
}

/** The newest time of each series that has samples after `since`. */
export async function newestTimes(tables: Kysely<MonitorTables>, since: number): Promise<ReadonlyMap<number, number>> {
  const { rows } = await sql<{ series: number; at: number }>`
    SELECT series, max(at) AS at FROM metric_sample WHERE at > ${since} GROUP BY series`.execute(tables);
  return new Map(rows.map(({ series, at }) => [series, at]));
}

/** Samples that came in after a batch, in the order in which they did; none of them was measured before `since`. */
export async function samplesAfter(
  tables: Kysely<MonitorTables>,
  batch: number,
  since: number,
): Promise<readonly MetricSampleRow[]> {
  return await tables
    .selectFrom('metric_sample')
    .selectAll()
    .where('at', '>', since)
    .where('batch', '>', batch)
    .orderBy('batch')
    .orderBy('at')
    .execute();
}
