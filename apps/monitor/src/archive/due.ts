import type { Kysely } from 'kysely';
import type { MonitorTables } from '../store/tables.js';

/** A roll-up that is to be made again, and how often that was said: once more while it is being made, and it is made once more. */
export interface Due {
  readonly from: number;
  readonly noted: number;
}

/** `origin` is what it is made of: a table of samples, or the roll-ups of a shorter step. */
export async function noteDue(tables: Kysely<MonitorTables>, origin: string, times: ReadonlySet<number>): Promise<void> {
  if (times.size === 0) return;
  await tables
    .insertInto('roll_up_due')
    .values([...times].map((from) => ({ origin, from_at: from, noted: 1 })))
    .onConflict((conflict) =>
      conflict.columns(['origin', 'from_at']).doUpdateSet((row) => ({ noted: row('roll_up_due.noted', '+', 1) })),
    )
    .execute();
}

export async function dueOf(tables: Kysely<MonitorTables>, origin: string): Promise<readonly Due[]> {
  const rows = await tables
    .selectFrom('roll_up_due')
    .select(['from_at', 'noted'])
    .where('origin', '=', origin)
    .orderBy('from_at')
    .execute();
  return rows.map(({ from_at: from, noted }) => ({ from, noted }));
}

export async function settleDue(tables: Kysely<MonitorTables>, origin: string, { from, noted }: Due): Promise<void> {
  await tables
    .deleteFrom('roll_up_due')
    .where('origin', '=', origin)
    .where('from_at', '=', from)
    .where('noted', '=', noted)
    .execute();
}
