import { type Account, type Clock, createLog, randomIds, systemClock } from '@cloud-agency/runtime';
import axios, { type AxiosInstance } from 'axios';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, globalAgent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServedTestbed, serveTestbed } from '../src/serve.js';

/** Machines boot twenty times as fast as the profiles say. */
const hurriedClock: Clock = { ...systemClock, after: (ms, task) => systemClock.after(ms / 20, task) };

export interface RunningTestbed extends ServedTestbed {
  readonly directory: string;
  /** JSON over HTTP, every status welcome. */
  readonly http: AxiosInstance;
  account(cloud: string): Promise<Account>;
  fault(order: Record<string, unknown>): Promise<void>;
  calmDown(): Promise<void>;
}

export const temporaryDirectory = (): string => mkdtempSync(join(tmpdir(), 'testbed-'));

export async function runTestbed(
  options: { directory?: string; clouds?: readonly string[]; clock?: Clock } = {},
): Promise<RunningTestbed> {
  const directory = options.directory ?? temporaryDirectory();
  const { clouds = [], clock = hurriedClock } = options;
  const served = await serveTestbed({
    directory,
    port: null,
    clouds,
    clock,
    ids: randomIds,
    log: createLog('testbed', 'silent'),
    random: Math.random,
  });
  const http = axios.create({ baseURL: served.url, validateStatus: () => true, proxy: false });
  return {
    ...served,
    directory,
    http,
    async account(cloud) {
      const { data } = await http.get<Account[]>('/accounts', { params: { clouds: cloud } });
      return present(data[0], `the account at ${cloud}`);
    },
    async fault(order) {
      const { status, data } = await http.post<unknown>('/control/faults', order);
      if (status !== 201) throw new Error(JSON.stringify(data));
    },
    async calmDown() {
      await http.delete('/control/faults');
    },
    async stop() {
      await served.stop();
      // The next one may serve at the same port: connections kept alive would hang up on whoever uses them.
      globalAgent.destroy();
      if (options.directory === undefined) rmSync(directory, { recursive: true });
    },
  };
}

/** Asks again until the answer is right. */
export async function until<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean, patienceMs = 5000): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(answer)} after ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const freshConnections = new Agent({ keepAlive: false });

/** What an instance answers to a probe; `refused` when nothing listens. */
export async function probe(address: string): Promise<unknown> {
  try {
    const { data } = await axios.get<unknown>(`http://${address}:8080/health`, {
      timeout: 2000,
      proxy: false,
      httpAgent: freshConnections,
    });
    return data;
  } catch (error) {
    if (axios.isAxiosError(error) && error.code === 'ECONNREFUSED') return 'refused';
    throw error;
  }
}

export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`There is no ${what}`);
  return value;
}

/** The testbed gives its credentials in plain text. */
export function credentialOf({ credentials, name }: Account, field: string): string {
  const value = credentials[field];
  if (typeof value !== 'string') throw new Error(`${name} has no plain ${field}`);
  return value;
}

export const endpointOf = ({ endpoint, name }: Account): string => present(endpoint, `endpoint of ${name}`);
