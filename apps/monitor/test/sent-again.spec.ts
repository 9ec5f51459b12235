import { Trial, watching } from './trial.js';

const second = 1_000;
const start = Date.UTC(2026, 2, 1);
/** What is told but promised of nobody; more than have their newest time stored with one commit. */
const others = Array.from({ length: 24 }, (_, index) => `other_${String(index)}`);

const watch = watching({
  ...{ term: 'metric', metric: 'queue', statistic: 'sum', of: 'web', scope: { as: 'each' }, by: 'resource' },
  ...{ atMost: 15, over: { period: 'day', zone: 'UTC' } },
});

let trial: Trial;
beforeEach(async () => {
  trial = await Trial.open(start, [watch]);
});
afterEach(() => trial.close());

const answerTo = async (metrics: readonly string[], at: number) =>
  await trial.send(
    'resource',
    metrics.map((metric) => ({ metric, at, value: 10 })),
  );

async function answerWhen(answer: ReturnType<typeof answerTo>) {
  await trial.pass(2 * second);
  return await answer;
}

/** What has been counted once is not counted again: nothing is violated by it. */
async function expectDoubled(at: number): Promise<void> {
  expect(await answerTo(['queue'], at)).toMatchObject({ taken: 0, refused: [{ reason: 'doubled', count: 1 }] });
  expect((await trial.told()).map(({ finding }) => finding)).not.toContain('sla.violated');
}

it('knows a sample that comes again after a crash, though what it came to was stored before its time was', async () => {
  await trial.pass(second);
  const at = trial.clock.now();
  await answerTo([...others, 'queue'], at);
  await trial.pass(second);
  await answerTo(['other_0'], trial.clock.now());
  await trial.crash();
  await trial.start();
  await expectDoubled(at);
});

it('knows it though the disk was full for a while', async () => {
  await trial.pass(second);
  const at = trial.clock.now();
  trial.isDiskFull = true;
  const answer = answerTo(['queue'], at);
  await trial.pass(10 * second, second);
  trial.isDiskFull = false;
  expect(await answerWhen(answer)).toMatchObject({ taken: 1 });
  await answerTo(others, trial.clock.now());
  await trial.crash();
  await trial.start();
  await expectDoubled(at);
});

it.each([0, 1, 4])('knows it after %d more crashes, each after other samples for a minute', async (crashes) => {
  await trial.pass(second);
  const at = trial.clock.now();
  await answerTo([...others, 'queue'], at);
  await trial.crash();
  await trial.start();
  for (let crash = 0; crash < crashes; crash += 1) {
    for (let turn = 0; turn < 6; turn += 1) {
      await trial.pass(10 * second);
      await answerTo(['other_0', 'other_1'], trial.clock.now());
    }
    await trial.crash();
    await trial.start();
  }
  await expectDoubled(at);
});
