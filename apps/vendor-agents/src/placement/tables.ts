import {
  type DutyRow,
  type LeasedRow,
  type MessagingTables,
  type Migrations,
  type StorePlace,
  openDatabase,
} from '@cloud-agency/store';
import { type Kysely, sql } from 'kysely';
import { type TaskTables, taskMigrations } from '../tasks/tables.js';

/**
 * requested → creating → building → active, and from any of them → deleting → deleted, or failed when the agency did not ask for it.
 * Each is on disk before what it stands for is begun.
 */
export type PlacementState = 'requested' | 'creating' | 'building' | 'active' | 'deleting' | 'deleted' | 'failed';

export interface PlacementRow extends LeasedRow {
  id: string;
  agent: string;
  conversation: string;
  /** The accepted order, JSON; null when a cancel came for what was never ordered. */
  order: string | null;
  /** ms */
  deadline: number;
  state: PlacementState;
  /** When the state was entered, ms. */
  since: number;
  /** The vendor's image, chosen once so that a repeated create is the same create. */
  image: string | null;
  vendor_id: string | null;
  address: string | null;
  /** Creates asked for so far. */
  attempts: number;
  /** When a create ended with nobody knowing how, ms. */
  uncertain_since: number | null;
  /** Why it failed, or is being deleted, JSON. */
  failure: string | null;
  /** 1 when the agency wants it gone. */
  cancelled: number;
  /** 1 once it was reported as an orphan. */
  orphaned: number;
  /** 1 once it was told that the vendor will take it back. */
  ending: number;
  /** What it was last told to cost, USD an hour; null: what was agreed. */
  announced_price: number | null;
  /** 1 while it is told that its size is not sold any more. */
  retiring: number;
  /** 1 while it is reported as lost: the vendor does not know its machine. */
  lost: number;
}

export interface AgentTables extends MessagingTables, TaskTables {
  /** One row: which installation this is; it tags every machine. */
  installation: { one: number; id: string };
  /** Vendors' sizes and price lists as last seen, so that a restart has offers at once. */
  cache: { agent: string; key: string; version: string; body: string; seen_at: number };
  placement: PlacementRow;
  /** Who looks after an account, by its name. */
  duty: DutyRow;
}

export type Database = Kysely<AgentTables>;

const migrations: Migrations = {
  ...taskMigrations,
  '0100-placements': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('installation')
        .addColumn('one', 'integer', (column) => column.primaryKey())
        .addColumn('id', 'text', (column) => column.notNull())
        .execute();
      await database.schema
        .createTable('cache')
        .addColumn('agent', 'text', (column) => column.notNull())
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('version', 'text', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .addColumn('seen_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('cache_key', ['agent', 'key'])
        .execute();
      await database.schema
        .createTable('placement')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('agent', 'text', (column) => column.notNull())
        .addColumn('conversation', 'text', (column) => column.notNull())
        .addColumn('order', 'text')
        .addColumn('deadline', 'bigint', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('since', 'bigint', (column) => column.notNull())
        .addColumn('image', 'text')
        .addColumn('vendor_id', 'text')
        .addColumn('address', 'text')
        .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('uncertain_since', 'bigint')
        .addColumn('failure', 'text')
        .addColumn('cancelled', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('orphaned', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('lease_owner', 'text')
        .addColumn('lease_until', 'bigint')
        .addColumn('epoch', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
      await database.schema.createIndex('placement_by_agent').on('placement').columns(['agent', 'state']).execute();
    },
  },
  '0300-notices': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .alterTable('placement')
        .addColumn('ending', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
    },
  },
  '0310-announcements': {
    async up(database: Kysely<unknown>) {
      const { schema } = database;
      await schema
        .alterTable('placement')
        .addColumn('announced_price', sql`double precision`)
        .execute();
      await schema
        .alterTable('placement')
        .addColumn('retiring', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
    },
  },
  '0400-duties': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('duty')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('lease_owner', 'text')
        .addColumn('lease_until', 'bigint')
        .addColumn('epoch', 'integer', (column) => column.notNull())
        .execute();
    },
  },
  '0420-records': {
    async up(database: Kysely<unknown>) {
      for (const table of ['placement', 'task'])
        await database.schema.createIndex(`${table}_by_age`).on(table).columns(['state', 'since']).execute();
      await database.schema.createIndex('placement_by_time').on('placement').columns(['agent', 'since']).execute();
      await database.schema.createIndex('task_by_subject').on('task').column('subject').execute();
      await database.schema.createIndex('asset_by_state').on('asset').column('state').execute();
    },
  },
  '0410-losses': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .alterTable('placement')
        .addColumn('lost', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
    },
  },
};

export async function openStore(place: Omit<StorePlace, 'schema'>): Promise<Database> {
  return await openDatabase<AgentTables>({ ...place, schema: 'vendor_agents' }, migrations);
}

/** The id of this installation, made at the first start and kept. */
export async function installationId(database: Database, next: () => string): Promise<string> {
  await database
    .insertInto('installation')
    .values({ one: 1, id: next() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await database.selectFrom('installation').select('id').executeTakeFirstOrThrow();
  return row.id;
}
