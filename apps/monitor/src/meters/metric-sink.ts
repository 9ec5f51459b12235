/** Who measured: the client's own probes from outside, the vendor, the resource itself, or the Agency's books. */
export type SampleSource = 'probe' | 'vendor' | 'resource' | 'business';

/** One value of one metric of one machine. */
export interface Measurement {
  readonly placement: string;
  readonly metric: string;
  /** When it was measured, ms since 1970. */
  readonly at: number;
  readonly value: number;
  /** Which of several meters of the same metric: the index of a probe. */
  readonly meter?: string;
  readonly detail?: string;
}

/** A measurement of a machine that carries a resource (libs/bus, samples.ts). */
export interface MetricSample extends Measurement {
  readonly resource: string;
}

/** Where the monitor's own meters put what they measure of resources. */
export interface MetricSink {
  take(source: SampleSource, samples: readonly MetricSample[]): void;
}
