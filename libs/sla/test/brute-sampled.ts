import type { AvailabilityGuarantee, Guarantee, GuaranteeState, MeasuredGuarantee, Span } from '../src/index.js';

/** What guarantees over samples mean, by definition: every sample is kept, and looked at each time. */
export interface BruteOptions {
  readonly guarantee: Guarantee;
  /** Of each of its metrics. */
  readonly counters: readonly boolean[];
  readonly window: (now: number) => Span;
  /** Where parts are counted from. */
  readonly origin: (now: number) => number;
  readonly length: number;
  readonly counts: (at: number) => boolean;
}

type Found = 'bad' | 'good' | 'unknown';

export interface Kept {
  readonly read: number;
  readonly at: number;
  readonly value: number;
  readonly elapsed: number;
}

export class BruteSampled {
  state: GuaranteeState = 'undefined';
  private readonly kept: Kept[] = [];
  private readonly keys = new Map<number, number[]>();
  private readonly counts = new Map<number, { at: number; value: number }>();
  private goodSince: number | undefined;
  private newest: number;
  private coveredUntil = -Infinity;
  private from = -Infinity;

  constructor(
    private readonly options: BruteOptions,
    begun: number,
    private readonly metrics: number,
  ) {
    this.newest = begun;
  }

  take(series: number, at: number, value: number): string {
    if (!Number.isFinite(value) || (value < 0 && this.options.guarantee.term !== 'metric')) return 'refused';
    if (at < this.from) return 'late';
    const read = series % this.metrics;
    return this.options.counters[read] ? this.takeCounted(series, read, at, value) : this.takeGauge(series, read, at, value);
  }

  /** [samples, state, measured] */
  assess(now: number): { samples: number; state: GuaranteeState; measured: number | null } {
    const { guarantee } = this.options;
    this.from = this.options.window(now).from;
    const begin = beginning(this.from, now, this.options.origin(now), this.options.length);
    const inside = this.kept.filter(({ at }) => at >= begin && at <= now);
    const { samples, measured, broken } = judged(guarantee, inside);
    const finding = this.finding(samples, measured, broken, now);
    this.turn(finding, broken, now);
    return { samples, state: this.state, measured: Number.isNaN(measured) ? null : measured };
  }

  private finding(samples: number, measured: number, broken: (margin: number) => boolean, now: number): Found {
    const { missing, least = usualLeast(this.options.guarantee) } = this.options.guarantee;
    if (missing?.as === 'fails' && this.silence(now) > missing.after) return 'bad';
    if (samples < least || Number.isNaN(measured)) return missing?.as === 'passes' ? 'good' : 'unknown';
    return broken(0) ? 'bad' : 'good';
  }

  private silence(now: number): number {
    let silence = 0;
    for (let at = this.newest; at < now; at += 1000) if (this.options.counts(at)) silence += Math.min(1000, now - at);
    return silence;
  }

  private turn(finding: Found, broken: (margin: number) => boolean, now: number): void {
    if (finding === 'unknown') return;
    if (finding === 'bad') this.goodSince = undefined;
    if (finding === 'bad' || this.state !== 'violated') this.state = finding === 'bad' ? 'violated' : 'fulfilled';
    else this.recover(broken, now);
  }

  private recover(broken: (margin: number) => boolean, now: number): void {
    const { margin = 0, after = 0 } = this.options.guarantee.recover ?? {};
    if (broken(margin)) this.goodSince = undefined;
    else this.goodSince ??= now;
    if (this.goodSince !== undefined && now - this.goodSince >= after) this.state = 'fulfilled';
  }

  private takeGauge(series: number, read: number, at: number, value: number): string {
    const keys = this.keys.get(series) ?? [];
    if (keys.filter((key) => key > at).length >= 32) return 'late';
    if (keys.includes(at)) return 'doubled';
    this.keys.set(series, [...keys, at]);
    this.newest = Math.max(this.newest, at);
    if (this.options.counts(at)) this.kept.push({ read, at, value, elapsed: 0 });
    return 'kept';
  }

  private takeCounted(series: number, read: number, at: number, value: number): string {
    const before = this.counts.get(series);
    if (before && at <= before.at) return at === before.at ? 'doubled' : 'late';
    this.counts.set(series, { at, value });
    this.newest = Math.max(this.newest, at);
    if (!before || !this.options.counts(at)) return 'kept';
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

interface Judged {
  readonly samples: number;
  readonly measured: number;
  readonly broken: (margin: number) => boolean;
}

export function judged(guarantee: Guarantee, kept: readonly Kept[]): Judged {
  const values = kept.map(({ value }) => value).sort((a, b) => a - b);
  if (guarantee.term === 'availability') return byRequests(guarantee, kept);
  if (guarantee.term === 'expression') {
    const share = sumOf(kept, 0) / sumOf(kept, 1);
    const samples = Math.min(...[0, 1].map((read) => kept.filter((one) => one.read === read).length));
    return { samples, measured: samples > 0 && Number.isFinite(share) ? share : NaN, broken: beyond(guarantee, share) };
  }
  if (guarantee.percentile !== undefined) return byPercentile(guarantee, guarantee.percentile, values);
  const measured = valueOf(guarantee, values, kept);
  return { samples: values.length, measured, broken: beyond(guarantee, measured) };
}

const sumOf = (kept: readonly Kept[], read: number): number =>
  kept.filter((one) => one.read === read).reduce((total, { value }) => total + value, 0);

function byRequests({ by, atLeast }: AvailabilityGuarantee, kept: readonly Kept[]): Judged {
  const single = by === 'probe';
  const all = single ? kept.length : sumOf(kept, 0);
  const bad = single ? kept.filter(({ value }) => value === 0).length : sumOf(kept, 1);
  const room = (1 - atLeast) * all;
  return {
    samples: kept.filter(({ read }) => read === 0).length,
    measured: all === 0 && bad === 0 ? NaN : (all - bad) / all,
    broken: (margin) => (margin > 0 ? bad > room * (1 - margin) + 1e-9 : (all - bad) / all < atLeast),
  };
}

function valueOf({ statistic, term }: MeasuredGuarantee, values: readonly number[], kept: readonly Kept[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const elapsed = kept.reduce((total, one) => total + one.elapsed, 0);
  if (term === 'throughput') return elapsed === 0 ? NaN : (sum * 1000) / elapsed;
  if (statistic === 'sum') return sum;
  if (statistic === 'count') return values.length;
  if (values.length === 0) return NaN;
  if (statistic === 'minimum') return values[0] ?? NaN;
  return statistic === 'maximum' ? (values.at(-1) ?? NaN) : sum / values.length;
}

/** The smallest value that at least so many of all are not above, held against the bounds. */
function byPercentile(guarantee: MeasuredGuarantee, rank: number, values: readonly number[]): Judged {
  const position = Math.max(1, Math.ceil(Math.round(((rank * values.length) / 100) * 1e9) / 1e9));
  const measured = values[position - 1] ?? NaN;
  const { atMost = Infinity, atLeast = -Infinity } = guarantee;
  const above = values.filter((value) => value > atMost).length;
  const below = values.filter((value) => value < atLeast).length;
  return {
    samples: values.length,
    measured,
    broken: (margin) =>
      margin === 0
        ? measured > atMost || measured < atLeast
        : above > (values.length - position) * (1 - margin) || below > (position - 1) * (1 - margin),
  };
}

const beyond =
  ({ atMost = Infinity, atLeast = -Infinity }: MeasuredGuarantee, measured: number) =>
  (margin: number): boolean =>
    measured > (atMost === Infinity ? Infinity : atMost * (1 - margin)) + 1e-9 ||
    measured < (atLeast === -Infinity ? -Infinity : atLeast * (1 + margin)) - 1e-9;
