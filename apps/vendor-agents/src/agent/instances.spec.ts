import { closeBus, connectBus, type EmbeddedServer, encoded, startEmbeddedServer, subjects } from '@cloud-agency/bus';
import type { NatsConnection } from '@nats-io/transport-node';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Instances } from './instances.js';

let directory: string;
let server: EmbeddedServer;
let bus: NatsConnection;
let now = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'instances-'));
  server = await startEmbeddedServer({ directory, token: 'test' });
  bus = await connectBus(server, 'test');
});
afterAll(async () => {
  await closeBus(bus);
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function announce(instance: string, state: 'alive' | 'gone' = 'alive'): Promise<void> {
  const rest = { type: 'aws', vendor: 'aws', title: 'AWS', offers: 1, offersAsOf: null, regions: [], abilities: [] };
  bus.publish(subjects.announce, encoded({ agent: 'aws', instance, state, ...rest }));
  await bus.flush();
}

it('counts those that announce themselves, until they say that they are gone or are not heard any more', async () => {
  const instances = new Instances(bus, { now: () => now });
  // There may be one that has had no time yet to say so.
  expect(instances.of('aws')).toBe(2);
  now = 2_000;
  expect(instances.of('aws')).toBe(1);
  await announce('one');
  await announce('two');
  await announce('three');
  expect([instances.of('aws'), instances.of('linode')]).toEqual([3, 1]);
  await announce('two', 'gone');
  expect(instances.of('aws')).toBe(2);
  now = 4_000;
  await announce('one');
  now = 5_500;
  expect(instances.of('aws')).toBe(1);
  instances.stop();
});
