/** What one account may ask of its vendor, held over the whole agent: commands on the bus, a real store, a real cloud of the testbed. */
import {
  type AcceptMessage,
  Announcement,
  closeBus,
  connectBus,
  consume,
  decoded,
  type EmbeddedServer,
  ensureStreams,
  startEmbeddedServer,
  StoredPublisher,
  subjects,
  validated,
} from '@cloud-agency/bus';
import { createLog, randomIds, readSettings, type RunningApp, systemClock } from '@cloud-agency/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '../src/main.js';
import { CountingProxy } from './counting-proxy.js';
import { Testbed } from './testbed.js';
import { until } from './until.js';

jest.setTimeout(60_000);

const wanted = 100;
const limits = { concurrency: 5, requests_per_second: 60 };
const region = 'us-east';

let directory: string;
let testbed: Testbed;
let server: EmbeddedServer;
let bus: NatsConnection;
let proxy: CountingProxy;
let app: RunningApp;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'limits-'));
  testbed = await Testbed.start('campus');
  proxy = await CountingProxy.before(testbed.url);
  server = await startEmbeddedServer({ directory: join(directory, 'nats'), token: 'test' });
  bus = await connectBus(server, 'test');
  await ensureStreams(bus);
  const [account] = await testbed.accounts();
  const endpoint = account!.endpoint!.replace(testbed.url, proxy.url);
  const accounts = [{ ...account!, endpoint, regions: [region], limits }];
  const environment = { AGENCY_DATA: directory, NATS_URL: server.url, NATS_TOKEN: server.token };
  const loaded = new Promise<void>((resolve) => {
    bus.subscribe(subjects.announce, {
      callback: (_, message) => {
        if (validated(Announcement, decoded(message.data)).offersAsOf !== null) resolve();
      },
    });
  });
  const settings = readSettings(environment, { accounts, rates: {} });
  app = await start({ settings, clock: systemClock, ids: randomIds, log: createLog('test', 'silent') });
  await loaded;
});
afterAll(async () => {
  await app.stop();
  await closeBus(bus);
  await server.stop();
  await proxy.close();
  await testbed.stop();
  rmSync(directory, { recursive: true, force: true });
});

const order = (placement: string): AcceptMessage => ({
  id: randomUUID(),
  conversation: placement,
  sender: 'agency',
  sequence: 1,
  previous: 0,
  sentAt: new Date().toISOString(),
  performative: 'accept-proposal',
  receiver: 'campus',
  placement,
  order: {
    name: 'web',
    offer: `campus/${region}/us-east-1/m1.small/on-demand`,
    region,
    zone: 'us-east-1',
    instanceType: 'm1.small',
    architecture: 'x64',
    market: 'on-demand',
    price: 0.015,
    validUntil: new Date(Date.now() + 60_000).toISOString(),
    image: 'debian-12',
    tags: {},
  },
  deadline: new Date(Date.now() + 50_000).toISOString(),
});

it('makes each of a hundred machines once, whatever fails meanwhile, and asks no more than its account may', async () => {
  const active = new Set<string>();
  const failed: unknown[] = [];
  const stopListening = await consume(bus, {
    stream: 'events',
    subject: subjects.report,
    durable: 'limits',
    handle: (message) => {
      if (message.performative === 'inform' && message.state === 'active') active.add(message.placement);
      if (message.performative === 'failure') failed.push(message);
      return Promise.resolve('done');
    },
    onError: (error) => {
      throw error;
    },
  });
  // Apart from each other: a request that fails three times in a row is given up, as it should be.
  for (let time = 1; time <= 8; time += 1)
    await testbed.fault({ cloud: 'campus', region, fault: 'server-error', after: 31 * time, times: 1 });
  for (let time = 1; time <= 3; time += 1)
    await testbed.fault({ cloud: 'campus', region, fault: 'malformed', after: 57 * time, times: 1 });
  const before = proxy.came.length;
  const placements = Array.from({ length: wanted }, () => randomUUID());
  const publisher = new StoredPublisher(bus);
  await Promise.all(placements.map((placement) => publisher.publish(subjects.command('campus'), order(placement))));
  await until('all active', () => active.size + failed.length === wanted, 50_000);
  expect(failed).toEqual([]);
  const machines = (await testbed.ask('GET', '/control/instances')) as readonly { readonly tags: Record<string, string> }[];
  expect(machines.map(({ tags }) => tags['agency.placement']).sort()).toEqual([...placements].sort());
  expect(proxy.came.length - before).toBeGreaterThan(2 * wanted);
  expect(proxy.mostAtOnce).toBeLessThanOrEqual(limits.concurrency);
  // A second's worth may come at once after a rest, and another one in the second after it.
  expect(proxy.mostWithin(900)).toBeLessThanOrEqual(2 * limits.requests_per_second);
  expect(proxy.mostWithin(5_000)).toBeLessThanOrEqual(6 * limits.requests_per_second);
  await stopListening();
});
