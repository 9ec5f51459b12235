import type { Guarantee, GuaranteeState, MeasuredGuarantee, Slices, Span } from '../src/index.js';
import { beginning } from './brute-sampled.js';
import { judged, type Kept } from './brute-statistics.js';

/** What guarantees of slices of time mean, by definition: every sample is kept, and every slice looked at each time. */
export interface BruteSlicedOptions {
  readonly guarantee: Guarantee & { readonly slices: Slices };
  readonly counters: readonly boolean[];
  readonly window: (now: number) => Span;
  readonly origin: (now: number) => number;
  readonly length: number;
}

export class BruteSliced {
  state: GuaranteeState = 'undefined';
  private kept: Kept[] = [];
  private readonly keys = new Map<number, number[]>();
  private readonly counts = new Map<number, { at: number; value: number }>();
  private coveredUntil = -Infinity;
  private from = -Infinity;
  private origin = NaN;
  private newest = -Infinity;

  constructor(private readonly options: BruteSlicedOptions) {}

  take(series: number, at: number, value: number): string {
    const { counters } = this.options;
    this.enter(at);
    if (at < this.from || this.indexOf(at) <= this.newest - 4) return 'late';
    const read = series % counters.length;
    return counters[read] ? this.takeCounted(series, read, at, value) : this.takeGauge(series, read, at, value);
  }

  assess(now: number): { samples: number; state: GuaranteeState; measured: number | null } {
    const { guarantee, window, length } = this.options;
    this.enter(now);
    this.from = window(now).from;
    this.newest = Math.max(this.newest, this.indexOf(now));
    const begin = beginning(this.from, now, this.origin, length);
    const values = this.slices(begin, now);
    const measured = values.reduce((sum, value) => sum + value, 0) / values.length;
    if (values.length >= (guarantee.least ?? 5)) this.state = isBroken(guarantee, measured) ? 'violated' : 'fulfilled';
    return { samples: values.length, state: this.state, measured: values.length === 0 ? null : measured };
  }

  /** What those that begin in the window and are over come to. */
  private slices(begin: number, now: number): readonly number[] {
    const { guarantee } = this.options;
    const indices = [...new Set(this.kept.map(({ at }) => this.indexOf(at)))].filter(
      (index) => this.beginningOf(index) >= begin && this.beginningOf(index + 1) <= now,
    );
    return indices.flatMap((index) => {
      const value = valueOf(
        guarantee,
        this.kept.filter(({ at }) => this.indexOf(at) === index),
      );
      return Number.isNaN(value) ? [] : [value];
    });
  }

  private enter(at: number): void {
    const origin = this.options.origin(at);
    if (origin === this.origin) return;
    this.origin = origin;
    this.kept = [];
    this.newest = -Infinity;
  }

  private indexOf(at: number): number {
    return Math.floor((at - this.origin) / this.options.guarantee.slices.each);
  }

  private beginningOf(index: number): number {
    return this.origin + index * this.options.guarantee.slices.each;
  }

  private keep(one: Kept): void {
    this.kept.push(one);
    this.newest = Math.max(this.newest, this.indexOf(one.at));
  }

  private takeGauge(series: number, read: number, at: number, value: number): string {
    const keys = this.keys.get(series) ?? [];
    if (keys.filter((key) => key > at).length >= 32) return 'late';
    if (keys.includes(at)) return 'doubled';
    this.keys.set(series, [...keys, at]);
    this.keep({ read, at, value, elapsed: 0 });
    return 'kept';
  }

  private takeCounted(series: number, read: number, at: number, value: number): string {
    const before = this.counts.get(series);
    if (before && at <= before.at) return at === before.at ? 'doubled' : 'late';
    this.counts.set(series, { at, value });
    if (!before) return 'kept';
    const growth = value < before.value ? value : value - before.value;
    const elapsed = Math.max(0, at - Math.max(before.at, this.coveredUntil));
    this.coveredUntil = Math.max(this.coveredUntil, at);
    this.keep({ read, at, value: growth, elapsed });
    return 'kept';
  }
}

/** 1 or 0 where good slices are counted, else what the slice comes to; NaN: nothing. */
function valueOf(guarantee: BruteSlicedOptions['guarantee'], kept: readonly Kept[]): number {
  if (guarantee.term === 'error_rate') return failedShare(guarantee, kept);
  if (guarantee.term === 'expression') return ratio(guarantee, kept);
  const { samples, measured, broken } = judged({ guarantee, counters: [] }, kept);
  if (samples === 0 || Number.isNaN(measured)) return NaN;
  if (guarantee.slices.atLeast !== undefined) return broken(0) ? 0 : 1;
  if (guarantee.term === 'availability') return Math.max(0, measured);
  return guarantee.percentile === undefined ? measured : shareWithin(guarantee, kept);
}

type SlicedMeasure = MeasuredGuarantee & { readonly slices: Slices };

function shareWithin({ atMost = Infinity, atLeast = -Infinity }: SlicedMeasure, kept: readonly Kept[]): number {
  return kept.filter(({ value }) => value <= atMost && value >= atLeast).length / kept.length;
}

function failedShare({ slices, atMost = 1 }: SlicedMeasure, kept: readonly Kept[]): number {
  const [all = 0, bad = 0] = [0, 1].map((read) =>
    kept.filter((one) => one.read === read).reduce((sum, { value }) => sum + value, 0),
  );
  if (!kept.some(({ read }) => read === 0) || (all === 0 && bad === 0)) return NaN;
  return slices.atLeast === undefined ? Math.min(1, bad / all) : Number(bad / all <= atMost);
}

/** Of two gauges. */
function ratio({ slices, atLeast = 0 }: SlicedMeasure, kept: readonly Kept[]): number {
  const [part = NaN, total = NaN] = [0, 1].map((read) => {
    const values = kept.filter((one) => one.read === read);
    return values.reduce((sum, { value }) => sum + value, 0) / values.length;
  });
  const share = part / total;
  if (!Number.isFinite(share)) return NaN;
  return slices.atLeast === undefined ? share : Number(share >= atLeast - 1e-9);
}

function isBroken(guarantee: BruteSlicedOptions['guarantee'], measured: number): boolean {
  const { slices } = guarantee;
  if (slices.atLeast !== undefined) return measured < slices.atLeast - 1e-9;
  if (guarantee.term === 'availability') return measured < guarantee.atLeast - 1e-9;
  const { atMost = Infinity, atLeast = -Infinity, percentile } = guarantee;
  if (percentile !== undefined) return measured < (atMost === Infinity ? 1 - percentile / 100 : percentile / 100) - 1e-9;
  return measured > atMost + 1e-9 || measured < atLeast - 1e-9;
}
