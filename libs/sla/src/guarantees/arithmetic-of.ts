import type { Guarantee } from '../documents/guarantee.js';
import type { Arithmetic } from './arithmetic.js';
import { boundsOf, isCounter, measuredMetrics, percentileOf, statisticOf } from './judged.js';
import { failureArithmetic, percentileArithmetic } from './shares.js';
import { expressionArithmetic, valueArithmetic } from './values.js';

/** How a guarantee is judged, if not by time. @param shown the percentile of the window's values, as it is shown */
export function arithmeticOf(guarantee: Guarantee, shown: (rank: number) => number | undefined): Arithmetic {
  if (guarantee.term === 'availability')
    return failureArithmetic({ atLeast: guarantee.atLeast }, measuredMetrics(guarantee).length > 1 ? 'counted' : 'single');
  if (guarantee.term === 'error_rate') return failureArithmetic({ atMost: guarantee.atMost ?? 1 }, 'counted');
  if (guarantee.term === 'expression') {
    const counters = measuredMetrics(guarantee).map((metric) => isCounter(guarantee, metric));
    return expressionArithmetic(guarantee.value ?? '', counters, boundsOf(guarantee));
  }
  const statistic = statisticOf(guarantee) ?? 'mean';
  return statistic === 'percentile'
    ? percentileArithmetic(percentileOf(guarantee), boundsOf(guarantee), shown)
    : valueArithmetic(statistic, boundsOf(guarantee));
}
