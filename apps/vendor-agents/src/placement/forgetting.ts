import { sql } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from './tables.js';

/** So many rows go by one statement, and so often at most in one sweep. */
const rowsAtOnce = 500;
const portionsInASweep = 100;

/**
 * Lets go of the record of what ended before a time: tasks, then placements, and what was made at the vendor and is gone there. A machine that turns up
 * without any is deleted all the same (reconciler.ts). To be called now and then; any number of processes may.
 */
export async function forgetEnded(database: Database, before: number): Promise<void> {
  const remove = [
    sql`DELETE FROM task WHERE id IN (
      SELECT id FROM task WHERE state IN ('done', 'failed') AND since < ${before} LIMIT ${rowsAtOnce})`,
    sql`DELETE FROM placement WHERE id IN (
      SELECT id FROM placement WHERE state IN ('deleted', 'failed') AND since < ${before} LIMIT ${rowsAtOnce})`,
    sql`DELETE FROM asset WHERE id IN (
      SELECT id FROM asset WHERE state = 'gone' AND NOT EXISTS (SELECT 1 FROM task WHERE task.subject = asset.id)
      LIMIT ${rowsAtOnce})`,
  ];
  for (const statement of remove)
    for (let portion = 0; portion < portionsInASweep; portion += 1) {
      const { numAffectedRows = 0n } = await statement.execute(database);
      if (numAffectedRows < BigInt(rowsAtOnce)) break;
      await nextTurn();
    }
}
