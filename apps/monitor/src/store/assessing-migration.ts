import { isShared } from '@cloud-agency/store';
import { type Kysely, sql } from 'kysely';

/** Samples of metrics as they came in, the violations they prove, and what the guarantees have made of them so far. */
export const assessingMigration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sampleTables(database);
    await violationTable(database);
    await checkpointTable(database);
  },
};

async function sampleTables(database: Kysely<unknown>): Promise<void> {
  const shared = isShared(database);
  await database.schema
    .createTable('series')
    .addColumn('id', shared ? sql`serial` : sql`integer`, (column) => column.primaryKey())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('placement', 'text', (column) => column.notNull())
    .addColumn('metric', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('meter', 'text', (column) => column.notNull())
    .addUniqueConstraint('series_name', ['resource', 'placement', 'metric', 'source', 'meter'])
    .execute();
  // In the order of time, so that what comes in is written to the end of the table and what is too old is taken from its beginning.
  const table = database.schema
    .createTable('metric_sample')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('series', 'integer', (column) => column.notNull())
    .addColumn('value', 'double precision', (column) => column.notNull())
    .addColumn('detail', 'text')
    .addColumn('batch', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('metric_sample_key', ['at', 'series']);
  await (shared ? table : table.modifyEnd(sql`WITHOUT ROWID`)).execute();
  await database.schema
    .createTable('intake')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('batch', 'bigint', (column) => column.notNull())
    .addColumn('swept', 'bigint', (column) => column.notNull())
    .addColumn('swept_at', 'bigint', (column) => column.notNull())
    .addColumn('seen_at', 'bigint', (column) => column.notNull())
    .execute();
}

async function violationTable(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('violation')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('guarantee', 'integer', (column) => column.notNull())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('opened_at', 'bigint', (column) => column.notNull())
    .addColumn('closed_at', 'bigint')
    .addColumn('content', 'text', (column) => column.notNull())
    .execute();
  await database.schema
    .createIndex('violation_of_guarantee')
    .on('violation')
    .columns(['agreement', 'guarantee', 'resource'])
    .execute();
}

async function checkpointTable(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('checkpoint')
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('guarantee', 'integer', (column) => column.notNull())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('key', 'bigint', (column) => column.notNull())
    .addColumn('batch', 'bigint', (column) => column.notNull())
    .addColumn('bytes', isShared(database) ? sql`bytea` : sql`blob`, (column) => column.notNull())
    .addPrimaryKeyConstraint('checkpoint_key', ['agreement', 'guarantee', 'resource', 'key'])
    .execute();
  await database.schema.alterTable('term').addColumn('at_risk', 'bigint').execute();
  await database.schema
    .createTable('away')
    .addColumn('from_at', 'bigint', (column) => column.primaryKey())
    .addColumn('until_at', 'bigint', (column) => column.notNull())
    .execute();
}
