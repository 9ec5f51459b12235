import {
  type Assessment,
  closeBus,
  connectBus,
  consume,
  decoded,
  type EmbeddedServer,
  ensureStreams,
  type FindingMessage,
  startEmbeddedServer,
  StoredPublisher,
  subjects,
  type WatchMessage,
} from '@cloud-agency/bus';
import { createLog, randomIds, type RunningApp, systemClock } from '@cloud-agency/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '../src/main.js';
import { MachineStub, until } from './targets.js';

const every = 100;
const timeout = 200;
const failures = 2;

let directory: string;
let bus: EmbeddedServer;
let agency: NatsConnection;
let monitor: RunningApp | undefined;
let machines: MachineStub[];
let findings: FindingMessage[];
let assessments: Assessment[];
let stopConsuming: () => Promise<void>;
let versions: Map<string, number>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'monitor-'));
  bus = await startEmbeddedServer({ directory: join(directory, 'bus'), token: 'test' });
  agency = await connectBus(bus, 'test-agency');
  await ensureStreams(agency);
  stopConsuming = await consume(agency, {
    stream: 'events',
    subject: subjects.finding,
    durable: 'agency',
    handle: (message) => {
      findings.push(message as FindingMessage);
      return Promise.resolve('done');
    },
    onError: (error) => {
      throw error;
    },
  });
  agency.subscribe(subjects.assessment, { callback: (_, message) => void assessments.push(decoded(message.data) as Assessment) });
});

afterAll(async () => {
  await stopConsuming();
  await closeBus(agency);
  await bus.stop();
  rmSync(directory, { recursive: true, force: true });
});

beforeEach(async () => {
  findings = [];
  assessments = [];
  machines = [];
  versions = new Map();
  monitor = await startMonitor();
});

afterEach(async () => {
  await monitor?.stop();
  await Promise.all(machines.map((machine) => machine.die()));
  rmSync(join(directory, 'store'), { recursive: true, force: true });
});

async function startMonitor(): Promise<RunningApp> {
  return await start({
    settings: {
      host: '127.0.0.1',
      port: 8080,
      dataDirectory: join(directory, 'store'),
      natsUrl: bus.url,
      natsToken: bus.token,
      auth: 'none',
      logLevel: 'error',
      config: { accounts: [], rates: {} },
    },
    clock: systemClock,
    ids: randomIds,
    log: createLog('monitor', 'error'),
  });
}

async function machine(address: string, port = 0): Promise<MachineStub> {
  const stub = await MachineStub.at(address, port);
  machines.push(stub);
  return stub;
}

type Watched = Pick<WatchMessage, 'resources' | 'guarantees'> & { url: string; active?: boolean };

/** As the agency would: the whole, under the next version. */
async function watch(agreement: string, { resources, guarantees, url, active = true }: Watched): Promise<WatchMessage> {
  const version = (versions.get(agreement) ?? 0) + 1;
  versions.set(agreement, version);
  const message: WatchMessage = {
    id: randomIds.next(),
    conversation: agreement,
    sender: 'test-agency',
    sequence: version,
    previous: version - 1,
    sentAt: new Date().toISOString(),
    performative: 'watch',
    agreement,
    version,
    active,
    resources,
    probes: [{ of: 'web', http: url, every, timeout, failures }],
    guarantees,
  };
  await new StoredPublisher(agency).publish(subjects.watch, message);
  return message;
}

const told = (): string[] => findings.map(({ finding }) => finding);
const target = (resource: string, address: string, placement = `${resource}-1`) => ({
  resource,
  item: 'web',
  placement,
  address,
});
const latest = (agreement: string): Assessment | undefined =>
  assessments.findLast((assessment) => assessment.agreement === agreement);
const healthOf = (agreement: string, resource: string): string | undefined =>
  latest(agreement)?.health.find((one) => one.resource === resource)?.state;

/** 1 % of twenty seconds: 200 ms of downtime are allowed. */
const available = { term: 'availability', of: 'web', scope: { as: 'each' }, atLeast: 0.99, over: 20_000 } as const;

it('finds a dead machine within failures × period + timeout + 250 ms, says so once, and says when it is back', async () => {
  const web = await machine('127.0.0.1');
  await watch('dies', { resources: [target('web', '127.0.0.1')], guarantees: [], url: web.url });
  await until(() => healthOf('dies', 'web') === 'up');
  await web.die();
  const died = Date.now();
  await until(() => told().includes('resource.down'));
  expect(Date.now() - died).toBeLessThan(failures * every + timeout + 250);
  expect(findings[0]).toMatchObject({
    agreement: 'dies',
    resource: 'web',
    placement: 'web-1',
    sender: 'monitor',
    conversation: 'dies',
  });
  expect(findings[0]?.samples).toHaveLength(failures);
  expect(findings[0]?.samples[0]?.detail).toContain('ECONNREFUSED');

  await web.boot();
  await until(() => told().includes('resource.up'));
  expect(healthOf('dies', 'web')).toBe('up');
  expect(told()).toEqual(['resource.down', 'resource.up']);
});

it.each([
  ['answers with an error', (web: MachineStub) => void (web.status = 503), 'HTTP 503'],
  ['hangs', (web: MachineStub) => void (web.delay = 5_000), 'no answer within 200 ms'],
])('counts a machine that %s as down', async (name, harm, detail) => {
  const web = await machine('127.0.0.1');
  await watch(name, { resources: [target('web', '127.0.0.1')], guarantees: [], url: web.url });
  await until(() => healthOf(name, 'web') === 'up');
  harm(web);
  await until(() => told().includes('resource.down'));
  expect(findings[0]?.samples.at(-1)?.detail).toBe(detail);
});

it('tells that a guarantee is fulfilled, violated with the proof, and fulfilled again', async () => {
  const web = await machine('127.0.0.1');
  const brief = { ...available, over: 2_000, atLeast: 0.9 };
  await watch('lapse', { resources: [target('web', '127.0.0.1')], guarantees: [brief], url: web.url });
  await until(() => told().includes('sla.fulfilled'));
  await web.die();
  await until(() => told().includes('sla.violated'));
  await web.boot();
  await until(() => told().includes('sla.recovered'));

  expect(told()).toEqual(['sla.fulfilled', 'resource.down', 'sla.violated', 'resource.up', 'sla.recovered']);
  const violated = findings[2];
  expect(violated).toMatchObject({
    resource: 'web',
    guarantee: { index: 0, term: 'availability', of: 'web', wanted: 90, unit: '%' },
  });
  expect(violated?.guarantee?.measured).toBeLessThan(90);
  expect(violated?.samples.every((sample) => !sample.ok)).toBe(true);
  expect(latest('lapse')?.terms[0]).toMatchObject({ index: 0, resource: 'web', state: 'fulfilled', wanted: 90 });
});

it('tells of slow answers', async () => {
  const web = await machine('127.0.0.1');
  const quick = { term: 'response_time', of: 'web', scope: { as: 'each' }, percentile: 50, atMost: 40, over: 600 } as const;
  await watch('slow', { resources: [target('web', '127.0.0.1')], guarantees: [quick], url: web.url });
  await until(() => told().includes('sla.fulfilled'));
  web.delay = 60;
  await until(() => told().includes('sla.violated'));
  expect(findings[1]?.guarantee).toMatchObject({ term: 'response_time', wanted: 40, unit: 'ms' });
  expect(findings[1]?.samples.at(-1)?.milliseconds).toBeGreaterThanOrEqual(55);
  web.delay = 0;
  await until(() => told().includes('sla.recovered'));
  expect(told()).toEqual(['sla.fulfilled', 'sla.violated', 'sla.recovered']);
});

it('follows a resource to its replacement', async () => {
  const old = await machine('127.0.0.1');
  await watch('moves', { resources: [target('web', '127.0.0.1')], guarantees: [available], url: old.url });
  await until(() => healthOf('moves', 'web') === 'up');
  await old.die();
  await until(() => told().includes('sla.violated'));
  await machine('127.0.0.2', old.listeningPort);
  await watch('moves', { resources: [target('web', '127.0.0.2', 'web-2')], guarantees: [available], url: old.url });
  await until(() => told().includes('resource.up'));
  expect(findings.at(-1)).toMatchObject({ finding: 'resource.up', resource: 'web', placement: 'web-2' });
  expect(told()).toEqual(['sla.fulfilled', 'resource.down', 'sla.violated', 'resource.up']);
});

it('goes on after a restart where it was: nothing twice, and the time in between not counted', async () => {
  const web = await machine('127.0.0.1');
  await watch('restart', { resources: [target('web', '127.0.0.1')], guarantees: [available], url: web.url });
  await until(() => told().includes('sla.fulfilled'));
  await web.die();
  await until(() => told().includes('sla.violated'));
  await monitor?.stop();
  const before = latest('restart')?.terms[0]?.measured ?? 0;

  const away = 1_000;
  const goOn = Date.now() + away;
  await until(() => Date.now() > goOn);
  monitor = await startMonitor();
  assessments = [];
  await until(() => healthOf('restart', 'web') === 'down');
  const after = latest('restart')?.terms[0]?.measured ?? 0;
  expect(before - after).toBeLessThan((100 * away) / available.over / 2);

  await web.boot();
  await until(() => told().includes('resource.up'));
  expect(told()).toEqual(['sla.fulfilled', 'resource.down', 'sla.violated', 'resource.up']);
});

it('heeds the latest version only, and ends when it is told to', async () => {
  const web = await machine('127.0.0.1');
  const other = await machine('127.0.0.1');
  const watched = { resources: [target('web', '127.0.0.1')], guarantees: [], url: web.url };
  const first = await watch('ends', watched);
  await until(() => healthOf('ends', 'web') === 'up');
  await watch('ends', { ...watched, resources: [], active: false });
  await new StoredPublisher(agency).publish(subjects.watch, { ...first, id: randomIds.next(), sequence: 3, previous: 2 });

  // Messages are taken in order: once this one is, those before it have been.
  await watch('another', { ...watched, url: other.url });
  await until(() => healthOf('another', 'web') === 'up');
  const takenAt = Date.now();
  assessments = [];
  await until(() => latest('another') !== undefined);
  expect(latest('ends')).toBeUndefined();
  expect(web.lastAnswer).toBeLessThanOrEqual(takenAt);
});
