import { type Kysely, sql } from 'kysely';
import { createTable } from './create-table.js';

const reaction = {
  id: 'text',
  agreement: 'text',
  rule: 'integer',
  action: 'text',
  event: 'text',
  cause: 'text',
  resource: 'text?',
  placement: 'text?',
  item: 'text?',
  state: 'text',
  message: 'text',
  detail: 'text',
  attempts: 'integer',
  next_at: 'bigint',
  begun_at: 'bigint',
  finished_at: 'bigint?',
  lease_owner: 'text?',
  lease_until: 'bigint?',
  epoch: 'integer',
};

/** Reactions of every kind, also those about an item or the agreement as a whole, with what set them off; SQLite cannot lift a NOT NULL. */
export async function widenReactions(database: Kysely<unknown>): Promise<void> {
  await database.schema.alterTable('reaction').renameTo('narrow_reaction').execute();
  for (const column of ['agreement', 'state']) await database.schema.dropIndex(`reaction_${column}`).execute();
  await createTable(database, 'reaction', reaction, ['agreement', 'state']);
  await sql`
    insert into reaction (id, agreement, rule, action, event, cause, resource, placement, item, state, message, detail,
      attempts, next_at, begun_at, finished_at, lease_owner, lease_until, epoch)
    select id, agreement, rule, 'replace', 'resource.down', '', resource, placement, null, state, message, '{}',
      attempts, next_at, begun_at, case when state = 'begun' then null else begun_at end, lease_owner, lease_until, epoch
    from narrow_reaction`.execute(database);
  await database.schema.dropTable('narrow_reaction').execute();
  // Two reactions never fight over one machine, or over how many an item has, whatever decides on them at the same time.
  await sql`create unique index reaction_of_resource on reaction (resource) where state = 'begun' and resource is not null`.execute(
    database,
  );
  await sql`create unique index reaction_of_item on reaction (agreement, item) where state = 'begun' and resource is null`.execute(
    database,
  );
}
