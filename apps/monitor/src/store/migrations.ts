import type { Migrations } from '@cloud-agency/store';
import { type Kysely, sql } from 'kysely';
import { assessingMigration } from './assessing-migration.js';
import { createArchive } from './archive-migration.js';
import { identityMigration } from './identity-migration.js';
import { packsMigration } from './packs-migration.js';
import { recentMigration } from './recent-migration.js';
import { recordsMigration } from './records-migration.js';

export const monitorMigrations: Migrations = {
  '0001-monitor': {
    async up(database: Kysely<unknown>) {
      await watchTables(database);
      await stateTables(database);
      await measurementTable(database);
    },
  },
  '0002-sensors': { up: sensorTables },
  '0003-assessing': assessingMigration,
  '0005-archive': { up: createArchive },
  '0006-identity': identityMigration,
  '0007-records': recordsMigration,
  '0008-months': packsMigration,
  '0009-recent': recentMigration,
};

async function watchTables(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('watch')
    .addColumn('agreement', 'text', (column) => column.primaryKey())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('active', 'integer', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .execute();
  await database.schema
    .createTable('duty')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('lease_owner', 'text')
    .addColumn('lease_until', 'bigint')
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .execute();
  await sql`INSERT INTO duty (id, epoch) VALUES ('monitor', 0)`.execute(database);
}

async function stateTables(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('machine')
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('item', 'text', (column) => column.notNull())
    .addColumn('placement', 'text', (column) => column.notNull())
    .addColumn('health', 'text', (column) => column.notNull())
    .addColumn('outage', 'integer', (column) => column.notNull())
    .addColumn('joined_at', 'bigint', (column) => column.notNull())
    .addColumn('left_at', 'bigint')
    .addPrimaryKeyConstraint('machine_key', ['agreement', 'resource'])
    .execute();
  await database.schema
    .createTable('downtime')
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('from_at', 'bigint', (column) => column.notNull())
    .addColumn('until_at', 'bigint')
    .addColumn('counted_until', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('downtime_key', ['agreement', 'resource', 'from_at'])
    .execute();
  await database.schema
    .createTable('term')
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('guarantee', 'integer', (column) => column.notNull())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('term_key', ['agreement', 'guarantee', 'resource'])
    .execute();
}

async function measurementTable(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('measurement')
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('placement', 'text', (column) => column.notNull())
    .addColumn('probe', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('ok', 'integer', (column) => column.notNull())
    .addColumn('milliseconds', 'double precision')
    .addColumn('detail', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('measurement_key', ['placement', 'probe', 'at'])
    .execute();
  await database.schema
    .createIndex('measurement_of_resource')
    .on('measurement')
    .columns(['agreement', 'resource', 'at'])
    .execute();
  await database.schema.createIndex('measurement_age').on('measurement').column('at').execute();
}

async function sensorTables(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('observation')
    .addColumn('sensor', 'text', (column) => column.primaryKey())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('active', 'integer', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .execute();
  await database.schema
    .createTable('sample')
    .addColumn('collector', 'text', (column) => column.notNull())
    .addColumn('sensor', 'text', (column) => column.notNull())
    .addColumn('resource', 'text', (column) => column.notNull())
    .addColumn('metric', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('value', 'double precision')
    .addColumn('unit', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('sample_key', ['collector', 'at'])
    .execute();
  await database.schema.createIndex('sample_of_sensor').on('sample').columns(['sensor', 'at']).execute();
  await database.schema.createIndex('sample_age').on('sample').column('at').execute();
}
