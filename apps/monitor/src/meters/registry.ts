import type { MetricMeter } from './metric.js';
import { pushed } from './pushed.js';
import { reachable } from './reachable.js';
import { responseTime } from './response-time.js';
import { up } from './up.js';
import { vendorMetric } from './vendor-metric.js';

/** The meter of each metric, by the term of its mixin (libs/occi, extensions/monitoring.ts). */
export const meters: Readonly<Record<string, MetricMeter>> = {
  response_time: responseTime,
  up,
  reachable,
  cpu: vendorMetric('cpu', '1'),
  memory: vendorMetric('memory', 'GiB'),
  network_in: vendorMetric('network-in', 'bytes/s'),
  network_out: vendorMetric('network-out', 'bytes/s'),
  disk_read: vendorMetric('disk-read', 'bytes/s'),
  disk_write: vendorMetric('disk-write', 'bytes/s'),
  pushed,
};
