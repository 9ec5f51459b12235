import { type Kysely, sql } from 'kysely';
import { isShared } from './transactions.js';

/** What the time is by the database, ms, to a second: for migrations, which have no other clock, and give rows of old the age of the migration. */
export async function databaseTime(database: Kysely<unknown>): Promise<number> {
  const clock = isShared(database) ? sql`extract(epoch from now())` : sql`strftime('%s', 'now')`;
  const { rows } = await sql<{ now: number }>`SELECT CAST(${clock} AS integer) AS now`.execute(database);
  return (rows[0]?.now ?? 0) * 1_000;
}
