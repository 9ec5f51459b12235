import type { MetricSample, SampleSource } from '@cloud-agency/bus';
import type { Guarantee } from '@cloud-agency/sla';
import type { Watch } from '../src/assessor/sample.js';
import { Trial } from './trial.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const start = Date.UTC(2026, 2, 1);
const every = 10 * second;

const own = { of: 'web', scope: { as: 'each' }, by: 'resource' } as const;
const guarantees: Guarantee[] = [
  { ...own, term: 'availability', atLeast: 0.9, over: 10 * minute },
  { ...own, term: 'cpu_utilisation', atMost: 0.9, statistic: 'maximum', over: 2 * minute },
  { ...own, term: 'metric', metric: 'queue', percentile: 50, atMost: 100, over: 5 * minute },
  { ...own, term: 'throughput', atLeast: 5, over: 3 * minute, missing: { as: 'fails', after: minute } },
];
const watch: Watch = {
  agreement: 'shop',
  version: 1,
  active: true,
  resources: [{ resource: 'web', item: 'web', placement: 'web-1', address: '127.0.0.1' }],
  probes: [],
  guarantees,
};

/** A number in [0, 1) for a seed, and another one each time (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a machine measures every ten seconds: it is down, busy, slow and idle now and then. */
function measured(seed: number, steps: number): MetricSample[][] {
  const next = chance(seed);
  let [requests, mood, left] = [0, 'well', 0];
  return Array.from({ length: steps }, (_, step) => {
    if ((left -= 1) < 0) {
      mood = ['well', 'well', 'down', 'busy', 'idle'][Math.floor(next() * 5)] ?? 'well';
      left = 3 + Math.floor(next() * 25);
    }
    requests += mood === 'idle' ? 1 : 80 + Math.floor(next() * 40);
    const values = {
      up: mood === 'down' ? 0 : 1,
      cpu_utilisation: mood === 'busy' ? 0.92 + next() * 0.05 : next() * 0.8,
      queue: mood === 'busy' ? 150 + Math.floor(next() * 100) : Math.floor(next() * 90),
      requests,
    };
    return Object.entries(values).map(([metric, value]) => ({
      ...{ resource: 'web', placement: 'web-1', metric, value },
      at: start + step * every,
    }));
  });
}

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

it.each([1, 2, 3])('tells of a machine in disorder what it tells of one in peace (seed %d)', async (seed) => {
  const steps = measured(seed, 200);
  const calm = await inPeace(steps);
  expect(calm.filter((line) => line.includes('sla.violated')).length).toBeGreaterThan(0);
  expect(await inDisorder(steps, chance(seed + 1_000))).toEqual(calm);
});
