import type { SampleBatch, SamplesAnswer } from '@cloud-agency/bus';
import type { RunningApp } from '@cloud-agency/runtime';
import { AgencySide, target } from './agency-side.js';
import { until } from './targets.js';

let agency: AgencySide;
let monitor: RunningApp;

beforeAll(async () => {
  agency = await AgencySide.open();
});
afterAll(() => agency.close());
beforeEach(async () => {
  agency.clear();
  monitor = await agency.startMonitor();
});
afterEach(() => monitor.stop());

const busy = {
  term: 'cpu_utilisation',
  of: 'web',
  scope: { as: 'each' },
  statistic: 'mean',
  atMost: 0.9,
  over: 2_000,
  by: 'resource',
} as const;

/** Nothing answers there: what counts here is what the machine says itself. */
const watched = { resources: [target('web', '127.0.0.1')], guarantees: [busy], url: 'http://{address}:1/' };

let last = 0;

/** As many samples as make a guarantee sure, each at a time of its own. */
async function push(value: number, count = 6, more: Partial<SampleBatch['samples'][number]> = {}): Promise<SamplesAnswer> {
  const samples = Array.from({ length: count }, () => {
    last = Math.max(Date.now() - 500, last + 1);
    return { resource: 'web', placement: 'web-1', metric: 'cpu_utilisation', at: last, value, ...more };
  });
  return await agency.push({ source: 'resource', samples });
}

/** The monitor knows the machine a moment after it was told. */
async function known(): Promise<void> {
  for (let answer = await push(0.1, 1); answer.taken === 0; answer = await push(0.1, 1));
}

it('judges what a machine says of itself: kept, violated with the samples that prove it, and kept again', async () => {
  await agency.watch('pushed', watched);
  await known();
  await push(0.5);
  await until(() => agency.told().includes('sla.fulfilled'));
  expect(await push(0.99, 60)).toEqual({ taken: 60, refused: [] });
  await until(() => agency.told().includes('sla.violated'));
  const violated = agency.findings.find(({ finding }) => finding === 'sla.violated');
  expect(violated).toMatchObject({
    resource: 'web',
    guarantee: { index: 0, term: 'cpu_utilisation', unit: '%', wanted: 90 },
    violation: { closed: null },
  });
  expect(violated?.samples.at(-1)).toMatchObject({ metric: 'cpu_utilisation', source: 'resource', value: 0.99 });
  // Guarantees of what machines tell are judged as far as these have told: to where no part of the window holds anything bad.
  await until(() => Date.now() - 500 > last + 1.25 * busy.over);
  await push(0.2);
  await until(() => agency.told().includes('sla.recovered'));
  const recovered = agency.findings.find(({ finding }) => finding === 'sla.recovered');
  expect(recovered?.violation).toMatchObject({ id: violated?.violation?.id, opened: violated?.violation?.opened });
  expect(recovered?.violation?.closed).not.toBeNull();
});

it('believes nobody but the source that the guarantee names', async () => {
  await agency.watch('trusted', watched);
  await known();
  await push(0.5);
  await until(() => agency.told().includes('sla.fulfilled'));
  const samples = Array.from({ length: 60 }, (_, index) => ({
    ...{ resource: 'web', placement: 'web-1', metric: 'cpu_utilisation' },
    ...{ at: Date.now() - 100 + index, value: 0.99 },
  }));
  expect(await agency.push({ source: 'vendor', samples })).toMatchObject({ taken: 60 });
  await push(0.5, 1);
  await agency.tick();
  expect(agency.told().filter((finding) => finding.startsWith('sla.'))).toEqual(['sla.fulfilled']);
});

it('answers a batch that is none with what is wrong with it', async () => {
  const answer = await agency.push({ source: 'nobody', samples: [] } as unknown as SampleBatch);
  expect(answer).toMatchObject({ taken: 0, problem: expect.stringContaining('/source') as string });
});

it('goes on after a restart with what it was told before', async () => {
  await agency.watch('lasting', watched);
  await known();
  await push(0.99, 60);
  await until(() => agency.told().includes('sla.violated'));
  await monitor.stop();
  monitor = await agency.startMonitor();
  await push(0.99, 6);
  await agency.tick();
  expect(agency.told().filter((finding) => finding === 'sla.violated')).toHaveLength(1);
  expect(agency.latest('lasting')?.terms[0]).toMatchObject({ state: 'violated' });
});
