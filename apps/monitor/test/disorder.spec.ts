import type { MetricSample } from '@cloud-agency/bus';
import { chance, every, measured, start, watch } from './trace.js';
import { Trial } from './trial.js';

const hour = 3_600_000;

/** What no monitor should be led astray by. */
const nonsense = (now: number): readonly unknown[] => [
  ...[NaN, null, Infinity].map((value) => ({ resource: 'web', placement: 'web-1', metric: 'queue', at: now, value })),
  { resource: 'web', placement: 'web-1', metric: 'cpu_utilisation', at: now, value: -0.5 },
  { resource: 'web', placement: 'web-1', metric: 'up', at: now + hour, value: 0 },
  { resource: 'web', placement: 'web-1', metric: 'up', at: now - hour, value: 0 },
  { resource: 'web', placement: 'web-0', metric: 'up', at: now, value: 0 },
  { resource: 'nobody', placement: 'nobody-1', metric: 'up', at: now, value: 0 },
  { resource: 'web', placement: 'web-1', metric: 'no such metric', at: now, value: 0 },
  'no sample at all',
];

/** What was told, in order: of each guarantee what was measured when. */
async function verdicts(trial: Trial): Promise<readonly string[]> {
  const told = (await trial.told()).filter(({ finding }) => finding !== 'sla.at_risk');
  return told
    .map(({ finding, guarantee }) => `${String(guarantee?.index)} ${finding} ${String(guarantee?.measured)}`)
    .sort((a, b) => Number(a[0]) - Number(b[0]));
}

async function inPeace(steps: readonly MetricSample[][]): Promise<readonly string[]> {
  const trial = await Trial.open(start, [watch]);
  for (const [step, samples] of steps.entries()) {
    await trial.pass(start + step * every - trial.clock.now());
    await trial.send('resource', samples);
  }
  const told = await verdicts(trial);
  await trial.close();
  return told;
}

/** The machine is cut off for up to four minutes, sends then what it has in any order and partly twice, and all of it among nonsense. */
async function inDisorder(steps: readonly MetricSample[][], next: () => number): Promise<readonly string[]> {
  const trial = await Trial.open(start, [watch]);
  let [unsent, cutOff]: [MetricSample[], number] = [[], 0];
  let valid = 0;
  for (const [step, samples] of steps.entries()) {
    await trial.pass(start + step * every - trial.clock.now());
    unsent.push(...samples);
    valid += samples.length;
    if (cutOff === 0 && next() < 0.05) cutOff = Math.floor(next() * 24);
    else if (cutOff > 0) cutOff -= 1;
    if (cutOff > 0 && step < steps.length - 1) continue;
    const batch = [...unsent, ...nonsense(trial.clock.now()), ...unsent.slice(0, 3)];
    const mixed = batch.map((one) => [next(), one] as const).sort(([a], [b]) => a - b);
    await trial.send('resource', mixed.map(([, one]) => one) as MetricSample[]);
    unsent = [];
  }
  expect(trial.assessing.counts.taken).toBe(valid);
  const told = await verdicts(trial);
  await trial.close();
  return told;
}

it.each([1, 2])('tells of a machine in disorder what it tells of one in peace (seed %d)', async (seed) => {
  const steps = measured(seed, 200);
  const calm = await inPeace(steps);
  expect(calm.filter((line) => line.includes('sla.violated')).length).toBeGreaterThan(0);
  expect(await inDisorder(steps, chance(seed + 1_000))).toEqual(calm);
});
