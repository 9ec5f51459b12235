import type { Guarantee } from '@cloud-agency/sla';
import { Trial } from './trial.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const start = Date.UTC(2026, 2, 1);
const every = 10 * second;

const strict: Guarantee = {
  ...{ term: 'metric', metric: 'queue', statistic: 'maximum', of: 'web', scope: { as: 'each' }, by: 'probe' },
  ...{ atMost: 100, over: 10 * minute, missing: { as: 'fails', after: minute } },
};

let trial: Trial;
beforeEach(async () => {
  const resources = [{ resource: 'web', item: 'web', placement: 'web-1', address: '127.0.0.1' }];
  trial = await Trial.open(start, [{ agreement: 'shop', version: 1, active: true, resources, probes: [], guarantees: [strict] }]);
});
afterEach(() => trial.close());

async function measure(times: number, value: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await trial.pass(every, second);
    await trial.send('probe', [{ metric: 'queue', at: trial.clock.now(), value }]);
  }
}
const told = async () => (await trial.told()).map(({ finding }) => finding);

it.each([0, 100, 333, 500, 750, 999])('holds hours that a clock skips against nobody, %d ms into a second', async (into) => {
  await measure(6, 1);
  await trial.pass(into);
  trial.clock.step(3 * hour);
  await measure(6, 1);
  expect(await told()).toEqual(['sla.fulfilled']);
  expect(trial.assessing.counts.clockJumps).toBe(1);
});

it('lets stand what was said while a clock that was set back has not caught up, and goes on then', async () => {
  await measure(12, 1);
  trial.clock.step(-hour);
  await measure(12, 1);
  expect(await told()).toEqual(['sla.fulfilled']);
  await trial.pass(hour, 5 * second);
  await measure(12, 500);
  expect(await told()).toContain('sla.violated');
});
