import { type Kysely, sql } from 'kysely';

/** What is counted for `/metrics` at every scrape, and found by its time for the report of a month. */
export async function indexForReports(database: Kysely<unknown>): Promise<void> {
  for (const table of ['agreement', 'resource'])
    await database.schema.createIndex(`${table}_state`).on(table).column('state').execute();
  await sql`create index violation_open on violation (agreement) where closed is null`.execute(database);
  await database.schema.createIndex('violation_opened').on('violation').columns(['agreement', 'opened']).execute();
  await database.schema.createIndex('reaction_begun').on('reaction').columns(['agreement', 'begun_at']).execute();
}
