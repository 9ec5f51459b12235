import { systemClock } from '@cloud-agency/runtime';
import type { ProbeWhat } from '@cloud-agency/sla';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { probe, type Probed, type ProbeTask } from '../src/index.js';

/** Probes once from this process. */
export const probed = async (what: ProbeWhat, more: Partial<ProbeTask> = {}): Promise<Probed> =>
  await probe(what, {
    address: '127.0.0.1',
    timeout: 2_000,
    clock: systemClock,
    signal: new AbortController().signal,
    ...more,
  });

/** @returns the port that it listens on. */
export async function listening(server: Server, address = '127.0.0.1'): Promise<number> {
  server.listen(0, address);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

export async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

export const good = { ok: true, milliseconds: expect.any(Number) as number };
export const bad = (detail: unknown): object => ({ ok: false, milliseconds: null, detail });
