import { asked } from './asking.js';
import type { MetricMeter } from './metric.js';

/** The round trip of an echo request; one without an answer has none. */
export const icmp: MetricMeter = {
  unit: 'ms',
  measure: (task) => asked({ icmp: { packets: 1 } }, task, ({ milliseconds }) => milliseconds),
};
