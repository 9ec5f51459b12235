import type { Guarantee } from '@cloud-agency/sla';
import { Trial, watching } from './trial.js';

const second = 1_000;
const start = Date.UTC(2026, 2, 1);

/** More than are stored with one commit: of some no checkpoint holds what came in before the first death when the second comes. */
const guarantees = Array.from({ length: 24 }, (_, index): Guarantee => ({
  ...{ term: 'metric', metric: 'queue', statistic: 'sum', of: 'web', scope: { as: 'each' }, by: 'resource' },
  ...{ atMost: 65 + index, over: { period: 'day', zone: 'UTC' } },
}));
const watch = watching(...guarantees);

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

/** What nobody watched is in the window besides what it says. */
it.each([
  ['sum', 'requests', { statistic: 'sum', atMost: 500 }],
  ['count', 'queue', { statistic: 'count', atMost: 50 }],
  ['expression', 'requests', { term: 'expression', value: 'requests', atMost: 500 }],
] as const)('sees no more than one window of a %s after nobody was there for a while', async (_, metric, promised) => {
  const guarantee = {
    ...{ term: 'metric', metric, of: 'web', scope: { as: 'each' }, by: 'resource', over: 5 * 60 * second, ...promised },
  } as Guarantee;
  const trial = await Trial.open(start, [{ ...watch, guarantees: [guarantee] }]);
  const at = (turn: number): number => start + turn * 10 * second;
  // Thirty in a window, each of them ten more.
  const push = async (from: number, until: number): Promise<void> => {
    await trial.pass(at(until) - trial.clock.now());
    const turns = Array.from({ length: until - from }, (_, turn) => from + turn + 1);
    await trial.send(
      'resource',
      turns.map((turn) => ({ metric, at: at(turn), value: 10 * turn })),
    );
  };
  for (let turn = 0; turn < 60; turn += 1) await push(turn, turn + 1);
  await trial.crash();
  await trial.start(4.5 * 60 * second);
  // The machine has kept what it could not send.
  await push(60, 88);
  for (let turn = 88; turn < 120; turn += 1) await push(turn, turn + 1);
  expect(await trial.story(start)).toEqual([expect.stringContaining('sla.fulfilled')]);
  await trial.close();
});
