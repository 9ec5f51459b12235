/** Provisioning as the agency sees it: commands in, reports out, over a real store and a real cloud of the testbed. */
import type { AcceptMessage, CancelMessage, FailureMessage, InformMessage, Order, StoredMessage } from '@cloud-agency/bus';
import { type Account, createLog, randomIds, systemClock } from '@cloud-agency/runtime';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteCommand } from '../src/placement/commands.js';
import { Placements } from '../src/placement/placements.js';
import { Provisioner } from '../src/placement/provisioner.js';
import { Reconciler } from '../src/placement/reconciler.js';
import { type Database, openStore } from '../src/placement/tables.js';
import { timings as real } from '../src/placement/timings.js';
import { openAccount } from '../src/vendor/credentials.js';
import { VendorHttp } from '../src/vendor/http.js';
import type { VendorDriver } from '../src/vendor/port.js';
import type { Sale } from '../src/vendor/prices.js';
import { VendorError } from '../src/vendor/vendor-error.js';
import { vendorNamed } from '../src/vendors/registry.js';
import { Testbed } from './testbed.js';
import { until } from './until.js';

jest.setTimeout(20_000);

const timings = {
  ...real,
  pollMinMs: 30,
  retryMs: 50,
  settleMs: 1_500,
  visibleAfterMs: 300,
  orphanAfterMs: 300,
  deleteMaxMs: 200,
  lookAgainMs: 50,
};
const log = createLog('test', 'silent');
const price = 0.05;

let testbed: Testbed;
let account: Account;
let size: string;
let region: string;
let zone: string;
let directory: string;
let database: Database;
let placements: Placements;
let driver: VendorDriver;
let provisioner: Provisioner;
let currentPrice: number | undefined;
/** What prices were asked for. */
let quoted: Sale[];
let abort: AbortController;

beforeAll(async () => {
  testbed = await Testbed.start('campus');
  [account] = (await testbed.accounts()) as [Account];
  region = Object.keys(account.regions)[0] ?? '';
});
afterAll(async () => {
  await testbed.stop();
});

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'provisioning-'));
  currentPrice = price;
  quoted = [];
  await begin();
  [zone = ''] = await driver.zones(region);
  size = (await driver.sizes(region)).find((candidate) => candidate.architecture === 'x64')?.name ?? '';
});
afterEach(async () => {
  await testbed.clearFaults();
  await Promise.all((await testbed.instances(account.name)).map((machine) => driver.delete(region, machine.id)));
  await until('no machine is left for the next test', async () => (await machines()) === 0);
  await end();
  rmSync(directory, { recursive: true, force: true });
});

/** A process starts on the data directory. */
async function begin(timeoutMs = 500): Promise<void> {
  database = await openStore({ directory });
  placements = new Placements(database, { ids: randomIds, clock: systemClock }, () => undefined);
  abort = new AbortController();
  const http = new VendorHttp({ timeoutMs, concurrency: 4, random: () => 0, signal: abort.signal });
  const vendor = vendorNamed(account.vendor);
  driver = vendor.connect(openAccount(account, vendor), { http, now: Date.now });
  provisioner = new Provisioner({
    agent: account.name,
    owner: 'embedded',
    installation: directory,
    driver,
    quotes: {
      currentPrice: (_region, _instanceType, sale) => {
        quoted.push(sale);
        return Promise.resolve(currentPrice);
      },
      lowest: () => 0.85,
    },
    placements,
    clock: systemClock,
    log,
    timings,
  });
  provisioner.start();
}

async function end(): Promise<void> {
  abort.abort();
  await provisioner.stop();
  driver.close();
  await database.destroy();
}

const envelope = (placement: string) => ({
  id: randomUUID(),
  conversation: `about-${placement}`,
  sender: 'agency',
  sequence: 1,
  previous: 0,
  sentAt: new Date().toISOString(),
  receiver: account.name,
  placement,
});

async function command(message: StoredMessage): Promise<void> {
  const noted = await database.transaction().execute((transaction) => noteCommand(placements, transaction, message, Date.now()));
  if (noted !== undefined) provisioner.wake(noted);
}

async function accept(
  placement: string,
  withinMs = 10_000,
  quotedForMs = 60_000,
  bought: Partial<Pick<Order, 'commitment' | 'price' | 'list'>> = {},
): Promise<void> {
  const offer = `${account.name}/${region}/${zone}/${size}/on-demand`;
  const order = {
    name: 'web-1',
    offer,
    region,
    zone,
    instanceType: size,
    architecture: 'x64',
    market: 'on-demand',
    price,
    validUntil: new Date(Date.now() + quotedForMs).toISOString(),
    image: 'debian-12',
    tags: {},
    ...bought,
  } as const;
  const message: AcceptMessage = {
    ...envelope(placement),
    performative: 'accept-proposal',
    order,
    deadline: new Date(Date.now() + withinMs).toISOString(),
  };
  await command(message);
}

async function cancel(placement: string): Promise<void> {
  const message: CancelMessage = { ...envelope(placement), performative: 'cancel', message: 'not needed' };
  await command(message);
}

/** What was reported on a placement so far, in order: informs by their state, failures by their reason. */
async function reported(placement: string): Promise<string[]> {
  return (await messages(placement)).map((message) => ('state' in message ? message.state : message.reason));
}

async function messages(placement: string): Promise<(InformMessage | FailureMessage)[]> {
  const rows = await database
    .selectFrom('outbox')
    .select('body')
    .where('conversation', '=', `about-${placement}`)
    .orderBy('sequence')
    .execute();
  return rows.map((row) => JSON.parse(row.body) as InformMessage | FailureMessage);
}

const report = async (placement: string, ...wanted: string[]): Promise<void> => {
  await until(
    `${placement} reported ${wanted.join(', ')}`,
    async () => (await reported(placement)).join() === wanted.join(),
  ).catch(() => undefined);
  expect(await reported(placement)).toEqual(wanted);
};
const reconciler = (): Reconciler =>
  new Reconciler({
    agent: account.name,
    installation: directory,
    driver,
    placements,
    clock: systemClock,
    log,
    timings,
    wake: (placement) => {
      provisioner.wake(placement);
    },
  });
const machines = async (): Promise<number> => (await testbed.instances(account.name)).length;

it('builds what is accepted, reports each step, and takes it down when it is cancelled', async () => {
  await accept('p-life');
  await report('p-life', 'building', 'active');
  const [building, active] = await messages('p-life');
  const before = Number(building?.sequence);
  expect(active).toMatchObject({
    sender: account.name,
    placement: 'p-life',
    address: expect.stringMatching(/^127\./) as string,
    sequence: before + 1,
    previous: before,
  });
  expect(await machines()).toBe(1);
  await cancel('p-life');
  await report('p-life', 'building', 'active', 'deleted');
  expect(await machines()).toBe(0);
});

it('buys with a commitment as on demand, at the price that was quoted for it', async () => {
  const commitment = 12 * 730 * 3_600_000;
  await accept('p-committed', 10_000, 60_000, { commitment });
  await report('p-committed', 'building', 'active');
  expect(quoted).toMatchObject([{ market: 'on-demand', commitment }]);
  expect(await machines()).toBe(1);
});

it('answers an order that comes again by what became of it, and makes no second machine', async () => {
  await accept('p-again');
  await report('p-again', 'building', 'active');
  await accept('p-again');
  await report('p-again', 'building', 'active', 'active');
  expect(await machines()).toBe(1);
  await cancel('p-again');
  await report('p-again', 'building', 'active', 'active', 'deleted');
  await accept('p-again');
  await report('p-again', 'building', 'active', 'active', 'deleted', 'cancelled');
  await cancel('p-again');
  await report('p-again', 'building', 'active', 'active', 'deleted', 'cancelled', 'deleted');
});

it('buys at no other price than the one quoted', async () => {
  currentPrice = price * 1.01;
  await accept('p-dearer');
  await report('p-dearer', 'price-changed');
  currentPrice = undefined;
  await accept('p-unsold');
  await report('p-unsold', 'price-changed');
  expect(await machines()).toBe(0);
});

it('buys at the price that it conceded, as long as it was made from the current list price and it still goes so low', async () => {
  await accept('p-conceded', 10_000, 60_000, { price: price * 0.9, list: price });
  await report('p-conceded', 'building', 'active');
  await accept('p-too-low', 10_000, 60_000, { price: price * 0.8, list: price });
  await report('p-too-low', 'price-changed');
  currentPrice = price * 0.9;
  await accept('p-outdated', 10_000, 60_000, { price: price * 0.9, list: price });
  await report('p-outdated', 'price-changed');
  expect(await machines()).toBe(1);
});

it('buys nothing on a quote that ran out', async () => {
  await accept('p-late', 10_000, -1);
  await report('p-late', 'price-changed');
  expect(await machines()).toBe(0);
});

it.each([
  ['no-capacity', 'no-capacity', ['building']],
  ['quota', 'quota', []],
  ['boot-error', 'boot-failed', ['building']],
] as const)('reports %s as %s once nothing is left of the machine', async (fault, reason, before) => {
  await testbed.fault({ cloud: account.name, fault });
  await accept(`p-${fault}`);
  await report(`p-${fault}`, ...before, reason);
  expect(await machines()).toBe(0);
});

it('gives up at the deadline and leaves nothing behind', async () => {
  await accept('p-late', 150);
  await until('failed', async () => (await reported('p-late')).at(-1) === 'timeout');
  expect(await machines()).toBe(0);
});

it('makes one machine, not two, when the answer to a create got lost', async () => {
  let asked = 0;
  const create = driver.create.bind(driver);
  driver.create = async (...order) => {
    asked += 1;
    await create(...order);
    throw new VendorError('timeout', 'no answer came');
  };
  await accept('p-lost');
  await report('p-lost', 'building', 'active');
  expect(asked).toBe(1);
  expect(await machines()).toBe(1);
  await cancel('p-lost');
  await report('p-lost', 'building', 'active', 'deleted');
});

it('asks again, once nothing showed up, when a create never arrived', async () => {
  const create = driver.create.bind(driver);
  const outcomes = [() => Promise.reject(new VendorError('timeout', 'no answer came'))];
  driver.create = async (...order) => await (outcomes.shift() ?? (() => create(...order)))();
  await accept('p-unheard');
  await report('p-unheard', 'building', 'active');
  expect(await machines()).toBe(1);
  await cancel('p-unheard');
  await report('p-unheard', 'building', 'active', 'deleted');
});

it('goes on after a crash wherever it was, with one machine for each placement', async () => {
  const names = ['p-crash-1', 'p-crash-2', 'p-crash-3'];
  for (const name of names) await accept(name);
  await until('something was created', async () => (await machines()) > 0);
  await end();
  await begin();
  for (const name of names) await until(`${name} active`, async () => (await reported(name)).at(-1) === 'active');
  expect(await machines()).toBe(3);
  for (const name of names) await cancel(name);
  for (const name of names) await until(`${name} deleted`, async () => (await reported(name)).at(-1) === 'deleted');
  expect(await machines()).toBe(0);
});

it('looks for a machine that a crashed create may have made, before it creates', async () => {
  const { vendorId } = await driver.create(
    { name: 'web-1', region, zone, size, image: await driver.image('debian-12', 'x64', region), tags: {} },
    'p-found',
  );
  await provisioner.stop();
  await accept('p-found');
  await database.updateTable('placement').set({ state: 'creating' }).where('id', '=', 'p-found').execute();
  await end();
  await begin();
  await report('p-found', 'building', 'active');
  expect(await messages('p-found')).toMatchObject([{ vendorId }, { vendorId }]);
  await cancel('p-found');
  await report('p-found', 'building', 'active', 'deleted');
});

it('lets a cancel that overtakes a create wait for it, and deletes what came of it', async () => {
  await accept('p-overtaken');
  await until('creating', async () => (await placements.load('p-overtaken'))?.state !== 'requested');
  await cancel('p-overtaken');
  await until('deleted', async () => (await reported('p-overtaken')).at(-1) === 'deleted');
  expect(await reported('p-overtaken')).not.toContain('active');
  expect(await machines()).toBe(0);
});

it('remembers a cancel that comes before its order', async () => {
  await cancel('p-early');
  await accept('p-early');
  await report('p-early', 'deleted', 'cancelled');
  expect(await machines()).toBe(0);
});

it('reports a machine that will not go as an orphan, and goes on until it is gone', async () => {
  await accept('p-orphan');
  await report('p-orphan', 'building', 'active');
  await testbed.fault({ cloud: account.name, fault: 'server-error' });
  await cancel('p-orphan');
  await report('p-orphan', 'building', 'active', 'orphaned');
  await testbed.clearFaults();
  await report('p-orphan', 'building', 'active', 'orphaned', 'deleted');
  expect(await machines()).toBe(0);
});

it('notices a machine that vanished while it was building', async () => {
  driver.get = () => Promise.resolve(undefined);
  await accept('p-vanished');
  await report('p-vanished', 'building', 'not-found');
});

it('deletes machines of this installation that no placement stands for, and touches no others', async () => {
  await accept('p-kept');
  await report('p-kept', 'building', 'active');
  const image = await driver.image('debian-12', 'x64', region);
  const stray = (placement: string, installation: string) =>
    driver.create(
      { name: 'stray', region, zone, size, image, tags: { 'agency.placement': placement, 'agency.installation': installation } },
      placement,
    );
  await stray('p-nobody', directory);
  await stray('p-kept', directory);
  const foreign = await stray('p-foreign', 'another installation');
  expect(await machines()).toBe(4);
  await reconciler().reconcile();
  await until('swept', async () => (await machines()) === 2);
  expect((await testbed.instances(account.name)).map((machine) => machine.id)).toContain(foreign.vendorId);
  await driver.delete(region, foreign.vendorId);
  await cancel('p-kept');
  await until('none left', async () => (await machines()) === 0);
});

it('carries a machine that turns up after its placement has ended to its end, and tells of it when it will not go', async () => {
  await accept('p-ended');
  await report('p-ended', 'building', 'active');
  await cancel('p-ended');
  await report('p-ended', 'building', 'active', 'deleted');
  const image = await driver.image('debian-12', 'x64', region);
  const tags = { 'agency.placement': 'p-ended', 'agency.installation': directory };
  await driver.create({ name: 'late', region, zone, size, image, tags }, 'another-token');
  const { delete: remove } = driver;
  driver.delete = () => Promise.reject(new VendorError('unavailable', 'not now'));
  await reconciler().reconcile();
  await report('p-ended', 'building', 'active', 'deleted', 'orphaned');
  driver.delete = remove.bind(driver);
  await report('p-ended', 'building', 'active', 'deleted', 'orphaned', 'deleted');
  expect(await machines()).toBe(0);
});

describe('a machine that its vendor does not know any more', () => {
  beforeEach(async () => {
    await accept('p-lost');
    await report('p-lost', 'building', 'active');
  });

  it('is told once, and once more when it is there again', async () => {
    const { get, list } = driver;
    driver.get = () => Promise.resolve(undefined);
    driver.list = () => Promise.resolve([]);
    await reconciler().reconcile();
    await reconciler().reconcile();
    await report('p-lost', 'building', 'active', 'lost');
    Object.assign(driver, { get: get.bind(driver), list: list.bind(driver) });
    await reconciler().reconcile();
    await reconciler().reconcile();
    await report('p-lost', 'building', 'active', 'lost', 'found');
  });

  it('is not lost while the vendor answers no question, or knows it after all', async () => {
    driver.list = () => Promise.resolve([]);
    await reconciler().reconcile();
    const { get } = driver;
    driver.get = () => Promise.reject(new VendorError('unavailable', 'try later'));
    await reconciler().reconcile();
    let asked = 0;
    driver.get = (...which) => (asked++ === 0 ? Promise.resolve(undefined) : get.apply(driver, which));
    await reconciler().reconcile();
    expect(asked).toBe(2);
    expect(await reported('p-lost')).toEqual(['building', 'active']);
    driver.get = get.bind(driver);
  });

  it('is still given back when the agency asks for it', async () => {
    const [machine] = await testbed.instances(account.name);
    await testbed.ask('POST', `/control/instances/${machine!.id}/vanish`);
    await reconciler().reconcile();
    await cancel('p-lost');
    await report('p-lost', 'building', 'active', 'lost', 'deleted');
  });
});
