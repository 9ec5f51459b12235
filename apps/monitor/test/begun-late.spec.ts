import type { Guarantee } from '@cloud-agency/sla';
import { sql } from 'kysely';
import { Trial, watching } from './trial.js';

const second = 1_000;
const start = Date.UTC(2026, 2, 1);
const calm: Guarantee = {
  ...{ term: 'metric', metric: 'queue', statistic: 'maximum', of: 'web', scope: { as: 'each' }, by: 'resource' },
  ...{ atMost: 100, over: 60 * second, least: 1 },
};
const watch = watching(calm);

it('begins to watch as soon as what had come in before can be read, when it could not be at first', async () => {
  const trial = await Trial.open(start, [watch]);
  const push = async (value: number): Promise<void> => {
    await trial.pass(second);
    await trial.send('resource', [{ metric: 'queue', at: trial.clock.now(), value }]);
  };
  await push(1);
  await trial.crash();
  trial.watches = [];
  await trial.start();
  trial.watches = [watch];
  await sql`ALTER TABLE metric_sample RENAME TO elsewhere`.execute(trial.tables);
  await trial.assessing.desk.look();
  await sql`ALTER TABLE elsewhere RENAME TO metric_sample`.execute(trial.tables);
  await trial.pass(3 * second, second);
  await push(500);
  expect((await trial.told()).map(({ finding }) => finding)).toEqual(['sla.fulfilled', 'sla.violated']);
  await trial.close();
});
