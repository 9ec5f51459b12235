import { type AppContext, monitoringOf, type RunningApp } from '@cloud-agency/runtime';
import type { Kysely } from 'kysely';
import type { AgencyTables } from '../store/tables.js';

const everyMs = 3_600_000;
const day = 24 * 3_600_000;

/** Lets go of what is older than statistics reach back. Any number of processes may: what is gone is gone. */
export function startForgetting(tables: Kysely<AgencyTables>, { clock, log, settings }: AppContext): RunningApp {
  const { over } = monitoringOf(settings.config.monitoring).statistics;
  let running: Promise<void> = Promise.resolve();
  const end = clock.every(everyMs, () => {
    running = forget(tables, clock.now() - over - day).catch((error: unknown) => {
      log.warn({ err: error }, 'Old statistics could not be removed; it is tried again in an hour');
    });
  });
  return {
    async stop() {
      end();
      await running;
    },
  };
}

async function forget(tables: Kysely<AgencyTables>, before: number): Promise<void> {
  await tables.deleteFrom('provisioning').where('at', '<', before).execute();
  await tables.deleteFrom('price_change').where('at', '<', before).execute();
  await tables.deleteFrom('breach').where('at', '<', before).execute();
  await tables.deleteFrom('power').where('at', '<', before).execute();
  await tables.deleteFrom('uptime').where('day', '<', before).execute();
}
