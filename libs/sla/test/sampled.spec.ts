import fc from 'fast-check';
import { type AvailabilityGuarantee, type Guarantee, type MeasuredGuarantee, seriesOf } from '../src/index.js';
import { BruteSampled } from './brute-sampled.js';
import { Stored } from './evaluating.js';

const start = Date.parse('2026-10-24T09:00:00Z');
const hour = 3_600_000;
const base = { of: 'web', scope: { as: 'group' } } as const;

/** Bounds are such that about every other window breaks them; values are whole, so that sums are. */
type Kind = Omit<AvailabilityGuarantee, 'over'> | Omit<MeasuredGuarantee, 'over'>;

const kinds: readonly { readonly name: string; readonly counters: readonly boolean[]; readonly guarantee: Kind }[] = [
  {
    name: 'a mean',
    counters: [false],
    guarantee: { ...base, term: 'metric', metric: 'queue', statistic: 'mean', atMost: 50 } as const,
  },
  {
    name: 'a least value',
    counters: [false],
    guarantee: { ...base, term: 'metric', metric: 'queue', statistic: 'minimum', atLeast: 6 } as const,
  },
  {
    name: 'a greatest value',
    counters: [false],
    guarantee: { ...base, term: 'metric', metric: 'queue', statistic: 'maximum', atMost: 94 } as const,
  },
  {
    name: 'a sum',
    counters: [false],
    guarantee: { ...base, term: 'metric', metric: 'queue', statistic: 'sum', atMost: 700 } as const,
  },
  {
    name: 'a count',
    counters: [false],
    guarantee: { ...base, term: 'metric', metric: 'queue', statistic: 'count', atMost: 14 } as const,
  },
  {
    name: 'a percentile',
    counters: [false],
    guarantee: { ...base, term: 'metric', metric: 'queue', percentile: 80, atMost: 80 } as const,
  },
  {
    name: 'a low percentile',
    counters: [false],
    guarantee: { ...base, term: 'metric', metric: 'queue', percentile: 12.5, atLeast: 10 } as const,
  },
  {
    name: 'a percentile between two bounds',
    counters: [false],
    guarantee: { ...base, term: 'metric', metric: 'queue', percentile: 50, atLeast: 35, atMost: 65 } as const,
  },
  {
    name: 'a mean between two bounds',
    counters: [false],
    guarantee: { ...base, term: 'metric', metric: 'queue', statistic: 'mean', atLeast: 45, atMost: 55 } as const,
  },
  { name: 'a throughput', counters: [true], guarantee: { ...base, term: 'throughput', atLeast: 0.02 } as const },
  {
    name: 'availability by counted requests',
    counters: [true, true],
    guarantee: { ...base, term: 'availability', counted: 'requests', by: 'resource', atLeast: 0.5 } as const,
  },
  {
    name: 'availability by probes',
    counters: [false],
    guarantee: { ...base, term: 'availability', counted: 'requests', by: 'probe', atLeast: 0.9 } as const,
  },
  {
    name: 'an expression',
    counters: [true, true],
    guarantee: { ...base, term: 'expression', value: 'errors / requests', atMost: 0.8 } as const,
  },
];

const conditions = fc.record(
  {
    missing: fc.constantFrom<NonNullable<Guarantee['missing']>>(
      { as: 'fails', after: hour },
      { as: 'passes', after: hour },
      { as: 'unknown', after: hour },
    ),
    least: fc.integer({ min: 1, max: 8 }),
    recover: fc.constantFrom({ margin: 0.25 }, { after: 2 * hour }, { margin: 0.5, after: hour }),
    during: fc.constantFrom('Mon-Fri 08:00-20:00 Europe/Paris', '05:00-01:00 Europe/Paris', 'Sat,Sun'),
  },
  { requiredKeys: [] },
);
const over = fc.constantFrom<Guarantee['over']>(
  hour,
  6 * hour,
  48 * hour,
  { period: 'day', zone: 'Europe/Paris' },
  { period: 'week', zone: 'UTC' },
);

interface Step {
  readonly after: number;
  readonly samples: readonly { readonly machine: number; readonly read: number; readonly ago: number; readonly value: number }[];
  readonly restart: boolean;
}
const value = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 100 }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -1, 0) },
);
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    after: fc.oneof(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 3600 })).map((seconds) => seconds * 1000),
    samples: fc.array(
      fc.record({
        machine: fc.integer({ min: 0, max: 1 }),
        read: fc.integer({ min: 0, max: 1 }),
        ago: fc.oneof(
          fc.constant(0),
          fc.constant(0),
          fc.integer({ min: 0, max: 20 }).map((minutes) => minutes * 60_000),
        ),
        value,
      }),
      { maxLength: 4 },
    ),
    restart: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  }),
  { maxLength: 60 },
);

describe.each(kinds)(
  '$name, in whatever order samples come, and however often it is stopped',
  ({ guarantee: kind, counters }) => {
    it('is what it is by definition', () => {
      fc.assert(
        fc.property(conditions, over, steps, (said, window, story) => {
          const guarantee = { ...kind, ...said, over: window } as Guarantee;
          const brute = new BruteSampled(
            { guarantee, counters, ...windowOf(window), counts: countsIn(said.during) },
            start,
            counters.length,
          );
          const stored = new Stored(guarantee);
          const series = ['a', 'b'].map((machine) => stored.evaluator.join(machine, start));
          expect(seriesOf(guarantee)).toHaveLength(counters.length);
          let now = start;
          let day = dayOf(start, window);
          for (const { after, samples, restart } of story) {
            now += after;
            for (const one of samples) {
              const [place, at] = [one.read % counters.length, now - one.ago];
              // By definition calendar periods are separate: nothing of one comes in another.
              if ([now, at].some((instant) => dayOf(instant, window) !== day)) continue;
              const value = measuredAs(kind, one.value);
              const taken = stored.evaluator.take((series[one.machine] ?? 0) + place, at, value);
              expect(taken).toBe(brute.take(one.machine * counters.length + place, at, value));
            }
            const verdict = stored.evaluator.assess(now);
            const expected = brute.assess(now);
            day = dayOf(now, window);
            expect(verdict).toMatchObject({ state: expected.state, samples: expected.samples });
            closeTo(verdict.measured, expected.measured, kind);
            if (restart) stored.restart(verdict.state);
          }
        }),
        { numRuns: 120, seed: 20261127 },
      );
    });
  },
);

/** Probes say 0 or 1. */
const measuredAs = (kind: Kind, value: number): number =>
  kind.term === 'availability' && kind.by === 'probe' && value > 0 && Number.isFinite(value) ? Number(value > 20) : value;

function closeTo(measured: number | null, expected: number | null, { term }: Kind): void {
  if (expected === null || measured === null) expect(measured).toBe(expected);
  else expect(measured).toBeCloseTo(term === 'availability' ? expected * 100 : expected, 6);
}

const dayOf = (at: number, window: Guarantee['over']): number =>
  typeof window === 'number' ? 0 : windowOf(window).window(at).from;

function windowOf(window: Guarantee['over']) {
  if (typeof window === 'number')
    return { window: (now: number) => ({ from: now - window, until: now }), origin: () => 0, length: window };
  const [first, length] =
    window.period === 'day'
      ? [parisDay, 24 * hour]
      : [(at: number) => Math.floor((at - monday) / (168 * hour)) * 168 * hour + monday, 168 * hour];
  return { window: (now: number) => ({ from: first(now), until: Infinity }), origin: first, length };
}

const monday = Date.parse('2026-10-19T00:00:00Z');

/** The clocks of Paris go back on 25 October 2026. */
const parisDays = [
  '2026-10-23T22:00:00Z',
  '2026-10-24T22:00:00Z',
  '2026-10-25T23:00:00Z',
  '2026-10-26T23:00:00Z',
  '2026-10-27T23:00:00Z',
].map((day) => Date.parse(day));
const parisDay = (at: number): number => parisDays.findLast((day) => day <= at) ?? NaN;

/** By the clock on the wall. */
function countsIn(during: string | undefined): (at: number) => boolean {
  if (during === undefined) return () => true;
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: during.includes('Paris') ? 'Europe/Paris' : 'UTC',
    weekday: 'short',
    hour: 'numeric',
    hourCycle: 'h23',
  });
  return (at) => {
    const shown = Object.fromEntries(clock.formatToParts(at).map(({ type, value: part }) => [type, part]));
    const [weekday = '', hours] = [shown['weekday'], Number(shown['hour'])];
    if (during === 'Sat,Sun') return weekday.startsWith('S');
    if (during.startsWith('Mon')) return !weekday.startsWith('S') && hours >= 8 && hours < 20;
    return hours >= 5 || hours < 1;
  };
}
