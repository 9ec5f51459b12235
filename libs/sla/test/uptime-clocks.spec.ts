import fc from 'fast-check';
import type { AvailabilityGuarantee, Guarantee, Span, Verdict } from '../src/index.js';
import { BruteCondition } from './brute-condition.js';
import { lengthOf, windowAt } from './brute-sampled.js';
import { BruteState, type Found } from './brute-state.js';
import { countsAt, edgesOf, isIn, lasting, quartersIn, reachingBack, type Times, timesOf } from './brute-times.js';
import { heardOf, type Told } from './brute-uptime.js';
import { over, type Pause, pause, paused, pairsIn, starts, times } from './clock-stories.js';
import { burnAs, isBudget, Stored } from './evaluating.js';

const minute = 60_000;
const target = 0.9;

interface Setting {
  readonly guarantee: AvailabilityGuarantee;
  readonly times: Times;
  readonly start: number;
  /** How many failures in a row make a machine down. */
  readonly allowed: number;
}

const said = fc.record(
  {
    missing: fc
      .tuple(fc.constantFrom<NonNullable<Guarantee['missing']>['as']>('unknown', 'fails', 'passes'), fc.constantFrom(10, 60))
      .map(([as, minutes]) => ({ as, after: minutes * minute })),
    when: fc.constant({ holds: 'load < 50' }),
    recover: fc.constantFrom({ margin: 0.25 }, { after: 90 * minute }, { margin: 0.5, after: 20 * minute }),
  },
  { requiredKeys: ['missing'] },
);

const setting: fc.Arbitrary<Setting> = fc
  .tuple(said, fc.constantFrom(1, 2), over, times, fc.constantFrom(...starts), fc.constantFrom(1, 2, 3))
  .map(([conditions, minUp, window, time, start, allowed]) => ({
    guarantee: {
      ...{ term: 'availability', of: 'web', scope: { as: 'group', minUp }, atLeast: target, over: window },
      ...conditions,
      ...timesOf(time),
    },
    times: time,
    start,
    allowed,
  }));

interface Step {
  readonly after: number;
  readonly told: readonly { readonly machine: number; readonly ago: number; readonly value: number; readonly load: boolean }[];
  readonly restart: boolean;
  readonly pause: Pause;
}

const step: fc.Arbitrary<Step> = fc.record({
  after: fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 7200 })).map((seconds) => seconds * 1000),
  told: fc.array(
    fc.record({
      machine: fc.integer({ min: 0, max: 1 }),
      ago: fc.constantFrom(0, 0, 0, minute, 20 * minute),
      value: fc.constantFrom(0, 0, 1),
      load: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
    }),
    { maxLength: 4 },
  ),
  restart: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  pause,
});

describe('availability by time, by the clocks', () => {
  it('is what every stretch of the window says: the state, the budget and how fast it burns', () => {
    const states = new Set<string>();
    fc.assert(
      fc.property(setting, fc.array(step, { minLength: 8, maxLength: 25, size: 'max' }), (set, story) => {
        const uptime = new Uptime(set, states);
        for (const one of story) uptime.go(one);
      }),
      { numRuns: 24, seed: 20261127 },
    );
    expect([...states].sort()).toEqual(['fulfilled', 'undefined', 'violated']);
  });
});

/** Availability as it is judged, beside what it is by definition. */
class Uptime {
  private readonly stored: Stored;
  private readonly series: readonly number[];
  private readonly state: BruteState;
  private readonly condition: BruteCondition;
  private readonly told: Told[] = [];
  private readonly pauses: Span[] = [];
  private readonly after: number;
  private now: number;

  constructor(
    private readonly set: Setting,
    private readonly states: Set<string>,
  ) {
    const { guarantee, allowed, start } = set;
    this.now = start;
    this.stored = new Stored(guarantee, new Map([[0, allowed]]));
    this.series = ['a', 'b'].map((machine) => this.stored.evaluator.join(machine, start));
    this.state = new BruteState(guarantee.recover);
    this.after = guarantee.missing?.after ?? NaN;
    this.condition = new BruteCondition(this.after);
  }

  go({ after, told, restart, pause: stop }: Step): void {
    this.now += after;
    for (const one of told) this.hear(one);
    const { state } = this.assess();
    if (restart) this.stored.restart(state, this.pauses);
    if (!stop) return;
    this.pauses.push(...paused(stop, this.now));
    this.now = this.pauses.at(-1)?.until ?? this.now;
    this.assess();
  }

  private hear({ machine, ago, value, load }: Step['told'][number]): void {
    const at = this.now - ago;
    if (load && !this.set.guarantee.when) return;
    const measured = load ? value * 100 : value;
    const taken = this.stored.evaluator.take((this.series[machine] ?? 0) + (load ? 1 : 0), at, measured, 0);
    if (load) expect(taken).toBe(this.condition.take(machine, at, measured));
    else this.told.push({ machine, at, value });
  }

  private assess(): Verdict {
    const { set, now, pauses } = this;
    const verdict = this.stored.evaluator.assess(now, pauses);
    const window = windowAt(set.guarantee.over, now, pauses);
    const machines = [0, 1].map((machine) => this.heard(machine));
    const spent = this.spent(window.from, machines);
    const allowance = Math.round((1 - target) * this.counted(window) * 1000) / 1000;
    const isKnown = machines.every((machine) => machine.isKnown);
    const isClose = (margin: number): boolean => spent > allowance * (1 - margin);
    const state = this.state.next(this.found(isKnown, spent > allowance), isClose, now);
    this.states.add(state);
    expect(verdict.state).toBe(state);
    isBudget(verdict.budget, allowance, spent);
    burnAs(
      verdict,
      pairsIn(lengthOf(set.guarantee.over)).map((pair) => pair.map((length) => this.burn(length, window.from, machines))),
    );
    return verdict;
  }

  private found(isKnown: boolean, isBroken: boolean): Found {
    if (this.state.state !== 'undefined' || isKnown) return isBroken ? 'bad' : 'good';
    const as = this.set.guarantee.missing?.as;
    if (as === 'passes') return 'good';
    return as === 'fails' && isBroken ? 'bad' : 'unknown';
  }

  private heard(machine: number): ReturnType<typeof heardOf> {
    const { set, after, pauses, now } = this;
    const fails = set.guarantee.missing?.as === 'fails';
    const own = this.told.filter((one) => one.machine === machine);
    return heardOf(own, { origin: set.start, allowed: set.allowed, after, fails, pauses }, now);
  }

  /** How long fewer were up than have to be, of the time that counts. */
  private spent(from: number, machines: readonly { readonly down: readonly Span[] }[]): number {
    const { scope } = this.set.guarantee;
    const minUp = scope.as === 'group' ? (scope.minUp ?? 1) : 1;
    const isDown = (at: number): boolean => machines.filter(({ down }) => !isIn(down, at)).length < minUp;
    const span = { from: Math.max(from, this.set.start), until: this.now };
    const edges = [...this.edges(span), ...machines.flatMap(({ down }) => edgesOf(down))];
    return lasting(span, (at) => this.counts(at) && isDown(at), edges);
  }

  private counted(span: Span): number {
    return lasting(span, (at) => this.counts(at), this.edges(span));
  }

  private burn(length: number, from: number, machines: readonly { readonly down: readonly Span[] }[]): number {
    const since = reachingBack(this.now, length, this.pauses);
    const counted = this.counted({ from: since, until: this.now });
    return counted === 0 ? 0 : this.spent(Math.max(from, since), machines) / counted / (1 - target);
  }

  /** What is to come, and what was before there was anything, is taken to. */
  private counts(at: number): boolean {
    const isHeld = !this.set.guarantee.when || at < this.set.start || at >= this.now || this.condition.holdsAt(at);
    return isHeld && countsAt(this.set.times, at) && !isIn(this.pauses, at);
  }

  private edges(span: Span): number[] {
    return [...quartersIn(span), ...edgesOf(this.pauses), ...this.condition.edges, this.set.start, this.now];
  }
}
