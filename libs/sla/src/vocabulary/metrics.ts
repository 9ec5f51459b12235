/** What can be measured of what runs: one vocabulary for guarantees, conditions, samples, collectors and reports. */
import type { Dimension } from './quantity.js';

export const metricSources = ['probe', 'vendor', 'resource', 'business'] as const;
/**
 * Who measured: `probe` the Agency for its client, from outside; `vendor` the vendor; `resource` the machine itself, pushed or scraped;
 * `business` what is known of the machine without measuring it.
 */
export type MetricSource = (typeof metricSources)[number];

export interface Metric {
  readonly dimension: Dimension;
  /** Of a sample, and of every verdict about it; fractions are shown in %. */
  readonly unit: string;
  /** A gauge is a value at an instant. A counter only grows, and begins at 0 again when what counts is restarted. */
  readonly kind: 'gauge' | 'counter';
  readonly meaning: string;
  /** Who can measure it, the one that is believed unless another is named first. */
  readonly sources: readonly MetricSource[];
  readonly better: 'more' | 'less';
  /** Whether a value below 0 is possible; it is refused else. */
  readonly signed?: true;
}

const fromOutside = ['probe', 'resource'] as const;
const ofMachines = ['vendor', 'resource'] as const;

const table = {
  up: {
    dimension: 'number',
    unit: '1',
    kind: 'gauge',
    meaning: '1 while it answers, else 0',
    sources: ['probe', 'vendor', 'resource'],
    better: 'more',
  },
  response_time: {
    dimension: 'duration',
    unit: 'ms',
    kind: 'gauge',
    meaning: 'how long an answer takes',
    sources: fromOutside,
    better: 'less',
  },
  certificate_days: {
    dimension: 'number',
    unit: 'd',
    kind: 'gauge',
    meaning: 'how long the certificate that is shown is still valid',
    sources: ['probe'],
    better: 'more',
    signed: true,
  },
  requests: {
    dimension: 'number',
    unit: '1',
    kind: 'counter',
    meaning: 'requests served, well or not',
    sources: ['resource', 'vendor'],
    better: 'more',
  },
  errors: {
    dimension: 'number',
    unit: '1',
    kind: 'counter',
    meaning: 'requests that failed',
    sources: ['resource', 'vendor'],
    better: 'less',
  },
  cpu_utilisation: {
    dimension: 'fraction',
    unit: '1',
    kind: 'gauge',
    meaning: 'share of all cores in use',
    sources: ofMachines,
    better: 'less',
  },
  memory_utilisation: {
    dimension: 'fraction',
    unit: '1',
    kind: 'gauge',
    meaning: 'share of the memory in use',
    sources: ['resource', 'vendor'],
    better: 'less',
  },
  memory_used: {
    dimension: 'size',
    unit: 'GiB',
    kind: 'gauge',
    meaning: 'memory in use',
    sources: ofMachines,
    better: 'less',
  },
  disk_utilisation: {
    dimension: 'fraction',
    unit: '1',
    kind: 'gauge',
    meaning: 'share of the disk in use',
    sources: ['resource', 'vendor'],
    better: 'less',
  },
  network_in: {
    dimension: 'number',
    unit: 'bytes/s',
    kind: 'gauge',
    meaning: 'bytes received a second',
    sources: ofMachines,
    better: 'more',
  },
  network_out: {
    dimension: 'number',
    unit: 'bytes/s',
    kind: 'gauge',
    meaning: 'bytes sent a second',
    sources: ofMachines,
    better: 'more',
  },
  disk_read: {
    dimension: 'number',
    unit: 'bytes/s',
    kind: 'gauge',
    meaning: 'bytes read a second',
    sources: ofMachines,
    better: 'more',
  },
  disk_write: {
    dimension: 'number',
    unit: 'bytes/s',
    kind: 'gauge',
    meaning: 'bytes written a second',
    sources: ofMachines,
    better: 'more',
  },
  computing_power: {
    dimension: 'number',
    unit: '1/s',
    kind: 'gauge',
    meaning: 'signatures by P-256 a second on all cores together, of the processor time that the machine gets',
    sources: ['resource'],
    better: 'more',
  },
  price: {
    dimension: 'price',
    unit: 'USD/h',
    kind: 'gauge',
    meaning: 'what the machine costs',
    sources: ['business'],
    better: 'less',
  },
  carbon: {
    dimension: 'carbon',
    unit: 'g/kWh',
    kind: 'gauge',
    meaning: 'carbon intensity of the electricity of the region',
    sources: ['business'],
    better: 'less',
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof table;
export const metrics: Readonly<Record<MetricName, Metric>> = table;
export const metricNames = Object.keys(table).filter((name): name is MetricName => Object.hasOwn(table, name));

/** An application's own: whatever its name, it is what the machine itself says. Whether it is a counter shows in what is made of it. */
const ownMetric: Metric = {
  dimension: 'number',
  unit: '',
  kind: 'gauge',
  meaning: "an application's own",
  sources: ['resource', 'probe', 'vendor', 'business'],
  better: 'less',
  signed: true,
};

/** How metrics may be called; in an expression or a condition without `.` and `:`. */
export const metricNamePattern = /^[A-Za-z_][A-Za-z0-9_.:]{0,99}$/;

const apart = '.difference';

/**
 * The metric of this name: one of the vocabulary, else an application's own. With `.difference` behind it: how far apart the client's own values
 * of it and the vendor's are, which the Agency measures for its client.
 */
export function metricOf(name: string): Metric {
  if (!name.endsWith(apart)) return Object.hasOwn(metrics, name) ? metrics[name as MetricName] : ownMetric;
  const { dimension, unit, meaning } = metricOf(name.slice(0, -apart.length));
  return {
    dimension,
    unit,
    kind: 'gauge',
    meaning: `how far apart who measured it are: ${meaning}`,
    sources: ['probe'],
    better: 'less',
  };
}
