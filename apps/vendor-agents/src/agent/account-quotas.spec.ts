import type { Order } from '@cloud-agency/bus';
import { type Clock, type ConfiguredQuota, createLog, randomIds } from '@cloud-agency/runtime';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Placements } from '../placement/placements.js';
import { type Database, openStore, type PlacementState } from '../placement/tables.js';
import type { QuotaLeft } from '../vendor/port.js';
import { VendorError } from '../vendor/vendor-error.js';
import { AccountQuotas } from './account-quotas.js';

let now: number;
let ticks: (() => void)[];
/** Time passes when a test says so. */
const clock: Clock = {
  now: () => now,
  after: () => () => undefined,
  every: (_, task) => {
    ticks.push(task);
    return () => (ticks = []);
  },
};

let directory: string;
let database: Database;
let placements: Placements;
let quotas: AccountQuotas;
/** What the vendor says of a region; undefined: it does not answer. */
let told: readonly QuotaLeft[] | undefined;

beforeEach(async () => {
  now = 1_000_000;
  ticks = [];
  told = [];
  directory = mkdtempSync(join(tmpdir(), 'quotas-'));
  database = await openStore({ directory });
  placements = new Placements(database, { ids: randomIds, clock }, () => undefined);
});
afterEach(async () => {
  await quotas.stop();
  await database.destroy();
  rmSync(directory, { recursive: true });
});

/** An account that its operator limits so, whose vendor has been asked once. */
async function open(declared?: ConfiguredQuota): Promise<void> {
  quotas = new AccountQuotas({
    agent: 'acme',
    declared,
    regions: ['oslo'],
    driver: {
      quotas: () => (told ? Promise.resolve(told) : Promise.reject(new VendorError('unavailable', 'the vendor is away'))),
    },
    sizes: {
      size: (_, name) =>
        name === 'small' ? { name, cores: 2, memory: 4, disk: null, gpu: null, architecture: 'x64' } : undefined,
    },
    placements,
    clock,
    log: createLog('test', 'silent'),
  });
  await asked(() => {
    quotas.keepFresh();
  });
}

/** Nothing else happens until the vendor has answered. */
async function asked(ask: () => void): Promise<void> {
  ask();
  await new Promise((resolve) => setImmediate(resolve));
}

async function place(id: string, state: PlacementState, since = now, instanceType = 'small'): Promise<void> {
  const order: Partial<Order> = { region: 'oslo', instanceType };
  await database
    .insertInto('placement')
    .values({
      id,
      agent: 'acme',
      conversation: 'c',
      order: JSON.stringify(order),
      deadline: 0,
      state,
      since,
      attempts: 0,
      cancelled: 0,
      orphaned: 0,
      ending: 0,
      announced_price: null,
      retiring: 0,
      lost: 0,
      epoch: 0,
    })
    .execute();
  placements.noteChange('acme');
}

it('says what the operator allows less what the agent has placed, whatever became of it', async () => {
  await open({ machines: 5, cores: 20, memory: '40 GiB' });
  expect(await quotas.left()).toEqual([
    { agent: 'acme', of: 'machines', left: 5 },
    { agent: 'acme', of: 'cores', left: 20 },
    { agent: 'acme', of: 'memory', left: 40 },
  ]);
  for (const state of ['requested', 'creating', 'building', 'active', 'deleting', 'deleted', 'failed'] as const)
    await place(`p-${state}`, state);
  expect(await quotas.left()).toEqual([
    { agent: 'acme', of: 'machines', left: 0 },
    { agent: 'acme', of: 'cores', left: 10 },
    { agent: 'acme', of: 'memory', left: 20 },
  ]);
});

it('takes an order off what the vendor said before the vendor has heard of it, and believes the vendor again after that', async () => {
  await place('p-old', 'active', now - 1);
  told = [{ of: 'machines', left: 3 }];
  await open();
  expect(await quotas.left()).toEqual([{ agent: 'acme', region: 'oslo', of: 'machines', left: 3 }]);
  now += 1_000;
  await place('p-new', 'requested');
  expect(await quotas.left()).toEqual([{ agent: 'acme', region: 'oslo', of: 'machines', left: 2 }]);
  await database.updateTable('placement').set({ state: 'active', since: now }).where('id', '=', 'p-new').execute();
  placements.noteChange('acme');
  expect(await quotas.left()).toMatchObject([{ left: 2 }]);
  now += 60_000;
  told = [{ of: 'machines', left: 1 }];
  await asked(() => ticks[0]?.());
  expect(await quotas.left()).toMatchObject([{ left: 1 }]);
});

it('leaves out what it does not know: a reading that is too old, a machine whose size nobody sells any more', async () => {
  told = [{ of: 'cores', left: 8 }];
  await open({ machines: 2, cores: 10 });
  await place('p-odd', 'active', now - 1, 'extinct');
  expect(await quotas.left()).toEqual([
    { agent: 'acme', of: 'machines', left: 1 },
    { agent: 'acme', region: 'oslo', of: 'cores', left: 8 },
  ]);
  told = undefined;
  now += 299_000;
  await asked(() => ticks[0]?.());
  expect(await quotas.left()).toMatchObject([{ of: 'machines' }, { region: 'oslo', left: 8 }]);
  now += 2_000;
  expect(await quotas.left()).toEqual([{ agent: 'acme', of: 'machines', left: 1 }]);
});

it('knows how much is free of what the tightest quota leaves, in the regions that it is for', async () => {
  told = [{ of: 'machines', left: 3 }];
  await open({ machines: 8, cores: 4 });
  await place('p-1', 'active', now - 1);
  const free = await quotas.free();
  expect([free('oslo'), free('bergen')]).toEqual([0.5, 0.5]);
  await place('p-2', 'active', now - 1);
  expect((await quotas.free())('oslo')).toBe(0);
  await quotas.stop();
  await open({ machines: 8 });
  expect([await quotas.free()].flatMap((of) => [of('oslo'), of('bergen')])).toEqual([0.6, 0.75]);
});

it('knows no quota where neither says one', async () => {
  await open();
  await place('p-1', 'active');
  expect(await quotas.left()).toEqual([]);
  expect((await quotas.free())('oslo')).toBeNull();
});
