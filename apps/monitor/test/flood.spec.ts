import { type MetricSample, mostSamplesAtOnce } from '@cloud-agency/bus';
import type { RunningApp } from '@cloud-agency/runtime';
import type { Guarantee } from '@cloud-agency/sla';
import { AgencySide, target } from './agency-side.js';
import { until } from './targets.js';

let agency: AgencySide;
let monitor: RunningApp;

beforeAll(async () => {
  agency = await AgencySide.open();
  monitor = await agency.startMonitor();
});
afterAll(async () => {
  await monitor.stop();
  await agency.close();
});

const busy: Guarantee = {
  ...{ term: 'metric', metric: 'queue', of: 'web', scope: { as: 'each' }, by: 'resource' },
  ...{ statistic: 'maximum', atMost: 100, over: 60_000 },
};

const samples = (resource: string, count: number, value: number): MetricSample[] => {
  const now = Date.now();
  return Array.from({ length: count }, (_, index) => ({
    ...{ resource, placement: `${resource}-1`, metric: 'queue', at: now - count + index, value },
  }));
};
const push = (resource: string, count: number, value: number) =>
  agency.push({ source: 'resource', samples: samples(resource, count, value) });

it('refuses what one machine sends beyond its share, while the others are answered and judged as ever', async () => {
  const resources = ['quiet', 'noisy'].map((name) => target(name, '127.0.0.1'));
  await agency.watch('flooded', { resources, guarantees: [busy], url: 'http://{address}:1/' });
  while ((await push('quiet', 1, 1)).taken === 0);
  await push('quiet', 6, 1);
  await until(() => agency.findings.some(({ finding, resource }) => finding === 'sla.fulfilled' && resource === 'quiet'));

  let flooding = true;
  const flood = async (): Promise<number> => {
    let [sent, taken] = [0, 0];
    for (; flooding; sent += mostSamplesAtOnce) taken += (await push('noisy', mostSamplesAtOnce, 1)).taken;
    return sent - taken;
  };
  const floods = Array.from({ length: 4 }, flood);
  const asked = Date.now();
  expect(await push('quiet', 1, 500)).toMatchObject({ taken: 1, refused: [] });
  await until(() => agency.findings.some(({ finding, resource }) => finding === 'sla.violated' && resource === 'quiet'));
  expect(Date.now() - asked).toBeLessThan(5_000);
  flooding = false;
  const refused = await Promise.all(floods);
  expect(refused.reduce((sum, count) => sum + count)).toBeGreaterThan(0);
  expect(agency.told().filter((finding) => finding === 'sla.violated')).toHaveLength(1);
});
