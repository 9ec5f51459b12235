import type { Order } from '@cloud-agency/bus';
import { closeBus, connectBus, decoded, startEmbeddedServer, subjects, validated, BusinessValues } from '@cloud-agency/bus';
import { createLog } from '@cloud-agency/runtime';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Placement } from '../placement/placements.js';
import { valuesOf, ValueTeller } from './values.js';

const order = { region: 'oslo', instanceType: 'small', market: 'on-demand', price: 0.1 } as Order;
const placement = (more: Partial<Placement> = {}): Placement =>
  ({ id: 'p-1', state: 'active', order, announced_price: null, ...more }) as Placement;
const regions = { oslo: { carbon: 28 }, paris: {} };

it('knows what a machine costs now, and how clean its region is where that is stated', () => {
  expect(valuesOf(placement(), regions)).toEqual({ placement: 'p-1', price: 0.1, carbon: 28 });
  expect(valuesOf(placement({ announced_price: 0.15 }), regions)?.price).toBe(0.15);
  expect(valuesOf(placement({ order: { ...order, region: 'paris' } }), regions)).toEqual({ placement: 'p-1', price: 0.1 });
  expect(valuesOf(placement(), ['oslo'])).toEqual({ placement: 'p-1', price: 0.1 });
  expect(valuesOf(placement({ state: 'deleting' }), regions)).toBeUndefined();
  expect(valuesOf(placement({ order: null }), regions)).toBeUndefined();
});

it('tells it every minute, and as soon as something has changed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'values-'));
  const server = await startEmbeddedServer({ directory, token: 'test' });
  const connection = await connectBus(server, 'test');
  const heard: BusinessValues[] = [];
  connection.subscribe(subjects.values, {
    callback: (_, message) => void heard.push(validated(BusinessValues, decoded(message.data))),
  });
  let [now, changes, running, turn] = [0, 1, placement(), (): void => undefined];
  const clock = {
    now: () => now,
    after: () => () => undefined,
    every: (_: number, task: () => void) => {
      turn = task;
      return () => undefined;
    },
  };
  const placements = { changes: () => changes, living: () => Promise.resolve([running]) };
  const teller = new ValueTeller({ agent: 'campus', regions, placements, connection, clock, log: createLog('test', 'silent') });
  /** A second passes. */
  const pass = async (seconds = 1): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      now += 1_000;
      turn();
      await new Promise(setImmediate);
    }
    await connection.flush();
  };
  teller.start();
  await pass(60);
  expect(heard.map(({ machines }) => machines[0]?.price)).toEqual([0.1]);
  await pass(2);
  expect(heard).toHaveLength(2);
  [running, changes] = [placement({ announced_price: 0.2 }), 2];
  await pass();
  expect(heard.map(({ machines }) => machines[0]?.price)).toEqual([0.1, 0.1, 0.2]);
  await teller.stop();
  await closeBus(connection);
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});
