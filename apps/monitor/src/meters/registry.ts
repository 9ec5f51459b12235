import type { SampleSource } from '@cloud-agency/bus';
import { certificateDays } from './certificate-days.js';
import { dns } from './dns.js';
import { icmp } from './icmp.js';
import type { MetricMeter, MetricTask } from './metric.js';
import { reachable } from './reachable.js';
import { responseTime } from './response-time.js';
import { difference, pushed, scraped, told } from './told.js';
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
  scraped,
  difference,
};

/** What a collector measures: its metric, with the name where there is one for each name, e.g. `pushed:queue_length`. */
export function measuredBy({ metric, settings }: Pick<MetricTask, 'settings'> & { readonly metric: string }): string {
  const name = settings['agency.metric.name'];
  return meters[metric]?.isNamed && name !== undefined ? `${metric}:${String(name)}` : metric;
}

/** Whose figures of what a collector measures these are. */
export const sourceOf = (measured: string): SampleSource => meters[measured.replace(/:.*$/, '')]?.source ?? 'probe';
