import type { Kysely } from 'kysely';
import { createTable } from './create-table.js';

const ledger = {
  id: 'text',
  tenant: 'text',
  agreement: 'text',
  kind: 'text',
  guarantee: 'integer',
  term: 'text',
  of: 'text',
  resource: 'text?',
  violation: 'text?',
  month: 'text',
  amount: 'text',
  settled: 'integer',
  reason: 'text',
  updated_at: 'bigint',
};

/** Agreements with suspensions, levels and dates of their own; what machines cost and when; penalties and rewards. */
export async function createAgreementLife(database: Kysely<unknown>): Promise<void> {
  for (const column of ['suspensions', 'levels'])
    await database.schema
      .alterTable('agreement')
      .addColumn(column, 'text', (built) => built.notNull().defaultTo('[]'))
      .execute();
  for (const column of ['next_at', 'settled_until'])
    await database.schema.alterTable('agreement').addColumn(column, 'bigint').execute();
  await database.schema.createIndex('agreement_next_at').on('agreement').column('next_at').execute();
  await database.schema.alterTable('placement').addColumn('ended_at', 'bigint').execute();
  await database.schema
    .alterTable('placement')
    .addColumn('rates', 'text', (built) => built.notNull().defaultTo('[]'))
    .execute();
  await createTable(database, 'ledger', ledger, ['agreement', 'violation']);
}

/** What agreements promised before they were renegotiated. */
export async function addFormerPromises(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .alterTable('agreement')
    .addColumn('former', 'text', (built) => built.notNull().defaultTo('[]'))
    .execute();
}
