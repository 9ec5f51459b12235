import { randomIds, type RunningApp } from '@cloud-agency/runtime';
import { AgencySide, probing, target } from './agency-side.js';
import { MachineStub, until } from './targets.js';

let agency: AgencySide;
let monitor: RunningApp;
let machines: MachineStub[];

beforeAll(async () => {
  agency = await AgencySide.open();
});
afterAll(() => agency.close());

beforeEach(async () => {
  agency.clear();
  machines = [];
  monitor = await agency.startMonitor();
});
afterEach(async () => {
  await monitor.stop();
  await Promise.all(machines.map((machine) => machine.die()));
});

async function machine(address: string, port = 0): Promise<MachineStub> {
  const stub = await MachineStub.at(address, port);
  machines.push(stub);
  return stub;
}

/** 1 % of twenty seconds: 200 ms of downtime are allowed. */
const available = { term: 'availability', of: 'web', scope: { as: 'each' }, atLeast: 0.99, over: 20_000 } as const;

it('finds a dead machine within failures × period + timeout + 250 ms, says so once, and says when it is back', async () => {
  const web = await machine('127.0.0.1');
  await agency.watch('dies', { resources: [target('web', '127.0.0.1')], guarantees: [], url: web.url });
  await until(() => agency.healthOf('dies', 'web') === 'up');
  await web.die();
  const died = Date.now();
  await until(() => agency.told().includes('resource.down'));
  expect(Date.now() - died).toBeLessThan(probing.failures * probing.every + probing.timeout + 250);
  expect(agency.findings[0]).toMatchObject({
    agreement: 'dies',
    resource: 'web',
    placement: 'web-1',
    sender: 'monitor',
    conversation: 'dies',
  });
  expect(agency.findings[0]?.samples).toHaveLength(probing.failures);
  expect(agency.findings[0]?.samples[0]?.detail).toContain('ECONNREFUSED');

  await web.boot();
  await until(() => agency.told().includes('resource.up'));
  expect(agency.healthOf('dies', 'web')).toBe('up');
  expect(agency.told()).toEqual(['resource.down', 'resource.up']);
});

it.each([
  ['answers with an error', (web: MachineStub) => void (web.status = 503), 'HTTP 503'],
  ['hangs', (web: MachineStub) => void (web.delay = 5_000), 'no answer within 200 ms'],
])('counts a machine that %s as down', async (name, harm, detail) => {
  const web = await machine('127.0.0.1');
  await agency.watch(name, { resources: [target('web', '127.0.0.1')], guarantees: [], url: web.url });
  await until(() => agency.healthOf(name, 'web') === 'up');
  harm(web);
  await until(() => agency.told().includes('resource.down'));
  expect(agency.findings[0]?.samples.at(-1)?.detail).toBe(detail);
});

it('tells that a guarantee is fulfilled, violated with the proof, and fulfilled again', async () => {
  const web = await machine('127.0.0.1');
  const brief = { ...available, over: 2_000, atLeast: 0.9 };
  await agency.watch('lapse', { resources: [target('web', '127.0.0.1')], guarantees: [brief], url: web.url });
  await until(() => agency.told().includes('sla.fulfilled'));
  await web.die();
  await until(() => agency.told().includes('sla.violated'));
  await web.boot();
  await until(() => agency.told().includes('sla.recovered'));

  expect(agency.told()).toEqual(['sla.fulfilled', 'resource.down', 'sla.violated', 'resource.up', 'sla.recovered']);
  const violated = agency.findings[2];
  expect(violated).toMatchObject({
    resource: 'web',
    guarantee: { index: 0, term: 'availability', of: 'web', wanted: 90, unit: '%' },
  });
  expect(violated?.guarantee?.measured).toBeLessThan(90);
  expect(violated?.samples.every((sample) => !sample.ok)).toBe(true);
  expect(agency.latest('lapse')?.terms[0]).toMatchObject({ index: 0, resource: 'web', state: 'fulfilled', wanted: 90 });
});

it('tells of slow answers', async () => {
  const web = await machine('127.0.0.1');
  const quick = { term: 'response_time', of: 'web', scope: { as: 'each' }, percentile: 50, atMost: 40, over: 600 } as const;
  await agency.watch('slow', { resources: [target('web', '127.0.0.1')], guarantees: [quick], url: web.url });
  await until(() => agency.told().includes('sla.fulfilled'));
  web.delay = 60;
  await until(() => agency.told().includes('sla.violated'));
  expect(agency.findings[1]?.guarantee).toMatchObject({ term: 'response_time', wanted: 40, unit: 'ms' });
  expect(agency.findings[1]?.samples.at(-1)?.milliseconds).toBeGreaterThanOrEqual(55);
  web.delay = 0;
  await until(() => agency.told().includes('sla.recovered'));
  expect(agency.told()).toEqual(['sla.fulfilled', 'sla.violated', 'sla.recovered']);
});

it('follows a resource to its replacement', async () => {
  const old = await machine('127.0.0.1');
  await agency.watch('moves', { resources: [target('web', '127.0.0.1')], guarantees: [available], url: old.url });
  await until(() => agency.healthOf('moves', 'web') === 'up');
  await old.die();
  await until(() => agency.told().includes('sla.violated'));
  await machine('127.0.0.2', old.listeningPort);
  await agency.watch('moves', { resources: [target('web', '127.0.0.2', 'web-2')], guarantees: [available], url: old.url });
  await until(() => agency.told().includes('resource.up'));
  expect(agency.findings.at(-1)).toMatchObject({ finding: 'resource.up', resource: 'web', placement: 'web-2' });
  expect(agency.told()).toEqual(['sla.fulfilled', 'resource.down', 'sla.violated', 'resource.up']);
});

it('goes on after a restart where it was: nothing twice, and the time in between not counted', async () => {
  const web = await machine('127.0.0.1');
  await agency.watch('restart', { resources: [target('web', '127.0.0.1')], guarantees: [available], url: web.url });
  await until(() => agency.told().includes('sla.fulfilled'));
  await web.die();
  await until(() => agency.told().includes('sla.violated'));
  await monitor.stop();
  const before = agency.latest('restart')?.terms[0]?.measured ?? 0;

  const away = 1_000;
  const goOn = Date.now() + away;
  await until(() => Date.now() > goOn);
  agency.assessments.length = 0;
  monitor = await agency.startMonitor();
  await until(() => agency.healthOf('restart', 'web') === 'down');
  const after = agency.latest('restart')?.terms[0]?.measured ?? 0;
  expect(before - after).toBeLessThan((100 * away) / available.over / 2);

  await web.boot();
  await until(() => agency.told().includes('resource.up'));
  expect(agency.told()).toEqual(['sla.fulfilled', 'resource.down', 'sla.violated', 'resource.up']);
});

it('takes a suspended agreement up again where it was', async () => {
  const web = await machine('127.0.0.1');
  const watched = { resources: [target('web', '127.0.0.1')], guarantees: [available], url: web.url };
  await agency.watch('suspended', watched);
  await until(() => agency.told().includes('sla.fulfilled'));
  await agency.watch('suspended', { ...watched, resources: [], active: false });
  await agency.watch('suspended', watched);
  agency.assessments.length = 0;
  await until(() => agency.healthOf('suspended', 'web') === 'up');
  await web.die();
  await until(() => agency.told().includes('resource.down'));
  expect(agency.told()).toEqual(['sla.fulfilled', 'resource.down']);
});

it('heeds the latest version only, and ends when it is told to', async () => {
  const web = await machine('127.0.0.1');
  const other = await machine('127.0.0.1');
  const watched = { resources: [target('web', '127.0.0.1')], guarantees: [], url: web.url };
  const first = await agency.watch('ends', watched);
  await until(() => agency.healthOf('ends', 'web') === 'up');
  await agency.watch('ends', { ...watched, resources: [], active: false });
  await agency.send({ ...first, id: randomIds.next(), sequence: 3, previous: 2 });

  // Messages are taken in order: once this one is, those before it have been.
  await agency.watch('another', { ...watched, url: other.url });
  await until(() => agency.healthOf('another', 'web') === 'up');
  const takenAt = Date.now();
  agency.assessments.length = 0;
  await until(() => agency.latest('another') !== undefined);
  expect(agency.latest('ends')).toBeUndefined();
  expect(web.lastAnswer).toBeLessThanOrEqual(takenAt);
});
