import type { LeasedRow, Migrations } from '@cloud-agency/store';
import type { Kysely } from 'kysely';

/**
 * requested → begun → done or failed; where a failure leaves something half done, begun → undoing → failed. Each is on disk before what it
 * stands for is begun.
 */
export type TaskState = 'requested' | 'begun' | 'undoing' | 'done' | 'failed';

/** One operation that the agency has asked for. */
export interface TaskRow extends LeasedRow {
  id: string;
  agent: string;
  conversation: string;
  /** Grows with each request that the agent takes: of those on one subject, or of one conversation, the lowest goes first. */
  ordinal: number;
  /** What it is about: the id of a volume, a network, an interface or a placement. */
  subject: string;
  /** The machine that it needs; null when it needs none. */
  placement: string | null;
  /** JSON. */
  operation: string;
  /** ms */
  deadline: number;
  state: TaskState;
  /** When the state was entered, ms. */
  since: number;
  /** How often the vendor was asked for what must not be asked for twice. */
  attempts: number;
  /** When that was asked for with nobody knowing how it ended, ms. */
  uncertain_since: number | null;
  /** Since when the vendor refuses it for the state that something is in, ms. */
  refused_since: number | null;
  /** What it waits for, in words. */
  missing: string | null;
  /** Why it failed, while what it left half done is tidied up, JSON. */
  failure: string | null;
  /** What the agency was told, JSON. */
  outcome: string | null;
}

/** What the agent has made at the vendor beside machines, by the agency's id of it, which is its token at the vendor. */
export interface AssetRow {
  id: string;
  agent: string;
  kind: 'volume' | 'network' | 'interface';
  region: string;
  name: string;
  /** Null until the vendor has told it. */
  vendor_id: string | null;
  /** making: it was asked for, or is about to be. */
  state: 'making' | 'there' | 'gone';
}

export interface TaskTables {
  task: TaskRow;
  asset: AssetRow;
}

export const taskMigrations: Migrations = {
  '0110-tasks': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('task')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('agent', 'text', (column) => column.notNull())
        .addColumn('conversation', 'text', (column) => column.notNull())
        .addColumn('ordinal', 'integer', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('placement', 'text')
        .addColumn('operation', 'text', (column) => column.notNull())
        .addColumn('deadline', 'bigint', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('since', 'bigint', (column) => column.notNull())
        .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('uncertain_since', 'bigint')
        .addColumn('refused_since', 'bigint')
        .addColumn('missing', 'text')
        .addColumn('failure', 'text')
        .addColumn('outcome', 'text')
        .addColumn('lease_owner', 'text')
        .addColumn('lease_until', 'bigint')
        .addColumn('epoch', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
      await database.schema.createIndex('task_by_agent').on('task').columns(['agent', 'state']).execute();
      await database.schema.createIndex('task_by_ordinal').on('task').columns(['agent', 'ordinal']).execute();
      await database.schema
        .createTable('asset')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('agent', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('region', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('vendor_id', 'text')
        .addColumn('state', 'text', (column) => column.notNull())
        .execute();
    },
  },
};
