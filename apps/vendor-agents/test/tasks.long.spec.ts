/** Operations as the agency sees them: requests in, results out, over a real store and real clouds of the testbed. */
import type {
  AcceptMessage,
  CancelMessage,
  Operation,
  OperationOutcome,
  RequestMessage,
  ResultMessage,
  StoredMessage,
} from '@cloud-agency/bus';
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
import { noteRequest } from '../src/tasks/requests.js';
import { TaskRunner } from '../src/tasks/task-runner.js';
import { Tasks } from '../src/tasks/tasks.js';
import { openAccount } from '../src/vendor/credentials.js';
import { VendorHttp } from '../src/vendor/http.js';
import type { VendorDriver } from '../src/vendor/port.js';
import { VendorError } from '../src/vendor/vendor-error.js';
import { vendorNamed } from '../src/vendors/registry.js';
import { Testbed } from './testbed.js';
import { until } from './until.js';

jest.setTimeout(30_000);

const timings = {
  ...real,
  pollMinMs: 30,
  pollMaxMs: 100,
  retryMs: 30,
  settleMs: 400,
  visibleAfterMs: 2_000,
  conflictMs: 400,
  undoMs: 5_000,
};
const log = createLog('test', 'silent');
const price = 0.05;

let testbed: Testbed;
beforeAll(async () => {
  testbed = await Testbed.start('aws', 'campus');
});
afterAll(async () => {
  await testbed.stop();
});

describe.each(['aws', 'campus'])('at %s', (cloud) => {
  let account: Account;
  let region: string;
  let zone: string;
  let size: string;
  let other: string;
  let directory: string;
  let database: Database;
  let placements: Placements;
  let tasks: Tasks;
  let driver: VendorDriver;
  let provisioner: Provisioner;
  let runner: TaskRunner;
  let currentPrice: number;
  let abort: AbortController;
  /** The placement of a machine that runs. */
  let web: string;

  beforeAll(async () => {
    account = (await testbed.accounts()).find(({ name }) => name === cloud)!;
    directory = mkdtempSync(join(tmpdir(), 'tasks-'));
    currentPrice = price;
    await begin();
    region = Object.keys(account.regions)[0]!;
    [zone = ''] = await driver.zones(region);
    const sizes = await driver.sizes(region);
    [size = '', other = ''] = sizes.filter(({ architecture, zones }) => architecture === 'x64' && !zones).map(({ name }) => name);
    web = await placed();
  });
  beforeEach(async () => {
    currentPrice = price;
    await until('the machine runs', async () => (await machine(web))?.state === 'active');
  });
  afterEach(async () => {
    await testbed.clearFaults();
    // Each test begins with a driver as it is.
    await end();
    await begin();
  });
  afterAll(async () => {
    await end();
    rmSync(directory, { recursive: true, force: true });
  });

  /** A process starts on the data directory. */
  async function begin(): Promise<void> {
    database = await openStore({ directory });
    const source = { ids: randomIds, clock: systemClock };
    placements = new Placements(database, source, () => undefined);
    tasks = new Tasks(database, source, () => undefined);
    abort = new AbortController();
    const http = new VendorHttp({ timeoutMs: 2_000, concurrency: 4, random: () => 0, signal: abort.signal });
    const vendor = vendorNamed(account.vendor);
    driver = vendor.connect(openAccount(account, vendor), { http, now: Date.now });
    const options = {
      agent: account.name,
      vendor: cloud,
      owner: 'embedded',
      installation: directory,
      driver,
      quotes: { currentPrice: () => Promise.resolve(currentPrice), lowest: () => 0.85 },
      placements,
      tasks,
      clock: systemClock,
      log,
      timings,
    };
    provisioner = new Provisioner(options);
    runner = new TaskRunner(options);
    provisioner.start();
    runner.start();
  }

  /** Everything is cut off where it is, as far as the cloud and the store can tell. */
  async function end(): Promise<void> {
    abort.abort();
    await Promise.all([provisioner.stop(), runner.stop()]);
    driver.close();
    await database.destroy();
  }

  const envelope = (conversation: string) => ({
    id: randomUUID(),
    conversation,
    sender: 'agency',
    sequence: 1,
    previous: 0,
    sentAt: new Date().toISOString(),
    receiver: account.name,
  });

  async function command(message: StoredMessage): Promise<void> {
    const [noted, asked] = await database
      .transaction()
      .execute(async (transaction) => [
        await noteCommand(placements, transaction, message, Date.now()),
        await noteRequest(tasks, transaction, message, Date.now()),
      ]);
    if (noted !== undefined) provisioner.wake(noted);
    for (const task of asked) runner.wake(task);
  }

  async function accept(placement: string): Promise<void> {
    const message: AcceptMessage = {
      ...envelope(placement),
      performative: 'accept-proposal',
      placement,
      order: {
        name: 'web-1',
        offer: `${account.name}/${region}/${zone}/${size}/on-demand`,
        region,
        zone,
        instanceType: size,
        architecture: 'x64',
        market: 'on-demand',
        price,
        validUntil: new Date(Date.now() + 60_000).toISOString(),
        image: 'debian-12',
        tags: {},
      },
      deadline: new Date(Date.now() + 10_000).toISOString(),
    };
    await command(message);
  }

  async function placed(): Promise<string> {
    const placement = randomUUID();
    await accept(placement);
    await until('it is active', async () => (await placements.load(placement))?.state === 'active');
    return placement;
  }

  async function cancel(placement: string): Promise<void> {
    const message: CancelMessage = { ...envelope(placement), performative: 'cancel', placement, message: 'not needed' };
    await command(message);
  }

  interface Asking {
    readonly task?: string;
    readonly conversation?: string;
    readonly withinMs?: number;
  }

  /** Asks, and returns the task. */
  async function ask(operation: Operation, { task = randomUUID(), conversation = task, withinMs = 10_000 }: Asking = {}) {
    const message: RequestMessage = {
      ...envelope(conversation),
      performative: 'request',
      task,
      operation,
      deadline: new Date(Date.now() + withinMs).toISOString(),
    };
    await command(message);
    return task;
  }

  /** What was answered to a task so far. */
  async function answers(task: string): Promise<OperationOutcome[]> {
    const rows = await database.selectFrom('outbox').select('body').orderBy('sequence').execute();
    const messages = rows.map(({ body }) => JSON.parse(body) as StoredMessage);
    return messages
      .filter((message): message is ResultMessage => message.performative === 'inform-result' && message.task === task)
      .map(({ outcome }) => outcome);
  }

  const answer = async (task: string): Promise<OperationOutcome> =>
    await until(`${task} is answered`, async () => (await answers(task))[0], 12_000);
  const outcomeOf = async (operation: Operation, asking: Asking = {}): Promise<OperationOutcome> =>
    await answer(await ask(operation, asking));

  const machine = async (placement: string) => await driver.get(region, (await placements.load(placement))?.vendor_id ?? '');
  const power = (term: 'start' | 'stop' | 'restart' | 'suspend', placement = web): Operation => ({
    do: term,
    placement,
    forced: false,
  });
  const creation = (volume: string): Operation => ({ do: 'create-volume', volume, region, zone, name: 'data', size: 10 });
  const networkOf = (network: string): Operation => ({ do: 'create-network', network, region, name: 'inner' });
  const resizing = (instanceType: string): Operation => ({ do: 'resize', placement: web, instanceType, price });

  interface Thing {
    readonly id: string;
    readonly state: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly interfaces?: readonly object[];
  }
  const things = async (kind: 'volumes' | 'networks'): Promise<readonly Thing[]> =>
    ((await testbed.ask('GET', `/control/${kind}?cloud=${cloud}`)) as readonly Thing[]).filter(
      ({ state }) => !/delet/.test(state),
    );
  const nothingLeft = async (): Promise<void> => {
    await until('nothing is left', async () => (await things('volumes')).length + (await things('networks')).length === 0);
  };

  it('stops a machine and starts it again, and leaves one alone that is where it should be', async () => {
    expect(await outcomeOf(power('stop'))).toEqual({ done: true });
    expect((await machine(web))?.state).toBe('inactive');
    expect(await outcomeOf(power('stop'))).toEqual({ done: true });
    const { address } = (await placements.load(web))!;
    expect(await outcomeOf(power('start'))).toEqual({ done: true, address });
    expect((await machine(web))?.state).toBe('active');
    expect(await outcomeOf(power('start'))).toEqual({ done: true, address });
  });

  it('tells the address that a machine has after a start, and remembers it', async () => {
    const get = driver.get.bind(driver);
    driver.get = async (...which) => {
      const instance = await get(...which);
      return instance && { ...instance, address: '127.9.9.9' };
    };
    expect(await outcomeOf(power('start'))).toEqual({ done: true, address: '127.9.9.9' });
    expect((await placements.load(web))?.address).toBe('127.9.9.9');
  });

  it('restarts a machine once', async () => {
    const operations = driver.operations!;
    let asked = 0;
    const act = operations.act.bind(operations);
    operations.act = async (...order) => {
      asked += 1;
      await act(...order);
    };
    expect(await outcomeOf(power('restart'))).toMatchObject({ done: true });
    expect(asked).toBe(1);
  });

  it('suspends a machine and resumes it, where the cloud can', async () => {
    const outcome = await outcomeOf(power('suspend'));
    if (!vendorNamed(account.vendor).abilities.includes('suspend')) {
      expect(outcome).toMatchObject({ done: false, reason: 'invalid-request' });
      return;
    }
    expect(outcome).toEqual({ done: true });
    expect((await machine(web))?.state).toBe('suspended');
    expect(await outcomeOf(power('restart'))).toMatchObject({ done: false, reason: 'conflict' });
    expect(await outcomeOf(power('start'))).toMatchObject({ done: true });
  });

  it('resizes a machine at the quoted price and remembers what it is, while the reconciler leaves it alone', async () => {
    const before = (await placements.load(web))!;
    const task = await ask(resizing(other));
    const reconciler = new Reconciler({
      agent: account.name,
      installation: directory,
      driver,
      placements,
      clock: systemClock,
      log,
      timings: { ...timings, lookAgainMs: 10 },
      wake: () => undefined,
    });
    while ((await answers(task)).length === 0) await reconciler.reconcile();
    expect(await answer(task)).toEqual({ done: true });
    const after = (await placements.load(web))!;
    expect(after.order).toEqual({ ...before.order, instanceType: other, list: price });
    expect(await testbed.instances(cloud)).toMatchObject([{ id: after.vendor_id, type: other }]);
    expect(await outcomeOf(resizing(size))).toEqual({ done: true });
  });

  it('resizes at a price that was conceded, while its list price holds and it still goes so low', async () => {
    const conceded = (share: number): Operation => ({
      do: 'resize',
      placement: web,
      instanceType: other,
      price: price * share,
      list: price,
    });
    expect(await outcomeOf(conceded(0.8))).toMatchObject({ done: false, reason: 'price-changed' });
    expect(await outcomeOf(conceded(0.9))).toEqual({ done: true });
    expect((await placements.load(web))?.order).toMatchObject({ price: price * 0.9, list: price });
    expect(await outcomeOf(resizing(size))).toEqual({ done: true });
  });

  it('buys no size at another price than the quoted one', async () => {
    currentPrice = price * 1.01;
    expect(await outcomeOf(resizing(other))).toMatchObject({ done: false, reason: 'price-changed' });
    expect(await testbed.instances(cloud)).toMatchObject([{ type: size }]);
  });

  it('brings a machine back as it was when its new size is refused', async () => {
    const outcome = await outcomeOf(resizing('no-such-size'));
    expect(outcome).toMatchObject({ done: false, reason: expect.stringMatching(/invalid-request|not-found/) as string });
    expect(JSON.stringify(outcome)).not.toContain('half done');
    expect((await machine(web))?.state).toBe('active');
    expect(await testbed.instances(cloud)).toMatchObject([{ type: size }]);
    expect((await placements.load(web))?.order?.instanceType).toBe(size);
  });

  it('saves a machine as one image', async () => {
    const operation: Operation = { do: 'save', placement: web, image: randomUUID(), name: 'golden' };
    const outcome = await outcomeOf(operation);
    expect(outcome).toMatchObject({ done: true, vendorId: expect.any(String) as string });
    expect(await outcomeOf(operation)).toEqual(outcome);
  });

  it('makes a volume, attaches it, detaches it and deletes it: in that order, however fast it is asked', async () => {
    const volume = randomUUID();
    const both = { volume, placement: web };
    const asked: string[] = [];
    for (const operation of [
      creation(volume),
      { do: 'attach-volume', ...both, device: '/dev/vdb' },
      { do: 'attach-volume', ...both },
      { do: 'detach-volume', ...both },
      { do: 'detach-volume', ...both },
      { do: 'delete-volume', volume },
      { do: 'delete-volume', volume },
    ] as const)
      asked.push(await ask(operation));
    const [created, attached, again, ...rest] = await Promise.all(asked.map(answer));
    const device = expect.stringMatching(/^\/dev\//) as string;
    expect(created).toEqual({ done: true, vendorId: expect.any(String) as string });
    expect(attached).toEqual({ done: true, device });
    expect(again).toEqual(attached);
    expect(rest).toEqual([{ done: true }, { done: true }, { done: true }, { done: true }]);
    await nothingLeft();
  });

  it('makes a network, lets a machine join and leave it, and deletes it', async () => {
    const [network, own] = [randomUUID(), randomUUID()];
    const membership = { network, placement: web, interface: own };
    const made = await outcomeOf(networkOf(network));
    expect(made).toEqual({ done: true, vendorId: expect.any(String) as string });
    expect(await outcomeOf(networkOf(network))).toEqual(made);
    const joined = await outcomeOf({ do: 'join-network', ...membership });
    expect(joined).toMatchObject({ done: true, address: expect.any(String) as string, mac: expect.any(String) as string });
    expect(await outcomeOf({ do: 'join-network', ...membership })).toEqual(joined);
    expect(await things('networks')).toMatchObject([{ interfaces: [{}] }]);
    expect(await outcomeOf({ do: 'delete-network', network })).toMatchObject({ done: false, reason: 'conflict' });
    for (let times = 0; times < 2; times += 1)
      expect(await outcomeOf({ do: 'leave-network', ...membership })).toEqual({ done: true });
    for (let times = 0; times < 2; times += 1) expect(await outcomeOf({ do: 'delete-network', network })).toEqual({ done: true });
    await nothingLeft();
  });

  it('does nothing twice for a task that is asked for twice, and answers it twice', async () => {
    const volume = randomUUID();
    const task = randomUUID();
    await ask(creation(volume), { task });
    await ask(creation(volume), { task });
    const outcome = await answer(task);
    expect(await answers(task)).toEqual([outcome]);
    await ask(creation(volume), { task });
    expect(await answers(task)).toEqual([outcome, outcome]);
    expect(await things('volumes')).toHaveLength(1);
    expect(await outcomeOf({ do: 'delete-volume', volume })).toEqual({ done: true });
    await nothingLeft();
  });

  it('makes one volume, not two, when the answer to a create got lost', async () => {
    const volumes = driver.volumes!;
    const create = volumes.create.bind(volumes);
    let asked = 0;
    volumes.create = async (...order) => {
      asked += 1;
      await create(...order);
      throw new VendorError('timeout', 'no answer came');
    };
    const volume = randomUUID();
    expect(await outcomeOf(creation(volume))).toMatchObject({ done: true });
    expect(asked).toBe(1);
    expect(await things('volumes')).toHaveLength(1);
    expect(await outcomeOf({ do: 'delete-volume', volume })).toEqual({ done: true });
    await nothingLeft();
  });

  it('goes on after a crash wherever it was, with one volume and one network', async () => {
    const [volume, network] = [randomUUID(), randomUUID()];
    const asked = [
      await ask(creation(volume)),
      await ask({ do: 'attach-volume', volume, placement: web }),
      await ask(networkOf(network)),
      await ask({ do: 'join-network', network, placement: web, interface: randomUUID() }, { conversation: 'n' }),
    ];
    // Wherever it is by then: several times, so that it is caught in several places.
    for (let crashes = 0; crashes < 4; crashes += 1) {
      await until(
        'a task went on',
        async () => (await database.selectFrom('task').select('id').where('state', '=', 'begun').execute()).length > 0,
      );
      await end();
      await begin();
    }
    const [created, attached, made] = await Promise.all(asked.map(answer));
    expect([created, attached, made]).toMatchObject([{ done: true }, { done: true }, { done: true }]);
    expect(await things('volumes')).toHaveLength(1);
    expect(await things('networks')).toHaveLength(1);
    for (const task of asked) expect(await answers(task)).toHaveLength(1);
    const [member] = await database
      .selectFrom('asset')
      .select('id')
      .where('kind', '=', 'interface')
      .where('state', '!=', 'gone')
      .execute();
    if (member) await outcomeOf({ do: 'leave-network', network, placement: web, interface: member.id });
    for (const operation of [
      { do: 'detach-volume', volume, placement: web },
      { do: 'delete-volume', volume },
      { do: 'delete-network', network },
    ] as const)
      expect(await outcomeOf(operation)).toEqual({ done: true });
    await nothingLeft();
  });

  it('takes back what is half done at the deadline, and says what was missing', async () => {
    const volumes = driver.volumes!;
    const get = volumes.get.bind(volumes);
    volumes.get = async (...which) => {
      const volume = await get(...which);
      return volume?.state === 'available' ? { ...volume, state: 'building' } : volume;
    };
    const outcome = await outcomeOf(creation(randomUUID()), { withinMs: 600 });
    expect(outcome).toMatchObject({
      done: false,
      reason: 'timeout',
      message: expect.stringContaining('still being made') as string,
    });
    expect(JSON.stringify(outcome)).not.toContain('half done');
    await nothingLeft();
  });

  it('takes back what a refused order has left', async () => {
    const range = '203.0.113.0/24';
    const gateway = '198.51.100.7';
    const outcome = await outcomeOf({ ...networkOf(randomUUID()), range, gateway } as Operation);
    expect(outcome).toMatchObject({ done: false, reason: 'invalid-request' });
    expect(JSON.stringify(outcome)).not.toContain('half done');
    await nothingLeft();
  });

  it('does not take a volume for gone that the vendor does not show yet', async () => {
    const volume = randomUUID();
    const volumes = driver.volumes!;
    const get = volumes.get.bind(volumes);
    let looks = 0;
    volumes.get = async (...which) => ((looks += 1) > 8 ? await get(...which) : undefined);
    expect(await outcomeOf(creation(volume), { withinMs: 100 })).toMatchObject({ done: false, reason: 'timeout' });
    await nothingLeft();
    expect(await outcomeOf({ do: 'delete-volume', volume })).toEqual({ done: true });
  });

  it('begins nothing after the deadline', async () => {
    const outcome = await outcomeOf(creation(randomUUID()), { withinMs: -1 });
    expect(outcome).toMatchObject({
      done: false,
      reason: 'timeout',
      message: expect.stringContaining('had not begun') as string,
    });
    expect(await things('volumes')).toEqual([]);
  });

  it('takes back a network whose making was never answered', async () => {
    const networks = driver.networks!;
    const ensure = networks.ensure.bind(networks);
    networks.ensure = async (...order) => {
      await ensure(...order);
      throw new VendorError('timeout', 'no answer came');
    };
    expect(await outcomeOf(networkOf(randomUUID()), { withinMs: 100 })).toMatchObject({ done: false, reason: 'timeout' });
    await nothingLeft();
  });

  it('leaves a network by an interface whose making was never answered', async () => {
    const [network, own] = [randomUUID(), randomUUID()];
    const membership = { network, placement: web, interface: own };
    expect(await outcomeOf(networkOf(network))).toMatchObject({ done: true });
    const networks = driver.networks!;
    const joins = networks.join.bind(networks);
    networks.join = async (...order) => {
      await joins(...order);
      throw new VendorError('timeout', 'no answer came');
    };
    expect(await outcomeOf({ do: 'join-network', ...membership }, { withinMs: 100 })).toMatchObject({ reason: 'timeout' });
    expect(await things('networks')).toMatchObject([{ interfaces: [] }]);
    expect(await outcomeOf({ do: 'delete-network', network })).toEqual({ done: true });
    await nothingLeft();
  });

  it('says what it does not have', async () => {
    const nowhere = randomUUID();
    const volume = randomUUID();
    expect(await outcomeOf(power('stop', nowhere))).toEqual({
      done: false,
      reason: 'not-found',
      message: `The agent ${cloud} has no placement ${nowhere}.`,
      vendorCode: null,
    });
    expect(await outcomeOf({ do: 'attach-volume', volume, placement: web })).toMatchObject({ reason: 'not-found' });
    expect(await outcomeOf({ do: 'join-network', network: volume, placement: web, interface: nowhere })).toMatchObject({
      reason: 'not-found',
    });
    expect(await outcomeOf({ do: 'delete-volume', volume })).toEqual({ done: true });
    expect(await outcomeOf({ do: 'delete-network', network: volume })).toEqual({ done: true });
  });

  it('asks nothing of a machine that is not up yet', async () => {
    const placement = randomUUID();
    await accept(placement);
    expect(await outcomeOf(power('stop', placement))).toMatchObject({ done: false, reason: 'conflict' });
    await cancel(placement);
    await until('it is deleted', async () => (await placements.load(placement))?.state === 'deleted');
  });

  it('says that a vendor does not have what it is asked for', async () => {
    Object.assign(driver, { operations: undefined, volumes: undefined, networks: undefined });
    expect(await outcomeOf(creation(randomUUID()))).toEqual({
      done: false,
      reason: 'invalid-request',
      message: `${cloud} has no volumes.`,
      vendorCode: null,
    });
    expect(await outcomeOf(networkOf(randomUUID()))).toMatchObject({ reason: 'invalid-request' });
    expect(await outcomeOf(power('stop'))).toMatchObject({ reason: 'invalid-request' });
    expect(await outcomeOf(resizing(other))).toMatchObject({ reason: 'invalid-request' });
  });

  it('waits out a refusal for the state that something is in, within reason', async () => {
    const [volume, placement] = [randomUUID(), web];
    expect(await outcomeOf(creation(volume))).toMatchObject({ done: true });
    expect(await outcomeOf({ do: 'attach-volume', volume, placement })).toMatchObject({ done: true });
    expect(await outcomeOf({ do: 'delete-volume', volume })).toMatchObject({ done: false, reason: 'conflict' });
    expect(await outcomeOf({ do: 'detach-volume', volume, placement })).toEqual({ done: true });
    expect(await outcomeOf({ do: 'delete-volume', volume })).toEqual({ done: true });
    await nothingLeft();
  });

  it('ends what is asked of a machine when its placement is cancelled, and lets go of its volumes all the same', async () => {
    const placement = await placed();
    const volume = randomUUID();
    expect(await outcomeOf(creation(volume))).toMatchObject({ done: true });
    expect(await outcomeOf({ do: 'attach-volume', volume, placement })).toMatchObject({ done: true });
    const vendorId = (await placements.load(placement))?.vendor_id ?? '';
    const get = driver.get.bind(driver);
    driver.get = async (where, which) => {
      const instance = await get(where, which);
      return which === vendorId && instance?.state === 'active' ? { ...instance, state: 'building' } : instance;
    };
    const stopping = await ask(power('stop', placement));
    await until('it waits', async () => (await tasks.load(stopping))?.missing !== null);
    await cancel(placement);
    expect(await answer(stopping)).toMatchObject({ done: false, reason: 'cancelled' });
    const detaching = await ask({ do: 'detach-volume', volume, placement });
    await until('it is deleted', async () => (await placements.load(placement))?.state === 'deleted');
    expect(await answer(detaching)).toEqual({ done: true });
    expect(await outcomeOf({ do: 'delete-volume', volume })).toEqual({ done: true });
    await nothingLeft();
  });

  it('gives back the interface of a placement that is cancelled while it joins, and leaves again when its machine is gone', async () => {
    const placement = await placed();
    const [network, own, late] = [randomUUID(), randomUUID(), randomUUID()];
    expect(await outcomeOf(networkOf(network))).toMatchObject({ done: true });
    expect(await outcomeOf({ do: 'join-network', network, placement, interface: own })).toMatchObject({ done: true });
    const networks = driver.networks!;
    const joins = networks.join.bind(networks);
    networks.join = async (...order) => ({ ...(await joins(...order)), state: 'building' });
    const joining = await ask({ do: 'join-network', network, placement, interface: late });
    await until('it has an interface', async () => (await tasks.asset(cloud, late))?.state === 'there');
    await cancel(placement);
    expect(await answer(joining)).toMatchObject({ done: false, reason: 'cancelled' });
    await until('it is deleted', async () => (await placements.load(placement))?.state === 'deleted');
    expect((await tasks.asset(cloud, late))?.state).toBe('gone');
    expect(await outcomeOf({ do: 'leave-network', network, placement, interface: own })).toEqual({ done: true });
    expect(await outcomeOf({ do: 'delete-network', network })).toEqual({ done: true });
    await nothingLeft();
  });
});
