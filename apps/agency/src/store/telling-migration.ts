import { type Kysely, sql } from 'kysely';
import { createTable } from './create-table.js';

/** Columns that webhooks and their deliveries get; all may be missing in rows that were there before. */
const added: Readonly<Record<string, Readonly<Record<string, 'text' | 'bigint'>>>> = {
  webhook: { secret_before: 'text', secret_before_until: 'bigint', failing_since: 'bigint', taken_at: 'bigint', test: 'text' },
  delivery: { dead_at: 'bigint' },
};

/**
 * Secrets that are being replaced, deliveries in order for each resource, dead letters, and up to which number events are gone. A delivery
 * that was made is not kept any more.
 */
export async function createTelling(database: Kysely<unknown>): Promise<void> {
  for (const [table, columns] of Object.entries(added))
    for (const [column, type] of Object.entries(columns))
      await database.schema.alterTable(table).addColumn(column, type).execute();
  await database.schema
    .alterTable('webhook')
    .addColumn('reason', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await database.schema
    .alterTable('webhook')
    .addColumn('retrying', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await addLanes(database);
  await createTable(database, 'horizon', { id: 'text', event: 'bigint' });
  for (const column of ['cfp', 'agreement'])
    await database.schema.createIndex(`event_${column}`).on('event').columns([column, 'id']).execute();
}

async function addLanes(database: Kysely<unknown>): Promise<void> {
  await sql`delete from delivery where state = 'delivered'`.execute(database);
  await database.schema
    .alterTable('delivery')
    .addColumn('lane', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await database.schema
    .alterTable('delivery')
    .addColumn('queued_at', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();
  await sql`
    update delivery set
      lane = coalesce((select subject from event where event.id = delivery.event), ''),
      queued_at = coalesce((select at from event where event.id = delivery.event), 0),
      dead_at = case when state = 'dead' then next_at end`.execute(database);
  await sql`
    update webhook set retrying = (
      select count(*) from delivery where delivery.webhook = webhook.id and delivery.state = 'waiting' and attempts > 0)`.execute(
    database,
  );
  for (const column of ['state', 'webhook']) await database.schema.dropIndex(`delivery_${column}`).execute();
  const indexes = {
    delivery_due: ['webhook', 'state', 'next_at', 'event'],
    delivery_lane: ['webhook', 'lane', 'state', 'event'],
    delivery_event: ['event'],
  };
  for (const [name, columns] of Object.entries(indexes))
    await database.schema.createIndex(name).on('delivery').columns(columns).execute();
}
