import fc from 'fast-check';
import {
  type AvailabilityGuarantee,
  type Guarantee,
  type MeasuredGuarantee,
  parseCall,
  type Slices,
  type Verdict,
} from '../src/index.js';
import { BruteSliced } from './brute-sliced.js';
import { Stored } from './evaluating.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.parse('2026-10-24T09:00:00Z');
const base = { of: 'web', scope: { as: 'group' }, least: 2 } as const;

type Kind = Omit<AvailabilityGuarantee, 'over'> | Omit<MeasuredGuarantee, 'over'>;
const ofQueue = { ...base, term: 'metric', metric: 'queue' } as const;

const kinds: readonly { readonly name: string; readonly counters: readonly boolean[]; readonly guarantee: Kind }[] = [
  { name: 'a percentile', counters: [false], guarantee: { ...ofQueue, percentile: 75, atMost: 70 } },
  { name: 'a low percentile', counters: [false], guarantee: { ...ofQueue, percentile: 25, atLeast: 20 } },
  { name: 'a mean', counters: [false], guarantee: { ...ofQueue, statistic: 'mean', atMost: 50 } },
  { name: 'a greatest value', counters: [false], guarantee: { ...ofQueue, statistic: 'maximum', atMost: 80 } },
  { name: 'a throughput', counters: [true], guarantee: { ...base, term: 'throughput', atLeast: 0.05 } },
  {
    name: 'availability by probes',
    counters: [false],
    guarantee: { ...base, term: 'availability', counted: 'requests', by: 'probe', atLeast: 0.75 },
  },
  {
    name: 'availability by counted requests',
    counters: [true, true],
    guarantee: { ...base, term: 'availability', counted: 'requests', by: 'resource', atLeast: 0.5 },
  },
  { name: 'an error rate', counters: [true, true], guarantee: { ...base, term: 'error_rate', atMost: 0.5 } },
  {
    name: 'an expression',
    counters: [false, false],
    guarantee: { ...base, term: 'expression', value: 'paid / ordered', atLeast: 0.9 },
  },
];

const over = fc.constantFrom<Guarantee['over']>(hour, 6 * hour, 48 * hour, { period: 'day', zone: 'UTC' });
const slices = fc.record<Slices, 'each'>(
  { each: fc.constantFrom(minute, 5 * minute, 20 * minute), atLeast: fc.constantFrom(0.5, 0.75, 0.9) },
  { requiredKeys: ['each'] },
);
const steps = fc.array(
  fc.record({
    after: fc.oneof(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 3600 })).map((seconds) => seconds * 1000),
    samples: fc.array(
      fc.record({
        machine: fc.integer({ min: 0, max: 1 }),
        read: fc.integer({ min: 0, max: 1 }),
        ago: fc.oneof(
          fc.constant(0),
          fc.integer({ min: 0, max: 20 }).map((minutes) => minutes * minute),
        ),
        value: fc.integer({ min: 0, max: 100 }),
      }),
      { maxLength: 4 },
    ),
    restart: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  }),
  { maxLength: 60 },
);

const dayOf = (at: number): number => Math.floor(at / day) * day;
const windowOf = (window: Guarantee['over']) =>
  typeof window === 'number'
    ? { window: (now: number) => ({ from: now - window, until: now }), origin: () => 0, length: window }
    : { window: (now: number) => ({ from: dayOf(now), until: dayOf(now) + day }), origin: dayOf, length: 25 * hour };

describe.each(kinds)('$name by slices of time', ({ guarantee: kind, counters }) => {
  it('is what it is by definition, in whatever order samples come, and however often it is stopped', () => {
    fc.assert(
      fc.property(over, slices, steps, (window, sliced, story) => {
        const guarantee = { ...kind, over: window, slices: sliced } as Guarantee & { readonly slices: Slices };
        const brute = new BruteSliced({ guarantee, counters, ...windowOf(window) });
        const stored = new Stored(guarantee);
        const series = ['a', 'b'].map((machine) => stored.evaluator.join(machine, start));
        let now = start;
        let looked = start;
        for (const { after, samples, restart } of story) {
          now += after;
          // By definition calendar periods are separate: nothing of one comes in another.
          const isInPeriod = (at: number): boolean => typeof window === 'number' || dayOf(at) === dayOf(looked);
          for (const { machine, read, ago, value } of samples.filter(
            ({ ago: past }) => isInPeriod(now) && isInPeriod(now - past),
          )) {
            const [place, told] = [read % counters.length, measuredAs(kind, value)];
            const taken = stored.evaluator.take((series[machine] ?? 0) + place, now - ago, told);
            expect(taken).toBe(brute.take(machine * counters.length + place, now - ago, told));
          }
          const verdict = stored.evaluator.assess(now);
          const expected = brute.assess(now);
          looked = now;
          expect(verdict).toMatchObject({ state: expected.state, samples: expected.samples });
          closeTo(verdict, expected.measured);
          if (restart) stored.restart(verdict.state);
        }
      }),
      { numRuns: 100, seed: 20261127 },
    );
  });
});

/** Probes say 0 or 1. */
const measuredAs = (kind: Kind, value: number): number =>
  kind.term === 'availability' && kind.by === 'probe' ? Number(value > 20) : value;

function closeTo({ measured, unit }: Verdict, expected: number | null): void {
  if (expected === null) expect(measured).toBeNull();
  else expect(measured).toBeCloseTo(expected * (unit === '%' ? 100 : 1), 6);
}

describe('slices in a call', () => {
  const read = (guarantee: string) =>
    parseCall(`apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources: { web: { kind: compute } }
probes: [{ of: web, http: "http://{address}/", every: 10 s }]
guarantees: [${guarantee}]
`).call.guarantees;

  it('are how long each is, and how many are to be good', () => {
    expect(
      read('{ term: response_time, of: web, at_most: 200 ms, over: 30 d, slices: { each: 5 min, at_least: 99 % } }'),
    ).toEqual([expect.objectContaining({ slices: { each: 5 * minute, atLeast: 0.99 } })]);
  });

  it.each([
    ['{ term: availability, of: web, at_least: 99 %, over: 1 d, slices: { each: 5 min } }', 'counts every ms'],
    ['{ term: metric, metric: jobs, statistic: sum, of: web, at_most: 9, over: 1 d, slices: { each: 5 min } }', 'whole window'],
    ['{ term: response_time, of: web, at_most: 1 s, at_least: 1 ms, over: 1 d, slices: { each: 5 min } }', 'cannot be averaged'],
    ['{ term: response_time, of: web, at_most: 1 s, over: 1 h, slices: { each: 30 min } }', 'fewer than 5 slices'],
    ['{ term: response_time, of: web, at_most: 1 s, over: 1 h, slices: { each: 5 s } }', 'so short a slice'],
    ['{ term: response_time, of: web, at_most: 1 s, over: 1 h, slices: { at_least: 5 % } }', '"each" is missing'],
  ])('are refused where they make no sense: %s', (written, words) => {
    expect(() => read(written)).toThrow(words);
  });
});
