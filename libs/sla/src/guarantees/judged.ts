/** What a guarantee says where it leaves something unsaid, and what it reads. */
import type { AvailabilityGuarantee, Guarantee, MeasuredGuarantee, Missing, Statistic } from '../documents/guarantee.js';
import { metricCondition, metricExpression } from '../vocabulary/over-metrics.js';
import { metricOf, type MetricSource } from '../vocabulary/metrics.js';
import type { Bounds } from './arithmetic.js';
import type { Series } from './evaluator.js';

/** Of fewer samples nothing new is said, unless the guarantee itself says how many it takes: what was said before stands. */
export const fewestSamples = 5;

export function leastOf(guarantee: Guarantee): number {
  if (guarantee.least !== undefined) return guarantee.least;
  const counts = guarantee.term === 'metric' && ['sum', 'count'].includes(guarantee.statistic ?? '');
  return counts ? 0 : fewestSamples;
}

export const missingOf = ({ missing }: Pick<Guarantee, 'missing'>): Missing => missing ?? { as: 'unknown', after: 600_000 };

/** By what a term is judged; undefined for shares and expressions, which are what they are. */
export function statisticOf(guarantee: MeasuredGuarantee): Statistic | undefined {
  const { term, statistic, percentile } = guarantee;
  if (term === 'error_rate' || term === 'expression') return undefined;
  if (statistic) return statistic;
  if (percentile !== undefined || term === 'response_time') return 'percentile';
  return term === 'throughput' ? 'rate' : 'mean';
}

/** 95 unless said. */
export const percentileOf = ({ percentile = 95 }: MeasuredGuarantee): number => percentile;

/** What the samples are held against; of a guarantee of slices those of one slice. */
export function boundsOf(guarantee: Guarantee): Bounds {
  const { atLeast } = guarantee;
  const atMost = guarantee.term === 'availability' ? undefined : guarantee.atMost;
  return { ...(atMost !== undefined && { atMost }), ...(atLeast !== undefined && { atLeast }) };
}

/** What is held against the whole window: of slices how many are good, of percentiles that are averaged the share of values within the bound. */
export function wholeBoundsOf(guarantee: Guarantee): Bounds {
  const { slices } = guarantee;
  if (slices?.atLeast !== undefined) return { atLeast: slices.atLeast };
  return slices && isByPercentile(guarantee) ? { atLeast: shareWithin(guarantee) } : boundsOf(guarantee);
}

export const isByPercentile = (guarantee: Guarantee): guarantee is MeasuredGuarantee =>
  guarantee.term !== 'availability' && statisticOf(guarantee) === 'percentile';

/** Which share of all values is within the one bound of a percentile that is kept. */
function shareWithin(guarantee: MeasuredGuarantee): number {
  const rank = percentileOf(guarantee) / 100;
  return guarantee.atMost === undefined ? Number((1 - rank).toFixed(12)) : rank;
}

/**
 * Which metrics of its subject's machines a guarantee reads, as measured by whom: first those that it is about, then those of its condition. One may be there
 * twice, once for each.
 */
export function seriesOf(guarantee: Guarantee): readonly Series[] {
  const of = (by: MetricSource | undefined) => (metric: string) => ({ metric, source: sourceOf(metric, by) });
  return [...measuredMetrics(guarantee).map(of(guarantee.by)), ...conditionMetrics(guarantee).map(of(guarantee.when?.by))];
}

/** Whose figures of a metric count: of who is named, if he can measure it, else of the first who can. */
export function sourceOf(metric: string, by: MetricSource | undefined): MetricSource {
  const { sources } = metricOf(metric);
  return by !== undefined && sources.includes(by) ? by : (sources[0] ?? 'resource');
}

/** What it is about. */
export function measuredMetrics(guarantee: Guarantee): readonly string[] {
  if (guarantee.term === 'availability') return availabilityMetrics(guarantee);
  switch (guarantee.term) {
    case 'error_rate':
      return ['requests', 'errors'];
    case 'expression':
      return metricExpression(guarantee.value ?? '').reads;
    case 'throughput':
      return [guarantee.metric ?? 'requests'];
    case 'metric':
      return [guarantee.metric ?? ''];
    default:
      return [guarantee.term];
  }
}

/** Each probe is a request of its own. */
const availabilityMetrics = ({ counted, by }: AvailabilityGuarantee): readonly string[] =>
  counted === 'requests' && by !== 'probe' ? ['requests', 'errors'] : ['up'];

export const conditionMetrics = ({ when }: Guarantee): readonly string[] => (when ? metricCondition(when.holds).reads : []);

/** Whether a metric of a guarantee is a counter: by the vocabulary, or, of an application's own, by what is made of it. */
export function isCounter(guarantee: Guarantee, metric: string): boolean {
  if (metricOf(metric).kind === 'counter') return true;
  return guarantee.term === 'throughput' || (guarantee.term === 'metric' && guarantee.statistic === 'rate');
}
