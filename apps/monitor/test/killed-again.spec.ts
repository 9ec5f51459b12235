import type { Guarantee } from '@cloud-agency/sla';
import type { Watch } from '../src/assessor/sample.js';
import { Trial } from './trial.js';

const second = 1_000;
const start = Date.UTC(2026, 2, 1);

/** More than are stored with one commit: of some no checkpoint holds what came in before the first death when the second comes. */
const guarantees = Array.from({ length: 24 }, (_, index): Guarantee => ({
  ...{ term: 'metric', metric: 'queue', statistic: 'sum', of: 'web', scope: { as: 'each' }, by: 'resource' },
  ...{ atMost: 65 + index, over: { period: 'day', zone: 'UTC' } },
}));
const watch: Watch = {
  agreement: 'shop',
  version: 1,
  active: true,
  resources: [{ resource: 'web', item: 'web', placement: 'web-1', address: '127.0.0.1' }],
  probes: [],
  guarantees,
};

it.each([
  ['at once', 0],
  ['a while', 3 * second],
])(
  'forgets no sample when it is killed twice in a row, before it has stored what it made of those of before, and is back after %s',
  async (_, away) => {
    const trial = await Trial.open(start, [watch]);
    const push = async (): Promise<void> => {
      await trial.pass(second);
      await trial.send('resource', [{ metric: 'queue', at: trial.clock.now(), value: 10 }]);
    };
    const pushAll = async (times: number): Promise<void> => {
      for (let time = 0; time < times; time += 1) await push();
    };
    await pushAll(3);
    await trial.crash();
    await trial.start(away);
    await push();
    await trial.crash();
    await trial.start(away);
    await pushAll(6);
    const violated = (await trial.told()).filter(({ finding }) => finding === 'sla.violated');
    expect(violated.map(({ guarantee }) => [guarantee?.wanted, guarantee?.measured])).toEqual(
      guarantees.map((_, index) => [65 + index, 65 + index < 70 ? 70 : 65 + index < 80 ? 80 : 90]),
    );
    await trial.close();
  },
);
