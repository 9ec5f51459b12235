import type { Guarantee } from '../documents/guarantee.js';
import type { Arithmetic } from './arithmetic.js';
import { arithmeticOf } from './arithmetic-of.js';
import type { Piece } from './evaluator.js';
import { isByPercentile } from './judged.js';
import type { OpenSlicesPast } from './open-slices.js';
import { Parts } from './parts.js';
import { doublesOf, floatsOf, headKey, numbersPiece } from './pieces.js';
import { Quantiles } from './quantiles.js';
import { windowLength } from './window.js';

/** What the samples of a window come to. */
export interface Tally {
  readonly arithmetic: Arithmetic;
  /** Whether what was measured at an instant can still be counted, as far as it is in the window. */
  isOpen(at: number): boolean;
  put(read: number, at: number, value: number, elapsed: number): void;
  /** What all from an instant on comes to, up to another. Good until the next call. */
  since(from: number, now: number, until?: number): Float64Array;
  /** The same of a shorter stretch. */
  lately(from: number, now: number, until?: number): Float64Array;
  forget(from: number, now: number): void;
  /** Begins anew with a calendar period. */
  restart(origin: number): void;
  /** What changes with every sample and is not in a piece of its own. */
  head(): TallyPast;
  pieces(): readonly Piece[];
  readonly firstKey: number;
}

/** Counted in parts, and sketches of their values where a percentile is to be shown. */
export class SampleTally implements Tally {
  readonly arithmetic: Arithmetic;
  private readonly parts: Parts;
  private readonly quantiles: Quantiles | undefined;
  private readonly scratch: Float64Array;
  private until = Infinity;

  constructor(guarantee: Guarantee, past?: TallyPast, pieces: readonly Piece[] = []) {
    const length = windowLength(guarantee);
    this.quantiles = isByPercentile(guarantee) ? new Quantiles(length) : undefined;
    this.arithmetic = arithmeticOf(guarantee, (rank) => this.quantiles?.at(rank, this.until));
    this.scratch = new Float64Array(this.arithmetic.columns.length);
    this.parts = new Parts(this.arithmetic.columns, Parts.unitOf(length), past?.origin ?? 0);
    if (past) this.restore(past, pieces);
  }

  isOpen(): boolean {
    return true;
  }

  put(read: number, at: number, value: number, elapsed: number): void {
    this.arithmetic.put(this.parts, this.parts.row(at), read, value, elapsed);
    this.quantiles?.take(at, value);
  }

  since(from: number, now: number, until = Infinity): Float64Array {
    // What is shown is of the same values as what is decided.
    this.until = this.parts.endOfUnit(until) - 1;
    return this.parts.since(from, now, until);
  }

  lately(from: number, now: number, until?: number): Float64Array {
    return this.parts.sumSince(from, now, this.scratch, until);
  }

  forget(from: number, now: number): void {
    this.parts.forget(from, now);
    this.quantiles?.forget(this.parts.beginning(from, now));
  }

  restart(origin: number): void {
    this.parts.restart(origin);
    this.quantiles?.clear();
  }

  head(): TallyPast {
    return { origin: this.parts.origin, few: this.quantiles?.few ?? null };
  }

  /** Sketches are under the negative of the beginning of what they are of. */
  pieces(): readonly Piece[] {
    const sketches = this.quantiles?.takeChanged() ?? [];
    return [
      ...this.parts.takeChanged().map(({ key, rows }) => numbersPiece(key, rows)),
      ...sketches.map(({ from, bins }) => numbersPiece(-from, bins)),
    ];
  }

  get firstKey(): number {
    return Math.min(this.parts.firstKey, this.quantiles?.firstKey ?? Infinity);
  }

  private restore({ origin, few }: TallyPast, pieces: readonly Piece[]): void {
    this.parts.restore(pieces.filter(({ key }) => key > headKey && key >= origin).map(doublesOf));
    const sketches = pieces.filter(({ key }) => key < headKey).map((piece) => ({ from: -piece.key, bins: floatsOf(piece) }));
    this.quantiles?.restore(few ?? undefined, sketches);
  }
}

export interface TallyPast {
  /** Of a calendar window, when its period began. */
  readonly origin: number;
  readonly few: readonly number[] | null;
  readonly slices?: OpenSlicesPast;
}
