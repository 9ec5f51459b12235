import type { Guarantee } from '@cloud-agency/sla';
import type { Watch } from '../src/assessor/sample.js';
import { Trial } from './trial.js';

const second = 1_000;
const minute = 60 * second;
const start = Date.UTC(2026, 2, 1);

const short: Guarantee = {
  ...{ term: 'metric', metric: 'queue', statistic: 'mean', of: 'web', scope: { as: 'each' }, by: 'resource' },
  ...{ atMost: 100, over: 10 * minute },
};
const longer: Guarantee = { ...short, atMost: 1_000 };

const watching = (version: number, guarantee: Guarantee, since?: number): Watch => ({
  agreement: 'shop',
  version,
  active: true,
  resources: [{ resource: 'web', item: 'web', placement: 'web-1', address: '127.0.0.1' }],
  probes: [],
  guarantees: [guarantee],
  inForce: [{ index: 0, ...(since === undefined ? {} : { since }) }],
});

let trial: Trial;
beforeEach(async () => {
  trial = await Trial.open(start, [watching(1, short)]);
});
afterEach(() => trial.close());

async function push(value: number, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await trial.pass(10 * second);
    await trial.send('resource', [{ metric: 'queue', at: trial.clock.now(), value }]);
  }
}

const violations = async () => await trial.tables.selectFrom('violation').select(['id', 'closed_at']).execute();
const told = async () => (await trial.told()).map(({ finding, guarantee }) => [finding, guarantee?.wanted, guarantee?.measured]);

/** Guarantees take the place of others while the monitor is killed, so many turns of its work after it has been told. */
async function replacedAt(turns: number, watch: Watch): Promise<void> {
  trial.watches = [watch];
  if (turns > 0) void trial.assessing.desk.look();
  for (let turn = 1; turn < turns; turn += 1) await new Promise(setImmediate);
  await trial.crash();
  await trial.start();
}

it.each([0, 1, 2, 3, 5, 8, 13])(
  'begins anew with a guarantee that was renegotiated, whenever the monitor died (%d turns on)',
  async (turns) => {
    await push(500, 40);
    await replacedAt(turns, watching(2, longer, trial.clock.now() + 1));
    await push(10, 12);
    expect(await told()).toEqual([
      ['sla.violated', 100, 500],
      ['sla.fulfilled', 1_000, 10],
    ]);
    expect(await violations()).toEqual([{ id: expect.any(String) as string, closed_at: expect.any(Number) as number }]);
  },
);

it('goes on with one that says the same in another order', async () => {
  await push(500, 40);
  const { atMost, ...rest } = short as typeof short & { readonly atMost: number };
  await replacedAt(0, watching(2, { atMost, ...rest }));
  await push(500, 6);
  expect(await told()).toEqual([['sla.violated', 100, 500]]);
  expect(await violations()).toEqual([{ id: expect.any(String) as string, closed_at: null }]);
});

it('lets go of what was told of a machine that left while the monitor was dead', async () => {
  await push(500, 12);
  await replacedAt(0, { ...watching(2, short), resources: [] });
  await trial.pass(5 * second, second);
  expect(await violations()).toEqual([{ id: expect.any(String) as string, closed_at: expect.any(Number) as number }]);
  expect(await trial.tables.selectFrom('checkpoint').selectAll().execute()).toEqual([]);
});
