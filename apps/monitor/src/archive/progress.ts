import type { Kysely } from 'kysely';
import type { MonitorTables } from '../store/tables.js';

/** How far a part of the archive has come; undefined before it has begun. */
export async function progressOf(tables: Kysely<MonitorTables>, id: string): Promise<number | undefined> {
  const row = await tables.selectFrom('archive_progress').select('until_at').where('id', '=', id).executeTakeFirst();
  return row?.until_at;
}

export async function goneTo(tables: Kysely<MonitorTables>, id: string, until: number): Promise<void> {
  await tables
    .insertInto('archive_progress')
    .values({ id, until_at: until })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ until_at: until }))
    .execute();
}
