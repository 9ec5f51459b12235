import type { MetricMeter } from './metric.js';
import { reachable } from './reachable.js';
import { responseTime } from './response-time.js';
import { up } from './up.js';

/** The meter of each metric, by the term of its mixin (libs/occi, extensions/monitoring.ts). */
export const meters: Readonly<Record<string, MetricMeter>> = { response_time: responseTime, up, reachable };
