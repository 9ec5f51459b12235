import type { SampleSource } from '@cloud-agency/bus';
import { insertRows } from '@cloud-agency/store';
import { type InsertQueryBuilder, type InsertResult, type Kysely, type Selectable, sql, type Transaction } from 'kysely';
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
  /** Every checkpoint holds all of its samples up to this one, and so does the newest time of every series. */
  readonly swept: number;
  /** No sample that came in after that was measured before, ms. */
  readonly oldestAt: number;
  /** When the last commit was; there has been a monitor up to then. */
  readonly seenAt: number;
}

export async function positionOf(tables: Kysely<MonitorTables>): Promise<Position> {
  const row = await tables.selectFrom('intake').selectAll().where('id', '=', intakeId).executeTakeFirst();
  return row
    ? { batch: row.batch, swept: row.swept, oldestAt: row.oldest_at, seenAt: row.seen_at }
    : { batch: 0, swept: 0, oldestAt: 0, seenAt: 0 };
}

export async function writePosition(transaction: Transaction<MonitorTables>, position: Position): Promise<void> {
  const row = { batch: position.batch, swept: position.swept, oldest_at: position.oldestAt, seen_at: position.seenAt };
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

type Insert<Table extends keyof MonitorTables> = InsertQueryBuilder<MonitorTables, Table, InsertResult>;

const unlessThere = (insert: Insert<'metric_sample'>): Insert<'metric_sample'> =>
  insert.onConflict((conflict) => conflict.columns(['at', 'series']).doNothing());

export async function writeSamples(transaction: Transaction<MonitorTables>, rows: readonly MetricSampleRow[]): Promise<void> {
  await insertRows(transaction, 'metric_sample', rows, unlessThere);
}

const inPlace = (insert: Insert<'checkpoint'>): Insert<'checkpoint'> =>
  insert.onConflict((conflict) =>
    conflict.columns(['agreement', 'guarantee', 'resource', 'key']).doUpdateSet((row) => ({
      batch: row.ref('excluded.batch'),
      bytes: row.ref('excluded.bytes'),
      identity: row.ref('excluded.identity'),
    })),
  );

export async function writeCheckpoints(transaction: Transaction<MonitorTables>, rows: readonly CheckpointRow[]): Promise<void> {
  await insertRows(transaction, 'checkpoint', rows, inPlace);
}

/** The pieces of a guarantee that have left its window. */
export interface Outdated extends Pick<CheckpointRow, 'agreement' | 'guarantee' | 'resource'> {
  /** Their keys, 0 aside, are nearer to 0 than this. */
  readonly below: number;
}

export async function dropCheckpoints(transaction: Transaction<MonitorTables>, outdated: readonly Outdated[]): Promise<void> {
  for (let from = 0; from < outdated.length; from += rowsAtOnce) {
    const rows = outdated.slice(from, from + rowsAtOnce).map(
      // PostgreSQL takes the types from the first row.
      ({ agreement, guarantee, resource, below }, index) =>
        index === 0
          ? sql`(CAST(${agreement} AS text), CAST(${guarantee} AS integer), CAST(${resource} AS text), CAST(${below} AS bigint))`
          : sql`(${agreement}, ${guarantee}, ${resource}, ${below})`,
    );
    await sql`
      WITH outdated (agreement, guarantee, resource, below) AS (VALUES ${sql.join(rows)})
      DELETE FROM checkpoint WHERE (agreement, guarantee, resource, key) IN (
        SELECT c.agreement, c.guarantee, c.resource, c.key FROM outdated o JOIN checkpoint c
        ON c.agreement = o.agreement AND c.guarantee = o.guarantee AND c.resource = o.resource
          AND c.key != 0 AND c.key < o.below AND c.key > -o.below)`.execute(transaction);
  }
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

/** The newest time of each series that has samples which came in after the last sweep. */
export async function newestSince(
  tables: Kysely<MonitorTables>,
  { swept, oldestAt }: Position,
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await sql<{ series: number; at: number }>`
    SELECT series, max(at) AS at FROM metric_sample WHERE at >= ${oldestAt} AND batch > ${swept} GROUP BY series`.execute(tables);
  return new Map(rows.map(({ series, at }) => [series, at]));
}

export async function writeNewest(
  transaction: Transaction<MonitorTables>,
  newest: readonly { readonly series: number; readonly at: number }[],
): Promise<void> {
  for (let from = 0; from < newest.length; from += rowsAtOnce) {
    // PostgreSQL takes the types from the first row.
    const rows = newest
      .slice(from, from + rowsAtOnce)
      .map(({ series, at }, index) =>
        index === 0 ? sql`(CAST(${series} AS integer), CAST(${at} AS bigint))` : sql`(${series}, ${at})`,
      );
    await sql`
      WITH newest (series, at) AS (VALUES ${sql.join(rows)})
      UPDATE series SET newest_at = newest.at FROM newest WHERE series.id = newest.series`.execute(transaction);
  }
}

/** Samples that came in after the last sweep, in the order in which they did. */
export async function samplesSince(
  tables: Kysely<MonitorTables>,
  { swept, oldestAt }: Position,
): Promise<readonly MetricSampleRow[]> {
  return await tables
    .selectFrom('metric_sample')
    .selectAll()
    .where('at', '>=', oldestAt)
    .where('batch', '>', swept)
    .orderBy('batch')
    .orderBy('at')
    .execute();
}
