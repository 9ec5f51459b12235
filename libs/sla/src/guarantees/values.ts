import { type Arithmetic, type Bounds, isBeyond } from './arithmetic.js';
import type { Column } from './parts.js';
import { metricExpression } from '../vocabulary/over-metrics.js';

type Simple = 'mean' | 'minimum' | 'maximum' | 'sum' | 'count' | 'rate';

interface Made {
  /** How the second column is put together; the first counts samples, the third is the time that a counter grew in. */
  readonly column: Column;
  readonly of: (samples: number, second: number, elapsed: number) => number;
}

const second = 1000;

const made: Readonly<Record<Simple, Made>> = {
  mean: { column: '+', of: (samples, sum) => sum / samples },
  minimum: { column: 'least', of: (samples, least) => (samples > 0 ? least : NaN) },
  maximum: { column: 'greatest', of: (samples, greatest) => (samples > 0 ? greatest : NaN) },
  sum: { column: '+', of: (_, sum) => sum },
  count: { column: '+', of: (samples) => samples },
  rate: { column: '+', of: (_, growth, elapsed) => (elapsed > 0 ? (growth * second) / elapsed : NaN) },
};

/** One number is made of all samples, and held against the bounds. */
export function valueArithmetic(statistic: Simple, bounds: Bounds): Arithmetic {
  const { column, of } = made[statistic];
  const isRate = statistic === 'rate';
  const measured = (sums: Float64Array): number => of(sums[0] ?? 0, sums[1] ?? 0, sums[2] ?? 0);
  return {
    columns: isRate ? ['+', column, '+'] : ['+', column],
    put: (parts, row, _, value, elapsed) => {
      parts.put(row, 0, 1);
      parts.put(row, 1, value);
      if (isRate) parts.put(row, 2, elapsed);
    },
    samples: (sums) => sums[0] ?? 0,
    measured,
    isBroken: (sums, margin) => isBeyond(measured(sums), bounds, margin),
  };
}

/** Each metric comes to the mean of its samples, or as a counter to its growth, over the window; the expression is made of these. */
export function expressionArithmetic(written: string, counters: readonly boolean[], bounds: Bounds): Arithmetic {
  const { reads, valueOf } = metricExpression(written);
  const of = (sums: Float64Array, read: number): number => {
    const [samples = 0, sum = 0] = [sums[2 * read], sums[2 * read + 1]];
    if (samples === 0) return NaN;
    return counters[read] ? sum : sum / samples;
  };
  const measured = (sums: Float64Array): number => {
    const value = valueOf((name) => of(sums, reads.indexOf(name)));
    return Number.isFinite(value) ? value : NaN;
  };
  return {
    columns: reads.flatMap(() => ['+', '+'] as const),
    put: (parts, row, read, value) => {
      parts.put(row, 2 * read, 1);
      parts.put(row, 2 * read + 1, value);
    },
    samples: (sums) => Math.min(...reads.map((_, read) => sums[2 * read] ?? 0)),
    measured,
    isBroken: (sums, margin) => isBeyond(measured(sums), bounds, margin),
  };
}
