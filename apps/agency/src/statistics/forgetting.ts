import { type AppContext, monitoringOf, repeated, type RunningApp } from '@cloud-agency/runtime';
import { type Kysely, sql } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AgencyTables } from '../store/tables.js';

const everyMs = 3_600_000;
const day = 24 * 3_600_000;
/** So many rows go by one statement, and so often at most at a time: nobody waits long for the database. */
const rowsAtOnce = 1_000;
const portionsInASweep = 200;

/** By what rows are known, and by what they are too old. */
const facts = [
  ['provisioning', 'placement', 'at'],
  ['price_change', 'id', 'at'],
  ['breach', 'id', 'at'],
  ['power', 'placement', 'at'],
  ['uptime', 'id', 'day'],
] as const;

/** Lets go of what is older than statistics reach back. Any number of processes may: what is gone is gone. */
export function startForgetting(tables: Kysely<AgencyTables>, context: AppContext): RunningApp {
  const { over } = monitoringOf(context.settings.config.monitoring).statistics;
  return repeated(context, everyMs, 'Old statistics could not be removed', () =>
    forget(tables, context.clock.now() - over - day),
  );
}

async function forget(tables: Kysely<AgencyTables>, before: number): Promise<void> {
  for (const [table, key, age] of facts)
    for (let portion = 0; portion < portionsInASweep; portion += 1) {
      const { numAffectedRows = 0n } = await sql`
        DELETE FROM ${sql.table(table)} WHERE ${sql.ref(key)} IN (
          SELECT ${sql.ref(key)} FROM ${sql.table(table)} WHERE ${sql.ref(age)} < ${before} LIMIT ${rowsAtOnce})`.execute(tables);
      if (numAffectedRows < BigInt(rowsAtOnce)) break;
      await nextTurn();
    }
}
