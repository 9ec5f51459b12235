import type { Arithmetic, Bounds } from './arithmetic.js';
import { positionOf } from './percentile.js';

/**
 * The share of requests that failed, from two counters or from single tries (`up`). Whole numbers are divided once, so what comes out is the
 * nearest to the truth that there is, and compares exactly.
 *
 * @param atMost the greatest share that may fail, and `atLeast` the least that may not; one of them
 */
export function failureArithmetic({ atMost, atLeast }: Bounds, tries: 'counted' | 'single' | 'sliced'): Arithmetic {
  const [samples, all, bad] = [0, 1, 2];
  const share = atMost ?? rounded(1 - (atLeast ?? 0));
  const good = (sums: Float64Array): number => ((sums[all] ?? 0) - (sums[bad] ?? 0)) / (sums[all] ?? 0);
  const failed = (sums: Float64Array): number => (sums[bad] ?? 0) / (sums[all] ?? 0);
  return {
    columns: ['+', '+', '+'],
    put: (parts, row, read, value) => {
      if (tries !== 'counted') {
        parts.put(row, samples, 1);
        parts.put(row, all, 1);
        if (value <= 0) parts.put(row, bad, 1);
      } else if (read === 0) {
        parts.put(row, samples, 1);
        parts.put(row, all, value);
      } else parts.put(row, bad, value);
    },
    samples: (sums) => sums[samples] ?? 0,
    measured: (sums) => (atLeast === undefined ? failed(sums) : good(sums)),
    isBroken: (sums, margin) => {
      if (margin > 0) return (sums[bad] ?? 0) > share * (1 - margin) * (sums[all] ?? 0);
      return atLeast === undefined ? failed(sums) > share : good(sums) < atLeast;
    },
    allowance: {
      share,
      unit: units[tries],
      all: (sums) => sums[all] ?? 0,
      bad: (sums) => sums[bad] ?? 0,
      allowed: (sums) => rounded(share * (sums[all] ?? 0)),
    },
  };
}

const units = { counted: 'requests', single: 'samples', sliced: 'slices' } as const;

/**
 * A percentile is above its bound exactly when more values are than lie above its rank: the values beyond the bound are counted, so the verdict is
 * exact whatever the percentile is estimated to be. What it is shown as, `shown`, never contradicts that.
 */
export function percentileArithmetic(
  rank: number,
  { atMost, atLeast }: Bounds,
  shown: (rank: number) => number | undefined,
): Arithmetic {
  const [samples, above, below] = [0, 1, 2];
  const count = (sums: Float64Array): number => sums[samples] ?? 0;
  const mayBeAbove = (sums: Float64Array): number => count(sums) - positionOf(rank, count(sums));
  const mayBeBelow = (sums: Float64Array): number => positionOf(rank, count(sums)) - 1;
  const isAbove = (sums: Float64Array, margin = 0): boolean => (sums[above] ?? 0) > mayBeAbove(sums) * (1 - margin);
  const isBelow = (sums: Float64Array, margin = 0): boolean => (sums[below] ?? 0) > mayBeBelow(sums) * (1 - margin);
  return {
    columns: atLeast === undefined ? ['+', '+'] : ['+', '+', '+'],
    put: (parts, row, _, value) => {
      parts.put(row, samples, 1);
      if (atMost !== undefined && value > atMost) parts.put(row, above, 1);
      if (atLeast !== undefined && value < atLeast) parts.put(row, below, 1);
    },
    samples: count,
    measured: (sums) => {
      const value = count(sums) === 0 ? undefined : shown(rank);
      if (value === undefined) return NaN;
      const upper = onItsSide(value, atMost, isAbove(sums));
      return onItsSide(upper, atLeast, !isBelow(sums));
    },
    isBroken: (sums, margin) =>
      count(sums) > 0 && ((atMost !== undefined && isAbove(sums, margin)) || (atLeast !== undefined && isBelow(sums, margin))),
    ...(atMost !== undefined && atLeast !== undefined
      ? {}
      : {
          allowance: {
            share: rounded(atMost === undefined ? rank / 100 : 1 - rank / 100),
            unit: 'samples',
            all: count,
            bad: (sums) => (atMost === undefined ? (sums[below] ?? 0) : (sums[above] ?? 0)),
            allowed: (sums) => (atMost === undefined ? mayBeBelow(sums) : mayBeAbove(sums)),
          },
        }),
  };
}

/** As close to the value as it can be on the side of a bound that it is known to be on. */
function onItsSide(value: number, bound: number | undefined, isOver: boolean): number {
  if (bound === undefined) return value;
  return isOver ? Math.max(value, bound) : Math.min(value, bound);
}

/** Without the noise of binary fractions: 0.001 × 3000 is 3, and not a little more. */
const rounded = (value: number): number => Math.round(value * 1e9) / 1e9;
