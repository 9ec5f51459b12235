import { get } from './asking.js';
import type { MetricMeter } from './metric.js';

/** How long a GET takes until the whole answer is there; an answer that is no success has none. */
export const responseTime: MetricMeter = {
  unit: 'ms',
  measure: (task) => get(task, ({ milliseconds }) => milliseconds),
};
