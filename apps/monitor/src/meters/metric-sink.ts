import type { MetricSample, SampleSource } from '@cloud-agency/bus';

/** One value of one metric of a machine, whichever resource it carries. */
export type Measurement = Omit<MetricSample, 'resource' | 'value'> & { readonly value: number };

/** Where the monitor's own meters put what they measure of resources. */
export interface MetricSink {
  take(source: SampleSource, samples: readonly MetricSample[]): void;
}
