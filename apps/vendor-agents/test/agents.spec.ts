/** The agents as the rest of the Agency meets them: over a real NATS server, selling what the testbed's clouds have. */
import {
  type AcceptMessage,
  Announcement,
  type CfpMessage,
  closeBus,
  connectBus,
  consume,
  decoded,
  encoded,
  ensureStreams,
  Gatherer,
  type Operation,
  type RequestMessage,
  startEmbeddedServer,
  type EmbeddedServer,
  type StoredMessage,
  StoredPublisher,
  subjects,
  validated,
} from '@cloud-agency/bus';
import { type Account, createLog, randomIds, readSettings, type RunningApp, systemClock } from '@cloud-agency/runtime';
import { type Answer, type Demand, parseCall } from '@cloud-agency/sla';
import type { NatsConnection } from '@nats-io/transport-node';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '../src/main.js';
import { Testbed } from './testbed.js';
import { until } from './until.js';

jest.setTimeout(30_000);

let testbed: Testbed;
let server: EmbeddedServer;
let bus: NatsConnection;
let directory: string;
let app: RunningApp | undefined;
let accounts: readonly Account[];
/** What the tests have ordered and got. */
let running: AcceptMessage | undefined;
const heard = new Map<string, Announcement>();

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'agents-'));
  testbed = await Testbed.start('campus', 'bluebox');
  accounts = await testbed.accounts();
  server = await startEmbeddedServer({ directory: join(directory, 'nats'), token: 'test' });
  bus = await connectBus(server, 'test');
  await ensureStreams(bus);
  bus.subscribe(subjects.announce, {
    callback: (_, message) => {
      const announcement = validated(Announcement, decoded(message.data));
      heard.set(announcement.agent, announcement);
    },
  });
  await begin();
});
afterAll(async () => {
  await end();
  await closeBus(bus);
  await server.stop();
  await testbed.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function begin(extra: readonly Account[] = []): Promise<void> {
  heard.clear();
  const all = [...accounts, ...extra];
  await run(all);
  await until('all announced', () => heard.size === all.length && [...heard.values()].every(settled));
}

async function run(all: readonly Account[]): Promise<void> {
  const environment = { AGENCY_DATA: directory, NATS_URL: server.url, NATS_TOKEN: server.token };
  const settings = readSettings(environment, { accounts: [...all], rates: {} });
  app = await start({ settings, clock: systemClock, ids: randomIds, log: createLog('test', 'silent') });
}

/** Its offers are loaded, or it says why not. */
const settled = ({ state, offersAsOf }: Announcement): boolean => state !== 'alive' || offersAsOf !== null;

async function end(): Promise<void> {
  await app?.stop();
  app = undefined;
}

const demandFor = (require: string): Demand =>
  parseCall(
    `apiVersion: cloud-agency/v1\nkind: CallForProposals\nname: test\nresources: { web: { kind: compute, require: ${require} } }\n`,
  ).call.demand;

const cfp = (demand: Demand, change: Partial<CfpMessage> = {}): CfpMessage => ({
  id: randomUUID(),
  conversation: randomUUID(),
  sender: 'mediator',
  sequence: 1,
  sentAt: new Date().toISOString(),
  performative: 'cfp',
  round: 1,
  replyBy: new Date(Date.now() + 3_000).toISOString(),
  demand,
  excludedOffers: [],
  ...change,
});
/** Everything on the stream of reports, from its beginning on. */
async function listen(durable: string) {
  const reports: StoredMessage[] = [];
  const stopListening = await consume(bus, {
    stream: 'events',
    subject: subjects.report,
    durable,
    handle: (message) => {
      if (!reports.some((report) => report.id === message.id)) reports.push(message);
      return Promise.resolve('done');
    },
    onError: (error) => {
      throw error;
    },
  });
  return { reports, stopListening };
}
const ask = async (message: CfpMessage, within = 3_000) =>
  await new Gatherer(bus).gather(message, { expected: () => new Set(heard.keys()), within });

it('announces each account with its offers', () => {
  expect(heard.get('campus')).toMatchObject({ type: 'openstack', vendor: 'campus', state: 'alive' });
  expect(heard.get('campus')?.offers).toBeGreaterThan(50);
  expect(heard.get('bluebox')?.offersAsOf).not.toBeNull();
});

it('proposes offers that meet the call, and refuses with what stood in the way', async () => {
  const { proposals, refusals, silent } = await ask(cfp(demandFor('{ cores: ">= 8", memory: ">= 16 GiB", architecture: x64 }')));
  expect(silent).toEqual([]);
  expect([...proposals.keys()]).toContain('campus');
  const offers = proposals.get('campus')?.flatMap((part) => part.answer.offers) ?? [];
  for (const offer of offers) expect(offer.id).toBe(`campus/${offer.region}/${offer.zone}/${offer.instanceType}/on-demand`);
  for (const offer of offers)
    expect([
      offer.cores! >= 8,
      offer.memory! >= 16,
      offer.price > 0,
      offer.availability! > 0.9,
      offer.country !== null,
    ]).not.toContain(false);
  const impossible = await ask(cfp(demandFor('{ cores: ">= 5000" }')));
  expect([...impossible.refusals.keys()].sort()).toEqual(['bluebox', 'campus']);
  expect(impossible.refusals.get('campus')).toMatchObject({ performative: 'refuse', reason: 'no-feasible-offer' });
  expect(impossible.refusals.get('campus')?.answer?.items[0]?.excluded[0]?.nearestMiss).toBeDefined();
  expect(refusals.size + proposals.size).toBe(2);
});

it('answers the repair round of a call that it cannot meet with the offers nearest to it', async () => {
  const { proposals } = await ask(cfp(demandFor('{ cores: ">= 5000" }'), { purpose: 'repair' }));
  expect([...proposals.keys()].sort()).toEqual(['bluebox', 'campus']);
  const offers = proposals.get('campus')?.flatMap((part) => part.answer.offers) ?? [];
  const held = heard.get('campus')?.offers ?? 0;
  expect(offers.length).toBeGreaterThan(0);
  expect(offers.length).toBeLessThan(held / 2);
});

it('lets a call that comes while it still loads wait for its offers, or refuses before the time is up', async () => {
  await end();
  await testbed.fault({ cloud: 'campus', fault: 'slow', delay_ms: 400 });
  const [campus] = accounts.filter((account) => account.name === 'campus');
  if (!campus) throw new Error('no account');
  const accountsWithOneNew = [...accounts, { ...campus, name: 'newcomer' }];
  heard.clear();
  await run(accountsWithOneNew);
  await until('heard of', () => heard.has('newcomer'));
  expect(heard.get('newcomer')).toMatchObject({ state: 'alive', offersAsOf: null, offers: 0 });
  const call = demandFor('{ cores: ">= 1", architecture: x64 }');
  const [hasty, patient] = await Promise.all([
    ask(cfp(call, { replyBy: new Date(Date.now() + 700).toISOString() }), 700),
    ask(cfp(call, { replyBy: new Date(Date.now() + 15_000).toISOString() }), 15_000),
  ]);
  expect(hasty.refusals.get('newcomer')).toMatchObject({ reason: 'no-offers-loaded' });
  expect([...patient.proposals.keys()]).toContain('newcomer');
  expect(patient.silent).toEqual([]);
  await testbed.clearFaults();
  await end();
  await begin();
});

it('never answers late, and says so when it does not understand', async () => {
  const late = await ask(cfp(demandFor('{ cores: 1 }'), { replyBy: new Date(Date.now() - 1).toISOString() }), 300);
  expect([...late.silent].sort()).toEqual(['bluebox', 'campus']);
  const odd = { ...cfp(demandFor('{ cores: 1 }')), round: 'first' } as unknown as CfpMessage;
  const { refusals } = await ask(odd);
  expect(refusals.get('campus')).toMatchObject({ performative: 'not-understood', reason: 'not-understood', inReplyTo: odd.id });
});

it('provisions what is accepted, reports on the stream, and survives a restart in the middle of it', async () => {
  const { proposals } = await ask(cfp(demandFor('{ cores: ">= 1", architecture: x64 }')));
  const offer = proposals.get('campus')?.[0]?.answer.offers[0];
  if (!offer) throw new Error('no offer');
  const { reports, stopListening } = await listen('test');
  const placement = randomUUID();
  const order = {
    name: 'web-1',
    offer: offer.id,
    region: offer.region,
    zone: offer.zone,
    instanceType: offer.instanceType,
    architecture: offer.architecture,
    market: offer.market,
    price: offer.price,
    validUntil: new Date(Date.now() + 60_000).toISOString(),
    image: 'debian-12',
    tags: { 'agency.cfp': 'c-1' },
  };
  const accept: AcceptMessage = {
    id: randomUUID(),
    conversation: 'agreement-1',
    sender: 'agency',
    sequence: 1,
    previous: 0,
    sentAt: new Date().toISOString(),
    performative: 'accept-proposal',
    receiver: 'campus',
    placement,
    order,
    deadline: new Date(Date.now() + 20_000).toISOString(),
  };
  await new StoredPublisher(bus).publish(subjects.command('campus'), accept);
  await until('building', () => reports.length > 0);
  await end();
  expect(heard.get('campus')?.state).toBe('gone');
  await begin();
  await until('active', () => reports.some((report) => report.performative === 'inform' && report.state === 'active'), 15_000);
  expect(reports).toMatchObject([
    { performative: 'inform', state: 'building', placement },
    { performative: 'inform', state: 'active', placement },
  ]);
  expect(await testbed.instances('campus')).toHaveLength(1);
  running = accept;
  await stopListening();
});

it('carries out what is requested, answers each request by one result, and survives a restart in the middle of it', async () => {
  const { reports, stopListening } = await listen('results');
  const publisher = new StoredPublisher(bus);
  const published = new Map<string, number>();
  const request = async (task: string, operation: Operation, withinMs = 20_000): Promise<void> => {
    const previous = published.get(task) ?? 0;
    published.set(task, previous + 1);
    const message: RequestMessage = {
      id: randomUUID(),
      conversation: task,
      sender: 'agency',
      sequence: previous + 1,
      previous,
      sentAt: new Date().toISOString(),
      performative: 'request',
      receiver: 'campus',
      task,
      operation,
      deadline: new Date(Date.now() + withinMs).toISOString(),
    };
    await publisher.publish(subjects.command('campus'), message);
  };
  const results = (task: string) => reports.filter((report) => report.performative === 'inform-result' && report.task === task);
  const outcomes = async (task: string, count = 1) => {
    await until(`${task} is answered`, () => results(task).length === count, 15_000);
    return results(task).map((report) => report.performative === 'inform-result' && report.outcome);
  };
  const { placement, order } = running!;
  const volume = randomUUID();
  const creation: Operation = { do: 'create-volume', volume, region: order.region, zone: order.zone, name: 'data', size: 10 };

  await request('t-create', creation);
  await request('t-attach', { do: 'attach-volume', volume, placement });
  await end();
  await begin();
  const [made] = await outcomes('t-create');
  expect(made).toEqual({ done: true, vendorId: expect.any(String) as string });
  expect(await outcomes('t-attach')).toMatchObject([{ done: true }]);
  await request('t-create', creation);
  expect(await outcomes('t-create', 2)).toEqual([made, made]);
  expect(await testbed.ask('GET', '/control/volumes?cloud=campus')).toHaveLength(1);

  await request('t-nowhere', { do: 'stop', placement: 'p-nowhere', forced: false });
  expect(await outcomes('t-nowhere')).toMatchObject([{ done: false, reason: 'not-found' }]);
  await request('t-late', { do: 'stop', placement, forced: false }, -1);
  expect(await outcomes('t-late')).toMatchObject([{ done: false, reason: 'timeout' }]);
  await stopListening();
});

it('has its offers at once after a restart, and says how old they are while the cloud is down', async () => {
  await end();
  await testbed.fault({ cloud: 'campus', fault: 'server-error' });
  const started = Date.now();
  await begin();
  const { proposals } = await ask(cfp(demandFor('{ cores: ">= 1", architecture: x64 }')));
  expect([...proposals.keys()]).toContain('campus');
  expect(Date.now() - started).toBeLessThan(5_000);
  await until('degraded', () => heard.get('campus')?.state === 'degraded');
  expect(heard.get('campus')?.message).toContain('unavailable');
  await testbed.clearFaults();
});

it('sells what its operator says: commitments, discounts, egress, within what the vendor and the operator leave', async () => {
  await end();
  const [campus] = accounts.filter((account) => account.name === 'campus');
  if (!campus) throw new Error('no account');
  const size = running!.order.instanceType;
  const header = 'instance_type,price_per_hour,currency,market,commitment';
  const prices = join(directory, 'own.csv');
  writeFileSync(prices, `${header}\n${size},0.1,USD,,\n${size},0.06,USD,,12 month\n${size},0.01,USD,spot,\n`);
  await begin([
    {
      ...campus,
      name: 'own',
      prices,
      quota: { machines: 7 },
      discounts: [{ by: 'machines', over: 'account', tiers: [{ from: 2, off: '10 %' }] }],
    },
  ]);
  const call = demandFor('{ cores: ">= 1" }');
  // Whatever a call may say of markets and commitments: here all of them are to be seen.
  const open = { ...call, needs: call.needs.map((need) => ({ ...need, require: [] })), accounts: ['own'] };
  const answered = async (): Promise<Answer> => {
    const answer = (await ask(cfp(open))).proposals.get('own')?.[0]?.answer;
    if (!answer) throw new Error('no offer');
    return answer;
  };
  const answer = await until('the quotas are read', async () => {
    const read = await answered();
    return read.quotas?.some(({ region }) => region !== undefined) && read;
  });
  expect(new Set(answer.offers.map(({ market }) => market))).toEqual(new Set(['on-demand']));
  for (const offer of answer.offers)
    expect(offer).toMatchObject({ discount: 'own/discount-1', egress: { internet: 0.01, region: 0.02, zone: 0 } });
  const committed = answer.offers.filter(({ commitment }) => commitment === 12 * 730 * 3_600_000);
  expect(committed[0]?.id).toMatch(/\/on-demand\+12m$/);
  expect(answer.discounts).toEqual([{ id: 'own/discount-1', by: 'machines', tiers: [{ from: 2, off: 0.1 }] }]);
  expect(answer.quotas).toContainEqual({ agent: 'own', of: 'machines', left: 7 });

  writeFileSync(prices, `${header}\n${size},0.2,USD,,\n${size},0.05,USD,,12 month\n`);
  const cheaper = async () => (await answered()).offers.some(({ id, price }) => id === committed[0]?.id && price === 0.05);
  await until('the price has changed', cheaper, 20_000);
}, 40_000);

it('betters its offers by its tactic, from what it is told between rounds', async () => {
  await end();
  const [campus] = accounts.filter((account) => account.name === 'campus');
  if (!campus) throw new Error('no account');
  await begin([{ ...campus, name: 'yielding', tactic: { use: 'behaviour-dependent', step: '8 %', floor: '80 %' } }]);
  const call = { ...demandFor('{ cores: ">= 1", architecture: x64 }'), accounts: ['yielding'] };
  const gap = { item: 'web', attribute: 'price', gap: 'far' } as const;
  const cheapest = async (round: number, told: CfpMessage['counters']) => {
    const { proposals } = await ask(cfp(call, { round, rounds: 3, ...(told && { counters: told }) }));
    const offers = proposals.get('yielding')?.flatMap((part) => part.answer.offers) ?? [];
    return offers.sort((a, b) => a.price - b.price)[0];
  };
  const first = await cheapest(1, undefined);
  const second = await cheapest(2, [{ round: 1, asks: [gap] }]);
  const list = first?.price ?? NaN;
  expect(first).not.toHaveProperty('list');
  expect(second).toMatchObject({ id: first?.id, list });
  expect(second?.price).toBeCloseTo(list * 0.92, 8);
});

it('runs the other agents when one account cannot be used, which says why', async () => {
  await end();
  const [bluebox] = accounts.filter((account) => account.name === 'bluebox');
  if (!bluebox) throw new Error('no account');
  await begin([{ ...bluebox, name: 'locked-out', credentials: { ...bluebox.credentials, password: 'wrong' } }]);
  await until('degraded', () => heard.get('locked-out')?.state === 'degraded');
  expect(heard.get('locked-out')?.message).toMatch(/bad-credentials/);
  const { proposals, refusals } = await ask(cfp(demandFor('{ cores: ">= 1", architecture: x64 }')));
  expect(refusals.get('locked-out')).toMatchObject({ reason: 'no-offers-loaded' });
  expect([...proposals.keys()].sort()).toEqual(['bluebox', 'campus']);
  bus.publish(subjects.cfp, encoded({ nonsense: true }));
});
