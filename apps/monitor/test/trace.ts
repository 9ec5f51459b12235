import type { MetricSample } from '@cloud-agency/bus';
import type { Guarantee } from '@cloud-agency/sla';
import type { Watch } from '../src/assessor/sample.js';

const second = 1_000;
const minute = 60 * second;
export const start = Date.UTC(2026, 2, 1);
/** A machine measures so often, ms. */
export const every = 10 * second;

const own = { of: 'web', scope: { as: 'each' }, by: 'resource' } as const;
const guarantees: Guarantee[] = [
  { ...own, term: 'availability', atLeast: 0.9, over: 10 * minute },
  { ...own, term: 'cpu_utilisation', atMost: 0.9, statistic: 'maximum', over: 2 * minute },
  { ...own, term: 'metric', metric: 'queue', percentile: 50, atMost: 100, over: 5 * minute },
  { ...own, term: 'throughput', atLeast: 5, over: 3 * minute, missing: { as: 'fails', after: minute } },
];
export const watch: Watch = {
  agreement: 'shop',
  version: 1,
  active: true,
  resources: [{ resource: 'web', item: 'web', placement: 'web-1', address: '127.0.0.1' }],
  probes: [],
  guarantees,
};

/** A number in [0, 1) for a seed, and another one each time (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a machine measures every ten seconds: it is down, busy, slow and idle now and then. */
export function measured(seed: number, steps: number): MetricSample[][] {
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
