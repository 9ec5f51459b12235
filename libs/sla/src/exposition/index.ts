export { Counters } from './counters.js';
export { metricValues } from './metric-values.js';
export { type Exposition, mostValues, readOpenMetrics } from './openmetrics.js';
export type { MetricValue, SeriesValue } from './series.js';
