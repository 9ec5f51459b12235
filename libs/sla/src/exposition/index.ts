export { Counters } from './counters.js';
export { metricsOf } from './metrics-of.js';
export { type Exposition, readOpenMetrics } from './openmetrics.js';
export type { MetricValue, SeriesValue } from './series.js';
