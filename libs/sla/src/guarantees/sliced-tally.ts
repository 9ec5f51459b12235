import type { Guarantee, Slices } from '../documents/guarantee.js';
import { type Arithmetic, type Bounds, isBeyond } from './arithmetic.js';
import { arithmeticOf } from './arithmetic-of.js';
import type { Piece } from './evaluator.js';
import { wholeBoundsOf } from './judged.js';
import { OpenSlices, type Slice } from './open-slices.js';
import { Parts } from './parts.js';
import { doublesOf, headKey, numbersPiece } from './pieces.js';
import { failureArithmetic } from './shares.js';
import type { Tally, TallyPast } from './tally.js';
import { valueArithmetic } from './values.js';
import { windowLength } from './window.js';

type Sliced = Guarantee & { readonly slices: Slices };

/**
 * A window in slices of time: samples are counted in their slice, and a slice that is over in the window, at its beginning: as good or bad, or as what it
 * comes to. Slices are counted from 1970 on, in a calendar window from its beginning. One in which nothing was measured is none.
 */
export class SlicedTally implements Tally {
  readonly arithmetic: Arithmetic;
  private readonly inner: Arithmetic;
  private readonly parts: Parts;
  private readonly open: OpenSlices;
  private readonly sums: Float64Array;
  private readonly intoSums: Pick<Parts, 'put'> = {
    put: (_, column, value) => void (this.sums[column] = (this.sums[column] ?? 0) + value),
  };

  constructor(
    private readonly guarantee: Sliced,
    past?: TallyPast,
    pieces: readonly Piece[] = [],
  ) {
    // What a percentile of one slice would be shown as says nothing here.
    this.inner = arithmeticOf(guarantee, () => 0);
    this.arithmetic = overSlices(guarantee, this.inner);
    this.parts = new Parts(this.arithmetic.columns, Parts.unitOf(windowLength(guarantee)), past?.origin ?? 0);
    this.open = new OpenSlices(this.inner.columns, past?.slices);
    this.sums = new Float64Array(this.arithmetic.columns.length);
    if (past) this.parts.restore(pieces.filter(({ key }) => key > headKey && key >= past.origin).map(doublesOf));
  }

  isOpen(at: number): boolean {
    return this.open.isOpen(this.indexOf(at));
  }

  put(read: number, at: number, value: number, elapsed: number): void {
    const index = this.indexOf(at);
    this.reach(index);
    this.inner.put(this.open, this.open.row(index), read, value, elapsed);
  }

  /** Of slices those that were over by then: none is that began less than its length before. */
  since(from: number, now: number, until = Infinity): Float64Array {
    this.reach(this.indexOf(now));
    this.sums.set(this.parts.since(from, now, until - this.guarantee.slices.each));
    return this.withOpen(from, now);
  }

  lately(from: number, now: number, until = Infinity): Float64Array {
    this.parts.sumSince(from, now, this.sums, until - this.guarantee.slices.each);
    return this.withOpen(from, now);
  }

  forget(from: number, now: number): void {
    this.parts.forget(from, now);
  }

  restart(origin: number): void {
    this.parts.restart(origin);
    this.open.clear();
  }

  head(): TallyPast {
    return { origin: this.parts.origin, few: null, slices: this.open.dump() };
  }

  pieces(): readonly Piece[] {
    return this.parts.takeChanged().map(({ key, rows }) => numbersPiece(key, rows));
  }

  get firstKey(): number {
    return this.parts.firstKey;
  }

  private indexOf(at: number): number {
    return Math.floor((at - this.parts.origin) / this.guarantee.slices.each);
  }

  private beginningOf(index: number): number {
    return this.parts.origin + index * this.guarantee.slices.each;
  }

  /** What can change no more goes where the others are. */
  private reach(index: number): void {
    for (const slice of this.open.reach(index)) {
      const value = this.valueOf(slice);
      if (!Number.isNaN(value)) this.arithmetic.put(this.parts, this.parts.row(this.beginningOf(slice.index)), 0, value, 0);
    }
  }

  /** Of those that can change, the ones that are over count as they are. */
  private withOpen(from: number, now: number): Float64Array {
    const begin = this.parts.beginning(from, now);
    for (const slice of this.open.slices) {
      if (this.beginningOf(slice.index) < begin || this.beginningOf(slice.index + 1) > now) continue;
      const value = this.valueOf(slice);
      if (!Number.isNaN(value)) this.arithmetic.put(this.intoSums, 0, 0, value, 0);
    }
    return this.sums;
  }

  /** What a slice is in the window: 1 or 0 where good ones are counted, else what is averaged. NaN: nothing was measured. */
  private valueOf({ sums }: Slice): number {
    const { guarantee, inner } = this;
    const measured = inner.measured(sums);
    if (inner.samples(sums) === 0 || Number.isNaN(measured)) return NaN;
    if (guarantee.slices.atLeast !== undefined) return inner.isBroken(sums, 0) ? 0 : 1;
    const { allowance } = inner;
    if (!allowance) return measured;
    const bad = Math.min(1, allowance.bad(sums) / allowance.all(sums));
    return guarantee.term === 'error_rate' ? bad : 1 - bad;
  }
}

/** How the window is judged by its slices. */
function overSlices(guarantee: Sliced, { allowance }: Arithmetic): Arithmetic {
  const bounds = wholeBoundsOf(guarantee);
  if (guarantee.slices.atLeast !== undefined) return failureArithmetic(bounds, 'sliced');
  return allowance ? averagedShare(bounds, allowance.share) : valueArithmetic('mean', bounds);
}

/** The mean of shares, of which some may be missing. */
function averagedShare(bounds: Bounds, share: number): Arithmetic {
  const mean = valueArithmetic('mean', bounds);
  const all = (sums: Float64Array): number => sums[0] ?? 0;
  const bad = (sums: Float64Array): number =>
    bounds.atMost === undefined ? Math.max(0, all(sums) - (sums[1] ?? 0)) : (sums[1] ?? 0);
  return {
    ...mean,
    isBroken: (sums, margin) =>
      margin > 0 ? bad(sums) > share * (1 - margin) * all(sums) : isBeyond(mean.measured(sums), bounds, 0),
    allowance: { share, unit: 'slices', all, bad, allowed: (sums) => share * all(sums) },
  };
}
