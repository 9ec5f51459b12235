import type { RunningApp } from '@cloud-agency/runtime';
import { aggregators as declaredAggregators, metrics } from '@cloud-agency/occi';
import { meters } from '../src/meters/registry.js';
import { aggregators } from '../src/sensors/aggregators.js';
import { AgencySide, type Observed } from './agency-side.js';
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

async function machine(address = '127.0.0.1'): Promise<MachineStub> {
  const stub = await MachineStub.at(address);
  machines.push(stub);
  return stub;
}

type Collector = Observed['collectors'][number];
const collector = (metric: string, { address, url, listeningPort }: MachineStub, every = 50): Collector => ({
  collector: metric,
  resource: 'web',
  placement: 'web-1',
  address,
  metric,
  every,
  settings: metric === 'reachable' ? { 'agency.metric.port': listeningPort } : { 'agency.metric.http': url, ...named },
});
const named = { 'agency.metric.name': 'cpu_utilisation' };
const measured = (sensor: string): Record<string, number | null> =>
  Object.fromEntries((agency.figuresOf(sensor)?.measurements ?? []).map(({ collector: of, value }) => [of, value]));
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();

it('has a meter for every metric that is declared, and knows every aggregator', () => {
  expect(Object.keys(meters).sort()).toEqual(metrics.map(({ term }) => term).sort());
  expect(Object.keys(aggregators).sort()).toEqual(declaredAggregators.map(({ term }) => term).sort());
});

it('measures every metric of a machine that lives, and of one that does not', async () => {
  const web = await machine();
  await agency.observe('all', { collectors: ['response_time', 'up', 'reachable'].map((metric) => collector(metric, web)) });
  await until(() => Object.keys(measured('all')).length === 3);
  expect(measured('all')).toEqual({ response_time: expect.any(Number) as number, up: 1, reachable: 1 });
  expect(agency.figuresOf('all')?.measurements[0]).toMatchObject({
    resource: 'web',
    metric: 'response_time',
    unit: 'ms',
    detail: 'HTTP 200',
    at: expect.stringMatching(/Z$/) as string,
  });

  web.status = 503;
  await until(() => measured('all').up === 0);
  await until(() => measured('all').response_time === null);
  expect(measured('all').reachable).toBe(1);
  await web.die();
  await until(() => measured('all').reachable === 0);
  expect(agency.figuresOf('all')?.measurements.at(-1)?.detail).toContain('ECONNREFUSED');
});

it('measures what the vendor tells, as long as that is of now', async () => {
  const web = await machine();
  await agency.observe('told', { collectors: ['cpu', 'network_in', 'memory'].map((metric) => collector(metric, web)) });
  await until(() => Object.keys(measured('told')).length === 3);
  expect(measured('told')).toEqual({ cpu: null, network_in: null, memory: null });
  const at = new Date(Date.now() - 5_000).toISOString();
  const old = new Date(Date.now() - 3_000_000).toISOString();
  agency.tell({
    agent: 'campus',
    placement: 'web-1',
    readings: [
      { metric: 'cpu', at, value: 0.25 },
      { metric: 'cpu', at: old, value: 0.9 },
      { metric: 'memory', at: old, value: 2 },
    ],
  });
  agency.tell({ agent: 'campus', placement: 'another', readings: [{ metric: 'network-in', at, value: 7 }] });
  await until(() => measured('told').cpu === 0.25);
  expect(measured('told')).toEqual({ cpu: 0.25, network_in: null, memory: null });
  expect(agency.figuresOf('told')?.measurements.find(({ metric }) => metric === 'cpu')).toMatchObject({
    unit: '1',
    detail: expect.stringMatching(/measured by the vendor \d+ s ago/) as string,
  });
});

it('measures what the machine costs and how clean its region is, as its vendor’s agent tells', async () => {
  const web = await machine();
  await agency.observe('valued', {
    collectors: ['price', 'carbon', 'pushed', 'difference'].map((metric) => collector(metric, web)),
  });
  await until(() => Object.keys(measured('valued')).length === 4);
  agency.value({ agent: 'campus', at: inSeconds(-2), machines: [{ placement: 'web-1', price: 0.12, carbon: 230 }] });
  await until(() => measured('valued').carbon === 230);
  await until(() => measured('valued').price === 0.12);
  agency.value({ agent: 'campus', at: inSeconds(-1), machines: [{ placement: 'web-1', price: 0.15 }] });
  await until(() => measured('valued').price === 0.15);
  expect(measured('valued')).toEqual({ price: 0.15, carbon: 230, pushed: null, difference: null });
  expect(agency.figuresOf('valued')?.measurements.find(({ metric }) => metric === 'price')?.unit).toBe('USD/h');
});

it('aggregates each period and publishes what comes of it', async () => {
  const web = await machine();
  web.delay = 20;
  await agency.observe('aggregated', {
    period: 300,
    aggregators: ['mean', 'minimum', 'maximum', 'percentile_95'],
    publishers: ['latest'],
    collectors: [collector('response_time', web)],
  });
  await until(() => (agency.figuresOf('aggregated')?.published.length ?? 0) >= 8);
  const { values, published } = agency.figuresOf('aggregated')!;
  const of = (aggregator: string): number => values.find((one) => one.aggregator === aggregator)!.value;
  expect(values).toHaveLength(4);
  expect(of('minimum')).toBeGreaterThanOrEqual(19);
  expect(of('minimum')).toBeLessThanOrEqual(of('mean'));
  expect(of('mean')).toBeLessThanOrEqual(of('maximum'));
  expect(of('percentile_95')).toBeLessThanOrEqual(of('maximum'));
  expect(values[0]).toMatchObject({ metric: 'response_time', unit: 'ms', samples: expect.any(Number) as number });
  expect(Date.parse(values[0]!.until) - Date.parse(values[0]!.from)).toBe(300);
  expect(published.slice(-4)).toEqual(values);
});

it('begins and ends when it is told to, and keeps what it has measured', async () => {
  const web = await machine();
  await agency.observe('timed', { from: inSeconds(0.6), until: inSeconds(1.2), collectors: [collector('up', web)] });
  await until(() => agency.figuresOf('timed') !== undefined);
  const begins = Date.now() + 500;
  await until(() => measured('timed').up === 1);
  expect(Date.now()).toBeGreaterThan(begins - 100);
  await until(() => Date.now() > begins + 1_000);
  const last = web.lastAnswer;
  agency.figures.length = 0;
  await until(() => agency.figures.length > 1);
  expect(web.lastAnswer).toBe(last);
  expect(measured('timed')).toEqual({ up: 1 });
});

it('follows its machine to another address, and lets go of a collector, and of a sensor, that is gone', async () => {
  const [old, replacement] = [await machine(), await machine('127.0.0.2')];
  const moved = { ...collector('up', replacement), placement: 'web-2' };
  await agency.observe('moving', { collectors: [collector('up', old), collector('response_time', old)] });
  await until(() => Object.keys(measured('moving')).length === 2);
  await agency.observe('moving', { collectors: [moved] });
  await until(() => replacement.lastAnswer > 0);
  const last = old.lastAnswer;
  await until(() => Object.keys(measured('moving')).join() === 'up');

  await agency.observe('moving', { active: false, collectors: [] });
  await agency.observe('other', { collectors: [collector('up', old, 100)] });
  await until(() => measured('other').up === 1);
  const ended = replacement.lastAnswer;
  const answers = agency.figures.length;
  await until(() => agency.figures.length > answers + 5);
  expect(replacement.lastAnswer).toBe(ended);
  expect(agency.figures.slice(answers).every(({ sensor }) => sensor === 'other')).toBe(true);
  expect(old.lastAnswer).toBeGreaterThan(last);
});

it('goes on after a restart with what it had measured', async () => {
  const web = await machine();
  await agency.observe('restarted', {
    period: 200,
    aggregators: ['mean'],
    publishers: ['latest'],
    collectors: [collector('up', web)],
  });
  await until(() => (agency.figuresOf('restarted')?.published.length ?? 0) >= 3);
  await monitor.stop();
  await web.die();
  const before = agency.figuresOf('restarted')!;
  agency.figures.length = 0;
  monitor = await agency.startMonitor();
  await until(() => agency.figures.length > 0);
  const [first] = agency.figures;
  expect(first!.measurements[0]).toEqual(expect.objectContaining({ collector: 'up' }));
  // A sample that came when its period had just ended was counted in the next; read again, it counts in its own. So the windows and what
  // they came to are the same, how many samples each had need not be.
  const windows = (published: typeof before.published) =>
    published.map((one) => ('from' in one ? [one.metric, one.from, one.until, one.value] : one));
  expect(windows(first!.published)).toEqual(expect.arrayContaining(windows(before.published.slice(-2))));
  await until(() => measured('restarted').up === 0);
});
