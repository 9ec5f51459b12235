/** What an agent hands on of what its vendor tells: over a real driver and a cloud of the testbed, with a clock that the test moves. */
import {
  decoded,
  type EmbeddedServer,
  connectBus,
  closeBus,
  Readings,
  startEmbeddedServer,
  subjects,
  validated,
} from '@cloud-agency/bus';
import { createLog, systemClock } from '@cloud-agency/runtime';
import type { Outgoing } from '@cloud-agency/store';
import type { NatsConnection } from '@nats-io/transport-node';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Observer } from '../src/observing/observer.js';
import type { Placement } from '../src/placement/placements.js';
import { vendorNamed } from '../src/vendors/registry.js';
import { Subject } from './contract/subject.js';
import { Testbed } from './testbed.js';
import { until } from './until.js';

let directory: string;
let testbed: Testbed;
let server: EmbeddedServer;
let bus: NatsConnection;
const heard: Readings[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'observer-'));
  testbed = await Testbed.start('ptc', 'aws');
  server = await startEmbeddedServer({ directory, token: 'test' });
  bus = await connectBus(server, 'test');
  bus.subscribe(subjects.readings, {
    callback: (_, message) => {
      heard.push(validated(Readings, decoded(message.data)));
    },
  });
});
afterAll(async () => {
  await closeBus(bus);
  await server.stop();
  await testbed.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** An observer of one machine that runs; `turn` does what is due every so many ms. */
function observing(subject: Subject, vendorId: string, market: 'on-demand' | 'spot') {
  const due: { readonly ms: number; readonly task: () => void }[] = [];
  const told: Outgoing[] = [];
  const { region, size } = subject.order;
  const order = { region, instanceType: size, market };
  const placement = { id: 'p-1', agent: 'test', conversation: 'c-1', state: 'active', vendor_id: vendorId, address: null, order };
  const placements = {
    living: () => Promise.resolve([placement as unknown as Placement]),
    noteEnding: (_: unknown, report: Outgoing) => Promise.resolve(void told.push(report)),
  };
  const clock = {
    ...systemClock,
    every: (ms: number, task: () => void) => {
      due.push({ ms, task });
      return () => undefined;
    },
  };
  const sizes = { size: () => ({ name: size, cores: 1, memory: 2, disk: null, gpu: null, architecture: null }) };
  const log = createLog('test', 'silent');
  const observer = new Observer({ agent: 'test', driver: subject.driver, sizes, placements, connection: bus, clock, log });
  const turn = (): void => {
    for (const { task } of due) task();
  };
  return { observer, told, turn, periods: due };
}

it('tells shares and sizes at once, and rates from the second reading on', async () => {
  const subject = await Subject.at(vendorNamed('ptc'), testbed);
  const { vendorId } = await subject.running();
  const { observer, turn, periods } = observing(subject, vendorId, 'on-demand');
  observer.start();
  expect(periods.map(({ ms }) => ms)).toEqual([60_000]);
  await until('told', () => heard.length > 0);
  expect(heard[0]).toMatchObject({ agent: 'test', placement: 'p-1' });
  expect(heard[0]?.readings.map(({ metric }) => metric).sort()).toEqual(['cpu', 'memory']);
  await until('rates', () => {
    turn();
    return heard.at(-1)?.readings.some(({ metric, value }) => metric === 'network-in' && value > 1_000);
  });
  await observer.stop();
  await subject.gone(vendorId);
  subject.close();
});

it('tells that the vendor will take a spot machine back, and when', async () => {
  const subject = await Subject.at(vendorNamed('amazon'), testbed);
  const { order, token } = subject.wanted({ spot: { maxPrice: 1_000 } });
  const { vendorId } = await subject.driver.create(order, token);
  await subject.becomes(vendorId, 'active');
  const { observer, told, turn, periods } = observing(subject, vendorId, 'spot');
  observer.start();
  expect(periods.map(({ ms }) => ms)).toContain(15_000);
  await testbed.ask('POST', `/control/instances/${vendorId}/interrupt`, { notice_ms: 60_000 });
  await until('told', () => {
    turn();
    return told.length > 0;
  });
  expect(told[0]).toMatchObject({ performative: 'inform', state: 'ending', placement: 'p-1', vendorId });
  await observer.stop();
  await subject.gone(vendorId);
  subject.close();
});

it('goes on after a vendor has not answered', async () => {
  const subject = await Subject.at(vendorNamed('ptc'), testbed);
  const { vendorId } = await subject.running();
  const before = heard.length;
  const { observer, turn } = observing(subject, vendorId, 'on-demand');
  await subject.fault({ fault: 'revoked', times: 1 });
  observer.start();
  await until('told', () => {
    turn();
    return heard.length > before;
  });
  await observer.stop();
  await subject.gone(vendorId);
  subject.close();
});
