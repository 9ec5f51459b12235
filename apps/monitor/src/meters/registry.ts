import { certificateDays } from './certificate-days.js';
import { dns } from './dns.js';
import { icmp } from './icmp.js';
import type { MetricMeter } from './metric.js';
import { reachable } from './reachable.js';
import { responseTime } from './response-time.js';
import { difference, pushed, told } from './told.js';
import { up } from './up.js';

/** The meter of each metric, by the term of its mixin (libs/occi, extensions/monitoring.ts). */
export const meters: Readonly<Record<string, MetricMeter>> = {
  response_time: responseTime,
  up,
  reachable,
  certificate_days: certificateDays,
  dns,
  icmp,
  cpu: told('vendor', 'cpu_utilisation', '1'),
  memory: told('vendor', 'memory_used', 'GiB'),
  network_in: told('vendor', 'network_in', 'bytes/s'),
  network_out: told('vendor', 'network_out', 'bytes/s'),
  disk_read: told('vendor', 'disk_read', 'bytes/s'),
  disk_write: told('vendor', 'disk_write', 'bytes/s'),
  price: told('business', 'price', 'USD/h'),
  carbon: told('business', 'carbon', 'g/kWh'),
  pushed,
  difference,
};
