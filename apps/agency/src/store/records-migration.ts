import { type Kysely, sql } from 'kysely';

/** So that what ended long ago is found without looking at the rest, and what belongs to it. */
export async function indexRecords(database: Kysely<unknown>): Promise<void> {
  await database.schema.createIndex('cfp_updated').on('cfp').columns(['updated_at', 'state', 'id']).execute();
  await sql`CREATE INDEX delivery_dead ON delivery (queued_at) WHERE state = 'dead'`.execute(database);
  await sql`CREATE INDEX task_ended ON task (created_at) WHERE state IN ('done', 'failed')`.execute(database);
}
