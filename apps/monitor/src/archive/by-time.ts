import type { Kysely } from 'kysely';
import type { MonitorTables } from '../store/tables.js';

/** Tables of samples that can be read by their time alone. */
type Timed = 'measurement' | 'metric_sample' | 'sample';

/** The earliest sample from then on. */
export async function firstIn(tables: Kysely<MonitorTables>, table: Timed, from: number): Promise<number | undefined> {
  const row = await tables.selectFrom(table).select('at').where('at', '>=', from).orderBy('at').limit(1).executeTakeFirst();
  return row?.at;
}

/** Where so many samples end; `until` when there are fewer. Those of one instant stay together. */
export async function portionOf(
  tables: Kysely<MonitorTables>,
  table: Timed,
  { from, until, most }: { readonly from: number; readonly until: number; readonly most: number },
): Promise<number> {
  const row = await tables
    .selectFrom(table)
    .select('at')
    .where('at', '>=', from)
    .where('at', '<', until)
    .orderBy('at')
    .offset(most)
    .limit(1)
    .executeTakeFirst();
  return row ? Math.max(row.at, from + 1) : until;
}
