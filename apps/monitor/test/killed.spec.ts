import type { MetricSample } from '@cloud-agency/bus';
import type { Watch } from '../src/assessor/sample.js';
import { chance, every, measured, start, watch } from './trace.js';
import { gathering, Trial } from './trial.js';

/** Another agreement, of a machine that is heard of all the time: so it is known that somebody watched up to the end. */
const busy: Watch = {
  ...watch,
  agreement: 'busy',
  resources: [{ resource: 'busy', item: 'web', placement: 'busy-1', address: '127.0.0.1' }],
};
const heard = (at: number) => ({ resource: 'busy', placement: 'busy-1', metric: 'up', at, value: 1 });

/** What was told and when, each with the violation that it is of by how many came before it. */
async function told(trial: Trial): Promise<readonly string[]> {
  const findings = (await trial.told()).filter(({ finding, resource }) => finding !== 'sla.at_risk' && resource === 'web');
  const violations = [...new Set(findings.flatMap(({ violation }) => violation?.id ?? []))];
  const lines = findings.map(({ finding, at, guarantee, violation }) => {
    const step = Math.floor((Date.parse(at) - start) / every);
    return `${String(guarantee?.index)} ${finding} ${String(guarantee?.measured)} ${String(step)} ${String(violation && violations.indexOf(violation.id))}`;
  });
  const open = await trial.tables.selectFrom('violation').select('id').where('closed_at', 'is', null).execute();
  expect(findings.filter(({ finding }) => finding === 'sla.violated')).toHaveLength(violations.length);
  return [...lines, `${String(open.length)} of ${String(violations.length)} go on`];
}

async function through(
  steps: readonly MetricSample[][],
  send: (trial: Trial, samples: readonly MetricSample[]) => Promise<void>,
): Promise<readonly string[]> {
  const trial = await Trial.open(start, [watch, busy]);
  for (const [step, samples] of steps.entries()) {
    await trial.pass(start + step * every - trial.clock.now());
    await trial.send('resource', [heard(trial.clock.now())]);
    await send(trial, samples);
  }
  await trial.pass(every / 2);
  const lines = await told(trial);
  await trial.close();
  return lines;
}

/** The monitor is killed while a batch comes in: so far on its way, and so many turns of its work later. A batch that was not answered is sent again. */
async function killed(trial: Trial, samples: readonly MetricSample[], next: () => number): Promise<void> {
  const state = { answered: false };
  void trial.assessing.intake.take('resource', samples).then(() => (state.answered = true));
  trial.clock.run(Math.floor(next() * gathering));
  for (let turn = Math.floor(next() * 12); turn > 0; turn -= 1) await new Promise(setImmediate);
  await trial.crash();
  await trial.start();
  if (!state.answered) await trial.send('resource', samples);
}

it.each([1, 2])('tells what it would have told, each once, however often it is killed (seed %d)', async (seed) => {
  const steps = measured(seed, 150);
  const send = async (trial: Trial, samples: readonly MetricSample[]): Promise<void> => {
    await trial.send('resource', samples);
  };
  const uninterrupted = await through(steps, send);
  expect(uninterrupted.filter((line) => line.includes('sla.violated')).length).toBeGreaterThan(0);
  const next = chance(seed + 2_000);
  let deaths = 0;
  const interrupted = await through(steps, async (trial, samples) => {
    if (next() > 0.2) await send(trial, samples);
    else {
      deaths += 1;
      await killed(trial, samples, next);
    }
  });
  expect(deaths).toBeGreaterThan(15);
  expect(interrupted).toEqual(uninterrupted);
});
