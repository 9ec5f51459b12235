import type { Kysely, Migration } from 'kysely';
import { databaseTime } from './database-time.js';
import { dayOf } from './forgetting.js';

/** Tables that every app's schema has, for the messages it sends and receives. */
export interface MessagingTables {
  outbox: {
    id: string;
    conversation: string;
    sender: string;
    subject: string;
    sequence: number;
    body: string;
    /** When it was last handed to the stream, ms; null: not yet. */
    sent_at: number | null;
    /** How often it was, as far as it is counted (pending.ts). */
    tries: number;
    /** Until when one of several relays has its conversation in hand, ms. */
    claimed_until: number | null;
  };
  /** Last sequence sent: by subject, and over all (subject '*'). `day` is that of the last change (forgetting.ts). */
  outbox_position: { conversation: string; sender: string; subject: string; sequence: number; day: number };
  /** `at` is when it was taken, ms. */
  inbox: { consumer: string; message: string; at: number };
  /** Last sequence taken by a consumer, for each channel. */
  inbox_position: { consumer: string; conversation: string; sender: string; subject: string; sequence: number; day: number };
}

const firstTables: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable('outbox')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('conversation', 'text', (column) => column.notNull())
      .addColumn('sender', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('sequence', 'integer', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('sent_at', 'bigint')
      .execute();
    await database.schema.createIndex('outbox_order').on('outbox').columns(['conversation', 'sequence']).execute();
    await database.schema
      .createTable('outbox_position')
      .addColumn('conversation', 'text', (column) => column.notNull())
      .addColumn('sender', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('sequence', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('outbox_position_key', ['conversation', 'sender', 'subject'])
      .execute();
    await database.schema
      .createTable('inbox')
      .addColumn('consumer', 'text', (column) => column.notNull())
      .addColumn('message', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('inbox_key', ['consumer', 'message'])
      .execute();
    await database.schema
      .createTable('inbox_position')
      .addColumn('consumer', 'text', (column) => column.notNull())
      .addColumn('conversation', 'text', (column) => column.notNull())
      .addColumn('sender', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('sequence', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('inbox_position_key', ['consumer', 'conversation', 'sender', 'subject'])
      .execute();
  },
};

const claims: Migration = {
  async up(database: Kysely<unknown>) {
    // Without rows: it is there to be locked (transactions.ts).
    await database.schema.createTable('turn').addColumn('id', 'text').execute();
    await database.schema.alterTable('outbox').addColumn('claimed_until', 'bigint').execute();
  },
};

/** What was taken before is as old as the migration: nobody knows better. A constant default costs nothing, however many rows there are. */
const ages: Migration = {
  async up(database: Kysely<unknown>) {
    const now = await databaseTime(database);
    await database.schema
      .alterTable('inbox')
      .addColumn('at', 'bigint', (column) => column.notNull().defaultTo(now))
      .execute();
    await database.schema.createIndex('inbox_at').on('inbox').column('at').execute();
    for (const table of ['inbox_position', 'outbox_position']) {
      await database.schema
        .alterTable(table)
        .addColumn('day', 'integer', (column) => column.notNull().defaultTo(dayOf(now)))
        .execute();
      await database.schema.createIndex(`${table}_day`).on(table).column('day').execute();
    }
    await database.schema
      .alterTable('outbox')
      .addColumn('tries', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};

export const messagingMigrations = {
  '0000-messaging': firstTables,
  '0000-messaging-claims': claims,
  '0000-messaging-ages': ages,
};
