/** One figure of at least one value. */
export type Aggregator = (values: readonly number[]) => number;

/** By the term of the aggregator's mixin (libs/occi, extensions/monitoring.ts). */
export const aggregators: Readonly<Record<string, Aggregator>> = {
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  minimum: (values) => values.reduce((least, value) => Math.min(least, value), Infinity),
  maximum: (values) => values.reduce((greatest, value) => Math.max(greatest, value), -Infinity),
  percentile_95: (values) => [...values].sort((a, b) => a - b)[Math.ceil(0.95 * values.length) - 1] ?? NaN,
};
