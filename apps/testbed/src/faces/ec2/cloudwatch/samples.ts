import type { Size } from '../../../catalogue/size.js';
import type { Instance } from '../../../cloud/instance.js';
import { type InstanceMetrics, metricsOf } from '../../../cloud/metrics.js';

const minuteMs = 60_000;

interface Metric {
  readonly unit: 'Percent' | 'Bytes';
  /** Of one minute, from what the hypervisor counted at its beginning and at its end. */
  readonly measure: (before: InstanceMetrics, after: InstanceMetrics) => number;
}

const counted = (name: keyof InstanceMetrics): Metric => ({
  unit: 'Bytes',
  measure: (before, after) => Math.max(0, after[name] - before[name]),
});

/** CloudWatch user guide, EC2 metrics. Disk metrics are of instance store volumes. */
export const metrics: Readonly<Record<string, Metric>> = {
  CPUUtilization: { unit: 'Percent', measure: (_, { cpuPercent }) => cpuPercent },
  NetworkIn: counted('networkInBytes'),
  NetworkOut: counted('networkOutBytes'),
  DiskReadBytes: counted('diskReadBytes'),
  DiskWriteBytes: counted('diskWriteBytes'),
};

export interface Measured {
  readonly instance: Instance;
  readonly size: Size;
  readonly metric: Metric;
}

/** What is asked for. Times are milliseconds since 1970. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly period: number;
}

/** The samples of one period, which is known by its beginning. */
export interface Datapoint {
  readonly at: number;
  readonly samples: readonly number[];
}

/**
 * One datapoint for each period that begins within the span and in which the machine ran, oldest first. A sample is of one minute; that of
 * the present minute is of its beginning only.
 */
export function datapointsOf(measured: Measured, { start, end, period }: Span, now: number): Datapoint[] {
  const { state, launchedAt, dead } = measured.instance;
  if (state !== 'running' || launchedAt === null || dead) return [];
  const datapoints: Datapoint[] = [];
  const from = Math.max(start, Math.floor(launchedAt / minuteMs) * minuteMs);
  // Periods are counted from where the span begins.
  let at = start + Math.floor((from - start) / period) * period;
  for (; at < Math.min(end, now); at += period) {
    const samples = samplesOf(measured, at, Math.min(at + period, now), launchedAt);
    if (samples.length > 0) datapoints.push({ at, samples });
  }
  return datapoints;
}

function samplesOf({ instance, size, metric }: Measured, from: number, to: number, launchedAt: number): number[] {
  const samples: number[] = [];
  for (let at = from; at < to; at += minuteMs) {
    const end = Math.min(at + minuteMs, to);
    if (end <= launchedAt) continue;
    samples.push(metric.measure(metricsOf(instance, size, Math.max(at, launchedAt)), metricsOf(instance, size, end)));
  }
  return samples;
}

const sum = (samples: readonly number[]): number => samples.reduce((total, sample) => total + sample, 0);

/** CloudWatch user guide, Statistics definitions. */
export const statistics: Readonly<Record<string, (samples: readonly number[]) => number>> = {
  SampleCount: ({ length }) => length,
  Average: (samples) => sum(samples) / samples.length,
  Sum: sum,
  Minimum: (samples) => Math.min(...samples),
  Maximum: (samples) => Math.max(...samples),
};
