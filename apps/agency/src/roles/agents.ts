import { sendSamples } from '@cloud-agency/bus';
import { vaultPassphrase } from '@cloud-agency/runtime';
import { readFileSync } from 'node:fs';
import { Door } from '../agents/door.js';
import { Ingest } from '../ingest/ingest.js';
import { notePower } from '../statistics/power.js';
import type { Ground } from './ground.js';

/** Where resources tell of themselves, and where their agents come in. */
export function openIngest({ context: { settings, clock, log }, connection, store }: Ground): { ingest: Ingest; door: Door } {
  const ingest = new Ingest({
    store,
    clock,
    send: (batch) => sendSamples(connection, batch),
    onPower: (power) => notePower(store.tables, power),
  });
  const shared = settings.databaseUrl !== undefined;
  const door = new Door({
    ...{ store, ingest, clock, log, shared },
    script: readFileSync(new URL('../../agent/agent.sh', import.meta.url), 'utf8'),
    host: settings.host,
    settings: settings.agents ?? { certificateMs: usualCertificateMs },
    keeping: () => (shared ? { passphrase: vaultPassphrase(process.env) } : { directory: settings.dataDirectory }),
  });
  return { ingest, door };
}

const usualCertificateMs = 24 * 3_600_000;
