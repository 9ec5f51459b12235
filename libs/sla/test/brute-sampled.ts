import type { Budget, Guarantee, GuaranteeState, Span } from '../src/index.js';
import { pairsIn } from './clock-stories.js';
import { BruteCondition } from './brute-condition.js';
import { BruteState, type Found } from './brute-state.js';
import { judged, type Judged, type Kept, type Making } from './brute-statistics.js';
import { countsAt, edgesOf, isIn, lasting, periodAt, quartersIn, reachingBack, type Times } from './brute-times.js';

export interface BruteOptions extends Making {
  readonly times: Times;
  readonly begun: number;
  /** Of each of its metrics, whether it can be below 0. */
  readonly signed: readonly boolean[];
}

export interface Seen {
  readonly samples: number;
  readonly state: GuaranteeState;
  readonly measured: number | null;
  readonly budget: Pick<Budget, 'allowance' | 'spent'> | null;
  /** In the order of the factors; the longer window first. */
  readonly burns: readonly (readonly [number, number])[];
}

const longest = { day: 1, week: 7, month: 31, quarter: 92 } as const;
const day = 86_400_000;

/** How long a window is at most: of this its parts are parts. */
export const lengthOf = (over: Guarantee['over']): number => (typeof over === 'number' ? over : longest[over.period] * day);

export function windowAt(over: Guarantee['over'], now: number, pauses: readonly Span[]): Span {
  return typeof over === 'number' ? { from: reachingBack(now, over, pauses), until: now } : periodAt(over, now);
}

/** What guarantees over samples mean, by definition: every sample is kept, and looked at each time. */
export class BruteSampled {
  private readonly kept: Kept[] = [];
  private readonly keys = new Map<string, number[]>();
  private readonly totals = new Map<string, { at: number; value: number }>();
  private readonly condition: BruteCondition | undefined;
  private readonly said: BruteState;
  private newest: number;
  private coveredUntil = -Infinity;
  private from = -Infinity;
  private pauses: readonly Span[] = [];

  constructor(private readonly options: BruteOptions) {
    const { guarantee, begun } = options;
    this.newest = begun;
    this.said = new BruteState(guarantee.recover);
    this.condition = guarantee.when && new BruteCondition(guarantee.missing?.after ?? 600_000);
  }

  /** @param read which of the metrics, those of the condition last */
  take(machine: number, read: number, at: number, value: number): string {
    const { counters } = this.options;
    if (read >= counters.length) return this.condition?.take(machine, at, value) ?? 'refused';
    if (!Number.isFinite(value) || (value < 0 && !this.options.signed[read])) return 'refused';
    if (at < this.from) return 'late';
    const series = `${String(machine)} ${String(read)}`;
    return counters[read] ? this.takeCounted(series, read, at, value) : this.takeGauge(series, read, at, value);
  }

  assess(now: number, pauses: readonly Span[]): Seen {
    const { guarantee } = this.options;
    this.pauses = pauses;
    this.from = windowAt(guarantee.over, now, pauses).from;
    const seen = this.lookedAt(this.from, now);
    const { samples, measured, broken, bad } = seen;
    // What passes for want of samples has no margin.
    const isClose = (margin: number): boolean => this.isEnough(seen) && broken(margin);
    const state = this.said.next(this.found(seen, now), isClose, now);
    return {
      samples,
      state,
      measured: Number.isNaN(measured) ? null : measured,
      budget: bad ? { allowance: bad.allowed, spent: bad.is } : null,
      burns: bad && bad.share > 0 ? this.burns(now) : [],
    };
  }

  private lookedAt(from: number, now: number): Judged {
    const { over } = this.options.guarantee;
    const origin = typeof over === 'number' ? 0 : this.from;
    const begin = beginning(from, now, origin, lengthOf(over));
    return judged(
      this.options,
      this.kept.filter(({ at }) => at >= begin && at <= now),
    );
  }

  private isEnough({ samples, measured }: Judged): boolean {
    const { least = usualLeast(this.options.guarantee) } = this.options.guarantee;
    return samples >= least && !Number.isNaN(measured);
  }

  private found(seen: Judged, now: number): Found {
    const { missing } = this.options.guarantee;
    if (missing?.as === 'fails' && this.silence(now) > missing.after) return 'bad';
    if (!this.isEnough(seen)) return missing?.as === 'passes' ? 'good' : 'unknown';
    return seen.broken(0) ? 'bad' : 'good';
  }

  private silence(now: number): number {
    const span = { from: this.newest, until: now };
    const isSilent = (at: number): boolean => countsAt(this.options.times, at) && !isIn(this.pauses, at);
    return lasting(span, isSilent, [...quartersIn(span), ...edgesOf(this.pauses)]);
  }

  private burns(now: number): (readonly [number, number])[] {
    return pairsIn(lengthOf(this.options.guarantee.over)).map(
      ([long, short]) => [this.burnOver(long, now), this.burnOver(short, now)] as const,
    );
  }

  private burnOver(length: number, now: number): number {
    const { bad } = this.lookedAt(Math.max(this.from, reachingBack(now, length, this.pauses)), now);
    return bad && bad.of > 0 ? bad.is / bad.of / bad.share : 0;
  }

  private counts(at: number): boolean {
    return countsAt(this.options.times, at) && !isIn(this.pauses, at) && (this.condition?.holdsAt(at) ?? true);
  }

  private takeGauge(series: string, read: number, at: number, value: number): string {
    const keys = this.keys.get(series) ?? [];
    if (keys.filter((key) => key > at).length >= 32) return 'late';
    if (keys.includes(at)) return 'doubled';
    this.keys.set(series, [...keys, at]);
    this.newest = Math.max(this.newest, at);
    if (this.counts(at)) this.kept.push({ read, at, value, elapsed: 0 });
    return 'kept';
  }

  private takeCounted(series: string, read: number, at: number, value: number): string {
    const before = this.totals.get(series);
    if (before && at <= before.at) return at === before.at ? 'doubled' : 'late';
    this.totals.set(series, { at, value });
    this.newest = Math.max(this.newest, at);
    const isOverPause = this.pauses.some(({ from, until }) => from < at && until > (before?.at ?? at));
    if (!before || isOverPause || !this.counts(at)) return 'kept';
    const growth = value < before.value ? value : value - before.value;
    const elapsed = Math.max(0, at - Math.max(before.at, this.coveredUntil));
    this.coveredUntil = Math.max(this.coveredUntil, at);
    this.kept.push({ read, at, value: growth, elapsed });
    return 'kept';
  }
}

const usualLeast = (guarantee: Guarantee): number =>
  guarantee.term === 'metric' && (guarantee.statistic === 'sum' || guarantee.statistic === 'count') ? 0 : 5;

/** docs/guarantees.md, Where a window begins. */
export function beginning(from: number, now: number, origin: number, length: number): number {
  const unit = Math.max(1, Math.ceil(length / 43_200));
  const [first, last] = [Math.floor((from - origin) / unit), Math.floor((now - origin) / unit)];
  const age = last - first;
  const size = age <= 30 ? 1 : age <= 120 ? 10 : age <= 360 ? 60 : 120;
  return origin + Math.max(0, Math.floor(first / size) * size) * unit;
}
