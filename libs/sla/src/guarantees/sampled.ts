import type { Guarantee } from '../documents/guarantee.js';
import { metricOf } from '../vocabulary/metrics.js';
import { type Budget, budgetOf } from './budget.js';
import { CountedTime } from './counted-time.js';
import type { Evaluator, EvaluatorOptions, Piece, Taken } from './evaluator.js';
import { Counter, type Feed } from './feed.js';
import { type Span, within, windowStart } from './interval.js';
import { isCounter, leastOf, measuredMetrics, missingOf, seriesOf, wholeBoundsOf } from './judged.js';
import type { Finding } from './judge.js';
import { MachineSeries, type MachineSeriesPast } from './machine-series.js';
import { Outlook, type OutlookPast } from './outlook.js';
import { headOf, headPiece, instantOf } from './pieces.js';
import { Qualifier, type QualifierPast } from './qualifier.js';
import { SlicedTally } from './sliced-tally.js';
import { SampleTally, type Tally, type TallyPast } from './tally.js';
import type { Verdict } from './verdict.js';
import { type Window, Windows } from './window.js';

/** Guarantees that are judged by samples: statistics, rates, shares of requests, expressions. In a group the samples of all machines count alike. */
export class SampledEvaluator implements Evaluator {
  private readonly counters: readonly boolean[];
  /** Of each metric, the least that it can be. */
  private readonly least: readonly number[];
  private readonly seriesOfOne: number;
  private readonly addsUp: boolean;
  private readonly times: CountedTime;
  private readonly windows: Windows;
  private readonly qualifier: Qualifier | undefined;
  private readonly outlook: Outlook;
  private readonly tally: Tally;
  private readonly machines: (MachineSeries | undefined)[];
  private readonly since: number;
  /** Since when samples could come, ms. */
  private begun: number;
  /** Of the last look; what is older comes too late. */
  private window: Window;
  private pauses: readonly Span[];
  /** With them, when nobody watched. */
  private unassessed: readonly Span[];
  /** When the newest sample was that counts; before the first, since when there could have been one. */
  private newest: number;
  /** Until when the growth of some counter is known: of two machines the same time counts once. */
  private coveredUntil: number;

  constructor(
    readonly guarantee: Guarantee,
    { state, since = -Infinity, pauses = [], away = [], pieces = [] }: EvaluatorOptions,
  ) {
    const head = (headOf(pieces) ?? fresh(since)) as Head;
    const metrics = measuredMetrics(guarantee);
    const { when, over } = guarantee;
    this.counters = metrics.map((metric) => isCounter(guarantee, metric));
    this.least = metrics.map((metric) => (metricOf(metric).signed ? -Infinity : 0));
    this.seriesOfOne = seriesOf(guarantee).length;
    this.addsUp = typeof guarantee.over === 'number' && isAddedUp(guarantee);
    this.times = new CountedTime(guarantee);
    this.windows = new Windows(over);
    this.qualifier = when && new Qualifier({ ...guarantee, when }, head.qualifier);
    this.outlook = new Outlook(guarantee, state, head.outlook);
    const { slices } = guarantee;
    this.tally = slices
      ? new SlicedTally({ ...guarantee, slices }, head.tally, pieces)
      : new SampleTally(guarantee, head.tally, pieces);
    this.machines = head.machines.map((past) =>
      past === null ? undefined : new MachineSeries(past.resource, this.counters, past),
    );
    this.since = since;
    this.pauses = pauses;
    this.unassessed = [...pauses, ...away];
    this.begun = instantOf(head.begun);
    this.newest = instantOf(head.newest);
    this.coveredUntil = instantOf(head.coveredUntil);
    const isCalendar = typeof over !== 'number';
    this.window = isCalendar ? this.windows.at(head.tally.origin) : { from: -Infinity, until: -Infinity, isCalendar };
  }

  join(resource: string, now: number): number {
    let place = this.machines.findIndex((machine) => machine?.resource === resource);
    if (place < 0) {
      place = this.machines.findIndex((machine) => machine === undefined);
      if (place < 0) place = this.machines.length;
      this.machines[place] = new MachineSeries(resource, this.counters);
    }
    if (this.begun === -Infinity) this.begun = now;
    if (this.newest === -Infinity) this.newest = now;
    return place * this.seriesOfOne;
  }

  leave(resource: string, now: number): void {
    const place = this.machines.findIndex((machine) => machine?.resource === resource);
    if (place >= 0) this.machines[place] = undefined;
    this.qualifier?.leave(place, now);
  }

  move(resource: string): void {
    this.machines.find((machine) => machine?.resource === resource)?.move();
  }

  take(series: number, at: number, value: number, origin = 0): Taken {
    const read = series % this.seriesOfOne;
    const place = (series - read) / this.seriesOfOne;
    if (!Number.isFinite(value + at)) return 'refused';
    if (read >= this.counters.length) return this.qualify(read, place, at, value);
    const feed = this.machines[place]?.feeds[read];
    if (!feed || value < (this.least[read] ?? 0)) return 'refused';
    if (!this.isInTime(at)) return 'late';
    return feed instanceof Counter ? this.takeCounted(feed, read, at, value) : this.takeGauge(feed, read, at, value, origin);
  }

  assess(asked: number, pauses: readonly Span[] = [], away: readonly Span[] = [], until?: number): Verdict {
    // A sample may have begun the next calendar period already: there is no way back.
    const now = this.window.isCalendar ? Math.max(asked, this.window.from) : asked;
    this.pauses = pauses;
    this.unassessed = away.length === 0 ? pauses : [...pauses, ...away];
    this.enter(this.windows.at(now, this.unassessed));
    const from = Math.max(this.window.from, this.since);
    this.tally.forget(this.window.from, now);
    this.qualifier?.forget(this.window.from);
    const { arithmetic } = this.tally;
    const sums = this.tally.since(from, now, until);
    const measured = arithmetic.measured(sums);
    const { wanted, side } = this.boundAt(measured);
    return this.outlook.verdict(
      {
        finding: this.finding(sums, measured, now),
        window: this.window,
        measured: Number.isNaN(measured) ? null : measured,
        wanted,
        side,
        samples: arithmetic.samples(sums),
        from,
        budget: this.budget(sums),
        ...((arithmetic.allowance?.share ?? 0) > 0 && { rateOver: (length: number) => this.rateOver(length, from, now, until) }),
      },
      now,
    );
  }

  get heardUntil(): number {
    let earliest = Infinity;
    for (const machine of this.machines) if (machine) earliest = Math.min(earliest, machine.heardUntil);
    return earliest;
  }

  dump(): readonly Piece[] {
    const head: Head = {
      machines: this.machines.map((machine) => machine?.dump() ?? null),
      begun: this.begun,
      newest: this.newest,
      coveredUntil: this.coveredUntil,
      outlook: this.outlook.dump(),
      tally: this.tally.head(),
      ...(this.qualifier && { qualifier: this.qualifier.dump() }),
    };
    return [headPiece(head), ...this.tally.pieces()];
  }

  get firstKey(): number {
    return this.tally.firstKey;
  }

  private takeGauge(feed: Feed, read: number, at: number, value: number, origin: number): Taken {
    const taken = feed.take(at, origin);
    if (taken !== 'kept') return taken;
    if (at > this.newest) this.newest = at;
    if (this.counts(at)) this.tally.put(read, at, value, 0);
    return taken;
  }

  private takeCounted(counter: Counter, read: number, at: number, value: number): Taken {
    const taken = counter.isNew(at);
    if (taken !== 'kept') return taken;
    if (at > this.newest) this.newest = at;
    const before = counter.at;
    const growth = counter.take(at, value);
    if (Number.isNaN(growth) || !this.counts(at) || this.uncounted.some(({ from, until }) => from < at && until > before))
      return taken;
    const elapsed = Math.max(0, at - Math.max(before, this.coveredUntil));
    if (at > this.coveredUntil) this.coveredUntil = at;
    this.tally.put(read, at, growth, elapsed);
    return taken;
  }

  /** What comes after the end of a calendar window begins the next one. */
  private isInTime(at: number): boolean {
    if (at < this.since || at < this.window.from) return false;
    if (this.window.isCalendar && at >= this.window.until) this.enter(this.windows.at(at));
    return this.tally.isOpen(at);
  }

  /** Rolling windows reach back over what nobody watched: of what adds up, that and a whole window would be more than one. */
  private get uncounted(): readonly Span[] {
    return this.addsUp ? this.unassessed : this.pauses;
  }

  private qualify(read: number, place: number, at: number, value: number): Taken {
    return this.qualifier?.take(read - this.counters.length, place, at, value) ? 'kept' : 'late';
  }

  private counts(at: number): boolean {
    if (!this.times.counts(at) || this.uncounted.some(({ from, until }) => from <= at && at < until)) return false;
    return this.qualifier?.heldAt(at) ?? true;
  }

  /** Another calendar period begins with nothing. */
  private enter(window: Window): void {
    if (window.isCalendar && window.from !== this.window.from) {
      this.tally.restart(window.from);
      this.outlook.restart();
    }
    this.window = window;
  }

  private finding(sums: Float64Array, measured: number, now: number): Finding {
    const { arithmetic } = this.tally;
    const { recover } = this.guarantee;
    const missing = missingOf(this.guarantee);
    if (missing.as === 'fails' && this.silence(now) > missing.after) return 'bad';
    if (!this.isEnough(sums, measured)) return missing.as === 'passes' ? 'good' : 'unknown';
    if (arithmetic.isBroken(sums, 0)) return 'bad';
    return recover?.margin !== undefined && arithmetic.isBroken(sums, recover.margin) ? 'close' : 'good';
  }

  private isEnough(sums: Float64Array, measured: number): boolean {
    if (Number.isNaN(measured) || this.tally.arithmetic.samples(sums) < leastOf(this.guarantee)) return false;
    return !isToReach(this.guarantee) || this.begun <= this.window.from;
  }

  /** For how much of the time in which it holds there was no sample, ms. */
  private silence(now: number): number {
    const span = { from: this.newest, until: now };
    const paused = within(this.unassessed, span).reduce((sum, { from, until }) => sum + this.times.within(from, until), 0);
    return this.times.within(span.from, span.until) - paused;
  }

  private boundAt(measured: number): Pick<Verdict, 'wanted' | 'side'> {
    const { atMost, atLeast } = wholeBoundsOf(this.guarantee);
    const isLower = atMost === undefined || (atLeast !== undefined && measured - atLeast < atMost - measured);
    return isLower ? { wanted: atLeast ?? 0, side: 'at_least' } : { wanted: atMost, side: 'at_most' };
  }

  private budget(sums: Float64Array): Budget | null {
    const { allowance } = this.tally.arithmetic;
    return allowance ? budgetOf(allowance.unit, allowance.allowed(sums), allowance.bad(sums)) : null;
  }

  private rateOver(length: number, from: number, now: number, until: number | undefined): number {
    const { allowance } = this.tally.arithmetic;
    if (!allowance) return 0;
    const sums = this.tally.lately(Math.max(from, windowStart(now, length, this.unassessed)), now, until);
    const all = allowance.all(sums);
    return all > 0 ? allowance.bad(sums) / all / allowance.share : 0;
  }
}

/** A sum or a count that has to get somewhere: nothing can be said of it before there was a whole window. */
const isToReach = (guarantee: Guarantee): boolean => guarantee.atLeast !== undefined && isGrowing(guarantee);

const isGrowing = (guarantee: Guarantee): boolean =>
  guarantee.term === 'metric' && (guarantee.statistic === 'sum' || guarantee.statistic === 'count');

/** What is the greater the more of it there was; in an expression that is what its counters grow by. */
const isAddedUp = (guarantee: Guarantee): boolean =>
  isGrowing(guarantee) ||
  (guarantee.term === 'expression' && measuredMetrics(guarantee).some((metric) => isCounter(guarantee, metric)));

const fresh = (since: number): Head => ({
  machines: [],
  begun: since,
  newest: since,
  coveredUntil: null,
  outlook: { goodSince: null, trend: [] },
  tally: { origin: 0, few: [] },
});

interface Head {
  readonly machines: readonly (MachineSeriesPast | null)[];
  /** Null: −Infinity, which JSON does not know. */
  readonly begun: number | null;
  readonly newest: number | null;
  readonly coveredUntil: number | null;
  readonly outlook: OutlookPast;
  readonly tally: TallyPast;
  readonly qualifier?: QualifierPast;
}
