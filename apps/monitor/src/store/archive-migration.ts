import { isShared } from '@cloud-agency/store';
import { type Kysely, sql } from 'kysely';

/** What is made of samples: roll-ups, how far they go, and what vendors' machines have been like. */
export async function createArchive(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('roll_up')
    .addColumn('step', 'bigint', (column) => column.notNull())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('from_at', 'bigint', (column) => column.notNull())
    .addColumn('metric', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('placement', 'text', (column) => column.notNull())
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('count', 'bigint', (column) => column.notNull())
    .addColumn('failures', 'bigint', (column) => column.notNull())
    .addColumn('sum', 'double precision', (column) => column.notNull())
    .addColumn('min', 'double precision')
    .addColumn('max', 'double precision')
    .addColumn('bins', isShared(database) ? sql`bytea` : sql`blob`, (column) => column.notNull())
    .addPrimaryKeyConstraint('roll_up_key', ['step', 'resource', 'from_at', 'metric', 'source', 'placement', 'origin'])
    .execute();
  await database.schema.createIndex('roll_up_age').on('roll_up').columns(['step', 'from_at', 'resource']).execute();
  await database.schema
    .createTable('roll_up_due')
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('from_at', 'bigint', (column) => column.notNull())
    .addColumn('noted', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('roll_up_due_key', ['origin', 'from_at'])
    .execute();
  await database.schema
    .createTable('archive_progress')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('until_at', 'bigint', (column) => column.notNull())
    .execute();
  await database.schema
    .createTable('uptime')
    .addColumn('placement', 'text', (column) => column.notNull())
    .addColumn('day', 'bigint', (column) => column.notNull())
    .addColumn('watched', 'bigint', (column) => column.notNull())
    .addColumn('down', 'bigint', (column) => column.notNull())
    .addColumn('as_of', 'bigint', (column) => column.notNull())
    .addColumn('told', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('uptime_key', ['placement', 'day'])
    .execute();
  await database.schema.createIndex('uptime_day').on('uptime').column('day').execute();
  await database.schema.createIndex('sample_of_resource').on('sample').columns(['resource', 'metric', 'at']).execute();
}
