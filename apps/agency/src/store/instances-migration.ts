import type { Kysely } from 'kysely';
import { createTable } from './create-table.js';

/** What several processes need to share the work: duties that one of them has, and leases on webhooks. */
export async function createInstances(database: Kysely<unknown>): Promise<void> {
  await createTable(database, 'duty', { id: 'text', lease_owner: 'text?', lease_until: 'bigint?', epoch: 'integer' });
  await database.schema.alterTable('webhook').addColumn('lease_owner', 'text').execute();
  await database.schema.alterTable('webhook').addColumn('lease_until', 'bigint').execute();
  await database.schema
    .alterTable('webhook')
    .addColumn('epoch', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
}
