import fc from 'fast-check';
import {
  type AvailabilityGuarantee,
  type Guarantee,
  type MeasuredGuarantee,
  seriesOf,
  type Span,
  type Verdict,
} from '../src/index.js';
import { BruteSampled, windowAt } from './brute-sampled.js';
import { timesOf, type Times } from './brute-times.js';
import { over, type Pause, pause, paused, starts, times } from './clock-stories.js';
import { burnAs, isBudget, Stored } from './evaluating.js';

const minute = 60_000;
const hour = 60 * minute;
const base = { of: 'web', scope: { as: 'group' } } as const;

type Kind = Omit<AvailabilityGuarantee, 'over'> | Omit<MeasuredGuarantee, 'over'>;

interface Case {
  readonly name: string;
  readonly counters: readonly boolean[];
  readonly guarantee: Kind;
  /** What an expression makes of its metrics, in the order of their first mention. */
  readonly value?: (values: readonly number[]) => number;
}

/** Bounds are such that about every other window breaks them; values are whole, so that sums are. */
const kinds: readonly Case[] = [
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
  {
    name: 'a rate',
    counters: [true],
    guarantee: { ...base, term: 'metric', metric: 'orders', statistic: 'rate', atLeast: 0.01, atMost: 0.05 } as const,
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
    name: 'errors among requests',
    counters: [true, true],
    guarantee: { ...base, term: 'error_rate', atMost: 0.75 } as const,
  },
  {
    name: 'an expression of two counters',
    counters: [true, true],
    guarantee: { ...base, term: 'expression', value: 'errors / requests', atMost: 0.8 } as const,
    value: ([errors = NaN, requests = NaN]) => errors / requests,
  },
  {
    name: 'an expression of counters and gauges',
    counters: [false, true, false],
    guarantee: {
      ...base,
      term: 'expression',
      value: 'max(queue, 40) - errors / 10 + 2 * (disk - queue)',
      atLeast: -10,
      atMost: 60,
    } as const,
    value: ([queue = NaN, errors = NaN, disk = NaN]) => Math.max(queue, 40) - errors / 10 + 2 * (disk - queue),
  },
];

const conditions = fc.record(
  {
    missing: fc.constantFrom<NonNullable<Guarantee['missing']>>(
      { as: 'fails', after: hour },
      { as: 'fails', after: 20 * minute },
      { as: 'passes', after: hour },
      { as: 'unknown', after: 30 * minute },
    ),
    least: fc.integer({ min: 1, max: 8 }),
    recover: fc.constantFrom({ margin: 0.25 }, { after: 2 * hour }, { margin: 0.5, after: hour }),
    when: fc.constant({ holds: 'load < 50' }),
  },
  { requiredKeys: [] },
);
interface Step {
  readonly after: number;
  readonly samples: readonly { readonly machine: number; readonly read: number; readonly ago: number; readonly value: number }[];
  readonly restart: boolean;
  readonly pause: Pause;
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
        read: fc.integer({ min: 0, max: 3 }),
        ago: fc.oneof(
          fc.constant(0),
          fc.constant(0),
          fc.integer({ min: 0, max: 20 }).map((minutes) => minutes * minute),
        ),
        value,
      }),
      { maxLength: 5, size: 'max' },
    ),
    restart: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
    pause,
  }),
  { minLength: 10, maxLength: 40, size: 'max' },
);

interface Setting {
  readonly guarantee: Guarantee;
  readonly times: Times;
  readonly start: number;
}
const setting = (kind: Kind): fc.Arbitrary<Setting> =>
  fc.tuple(conditions, over, times, fc.constantFrom(...starts)).map(([said, window, time, start]) => ({
    guarantee: { ...kind, ...said, ...timesOf(time), over: window },
    times: time,
    start,
  }));

describe.each(kinds)('$name, in whatever order samples come, and however often it is stopped', (one) => {
  it('is what it is by definition: the state, the figure, the budget and how fast it burns', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(setting(one.guarantee), steps, (set, story) => {
        const told = new Told(one, set, seen);
        for (const step of story) told.go(step);
      }),
      { numRuns: 12, seed: 20261127 },
    );
    expect([...seen].sort()).toEqual(['fulfilled', 'undefined', 'violated']);
  });
});

/** A guarantee as it is judged, beside what it is by definition. */
class Told {
  private readonly brute: BruteSampled;
  private readonly stored: Stored;
  private readonly series: readonly number[];
  private readonly pauses: Span[] = [];
  private now: number;
  private period: number;

  constructor(
    private readonly kind: Case,
    private readonly set: Setting,
    private readonly states: Set<string>,
  ) {
    const { guarantee, start } = set;
    this.now = start;
    const signed = seriesOf(guarantee).map(({ metric }) => !['requests', 'errors', 'up'].includes(metric));
    this.brute = new BruteSampled({ ...kind, ...set, signed, begun: start });
    this.stored = new Stored(guarantee);
    this.series = ['a', 'b'].map((machine) => this.stored.evaluator.join(machine, start));
    this.period = this.periodOf(start);
    expect(seriesOf(guarantee)).toHaveLength(this.reads);
  }

  go({ after, samples, pause: stop, restart }: Step): void {
    this.now += after;
    for (const { machine, read, ago, value: drawn } of samples) {
      const [place, at] = [read % this.reads, this.now - ago];
      // By definition calendar periods are separate: nothing of one comes in another.
      if ([this.now, at].some((instant) => this.periodOf(instant) !== this.period)) continue;
      const measured = place < this.kind.counters.length ? measuredAs(this.kind.guarantee, drawn) : drawn;
      const taken = this.stored.evaluator.take((this.series[machine] ?? 0) + place, at, measured);
      expect(taken).toBe(this.brute.take(machine, place, at, measured));
    }
    const { state } = this.assess();
    if (restart) this.stored.restart(state, this.pauses);
    if (!stop) return;
    this.pauses.push(...paused(stop, this.now));
    this.now = this.pauses.at(-1)?.until ?? this.now;
    this.assess();
  }

  private get reads(): number {
    return this.kind.counters.length + (this.set.guarantee.when ? 1 : 0);
  }

  private assess(): Verdict {
    const verdict = this.stored.evaluator.assess(this.now, this.pauses);
    const seen = this.brute.assess(this.now, this.pauses);
    this.period = this.periodOf(this.now);
    this.states.add(seen.state);
    expect(verdict).toMatchObject({ state: seen.state, samples: seen.samples });
    closeTo(verdict.measured, seen.measured, this.kind.guarantee);
    expect(verdict.budget === null).toBe(seen.budget === null);
    if (seen.budget) isBudget(verdict.budget, seen.budget.allowance, seen.budget.spent);
    burnAs(verdict, seen.burns);
    return verdict;
  }

  private periodOf(at: number): number {
    const { over: window } = this.set.guarantee;
    return typeof window === 'number' ? 0 : windowAt(window, at, []).from;
  }
}

/** Probes say 0 or 1. */
const measuredAs = (kind: Kind, value: number): number =>
  kind.term === 'availability' && kind.by === 'probe' && value > 0 && Number.isFinite(value) ? Number(value > 20) : value;

function closeTo(measured: number | null, expected: number | null, { term }: Kind): void {
  if (expected === null || measured === null) expect(measured).toBe(expected);
  else expect(measured).toBeCloseTo(term === 'availability' || term === 'error_rate' ? expected * 100 : expected, 6);
}
