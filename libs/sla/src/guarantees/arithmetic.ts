import type { Guarantee } from '../documents/guarantee.js';
import type { Column, Parts } from './parts.js';

/** What is made of the samples of a window, and what of that breaks the guarantee. One for each way of judging. */
export interface Arithmetic {
  readonly columns: readonly Column[];
  /**
   * Counts a sample in its part.
   * @param read which of the metrics, in the order of `measuredMetrics`
   * @param value of a gauge the value, of a counter by how much it grew
   * @param elapsed of a counter, the time that it grew in, ms
   */
  put(parts: Pick<Parts, 'put'>, row: number, read: number, value: number, elapsed: number): void;
  samples(sums: Float64Array): number;
  /** NaN: there is nothing to go by. */
  measured(sums: Float64Array): number;
  /** Whether the bound is broken; `margin`: as if it were so much closer. */
  isBroken(sums: Float64Array, margin: number): boolean;
  /** What may go wrong, where the guarantee leaves some room for it: a mean has none. */
  readonly allowance?: Allowance;
}

/** The bad ones among all. */
export interface Allowance {
  /** The share of all that may be bad. */
  readonly share: number;
  readonly unit: 'requests' | 'samples' | 'slices';
  all(sums: Float64Array): number;
  bad(sums: Float64Array): number;
  /** How many of these may be bad. */
  allowed(sums: Float64Array): number;
}

export type Bounds = Pick<Guarantee & { readonly atMost?: number; readonly atLeast?: number }, 'atMost' | 'atLeast'>;

/** A value that is not exact to the last digit of a sum of fractions is not held against anybody. */
const noise = 1e-12;
const exceeds = (a: number, b: number): boolean => a - b > noise * Math.max(Math.abs(a), Math.abs(b));

export function isBeyond(value: number, { atMost, atLeast }: Bounds, margin: number): boolean {
  const above = atMost !== undefined && exceeds(value, atMost - margin * Math.abs(atMost));
  const below = atLeast !== undefined && exceeds(atLeast + margin * Math.abs(atLeast), value);
  return above || below;
}
