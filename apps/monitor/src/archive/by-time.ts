import { sql } from 'kysely';
import type { RawSource } from './raw-source.js';

/** What all tables of samples have in common: they are gone through, and let go, by time. `key` is the table's primary key. */
export function byTime(
  table: 'measurement' | 'metric_sample' | 'sample',
  key: readonly string[],
): Pick<RawSource, 'first' | 'portion' | 'remove'> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  return {
    async first(tables, from) {
      const row = await tables.selectFrom(table).select('at').where('at', '>=', from).orderBy('at').limit(1).executeTakeFirst();
      return row?.at;
    },
    async portion(tables, from, until, most) {
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
    },
    async remove(tables, before, most) {
      const { numAffectedRows } = await sql`
        DELETE FROM ${sql.table(table)} WHERE (${columns}) IN (
          SELECT ${columns} FROM ${sql.table(table)} WHERE at < ${before} ORDER BY at LIMIT ${most})`.execute(tables);
      return Number(numAffectedRows ?? 0n);
    },
  };
}
