import type { Guarantee } from '@cloud-agency/sla';

/** What one sample can do to a guarantee: -1 it can only break it, 1 it can only mend it, 0 nobody can tell. */
export type Bearing = -1 | 0 | 1;

/** Statistics of which a sample within the bounds never leads beyond them. */
const betweenTheirSamples: readonly (string | undefined)[] = [undefined, 'percentile', 'mean', 'minimum', 'maximum'];

/**
 * How a sample bears on its guarantee, by its value alone. Guarantees are judged at once only by samples that may change what is said of them,
 * so those that are kept, which are nearly all, cost next to nothing.
 */
export function bearingOf(guarantee: Guarantee): (value: number) => Bearing {
  if (guarantee.slices) return unknown;
  if (guarantee.term === 'availability') return guarantee.counted ? unknown : (value) => (value > 0 ? 1 : -1);
  const { term, statistic, atMost = Infinity, atLeast = -Infinity, when } = guarantee;
  const isPlain = !['expression', 'throughput', 'error_rate'].includes(term) && betweenTheirSamples.includes(statistic) && !when;
  return isPlain ? (value) => (value > atMost || value < atLeast ? -1 : 1) : unknown;
}

const unknown = (): Bearing => 0;
