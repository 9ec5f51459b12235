import type { Clock } from '@cloud-agency/runtime';
import { Differences } from './differences.js';
import type { Machines } from './machines.js';
import type { MetricBoard } from './metric-board.js';
import type { Measurement, MetricSample, MetricSink, SampleSource } from './metric-sink.js';

export interface MetricFeedParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly board: MetricBoard;
  readonly machines: Pick<Machines, 'resourceOf'>;
  /** Where the samples of resources are kept and judged. */
  readonly intake: MetricSink;
}

/** All that is measured passes here: it is kept, shown to collectors, and what the client measures is held against what the vendor tells. */
export class MetricFeed implements MetricSink {
  private readonly differences = new Differences();

  constructor(private readonly parts: MetricFeedParts) {}

  /** From the client's own probes. */
  take(source: SampleSource, samples: readonly MetricSample[]): void {
    this.parts.intake.take(source, samples);
    this.compare(source, samples);
  }

  /** What is told of machines, whichever resource they carry. One that carries none is of use to collectors all the same. */
  tell(source: SampleSource, measurements: readonly Measurement[]): void {
    const { machines, intake } = this.parts;
    const samples = measurements.flatMap((measurement) => {
      const resource = machines.resourceOf(measurement.placement);
      return resource === undefined ? [] : [{ resource, ...measurement }];
    });
    if (samples.length > 0) intake.take(source, samples);
    this.heed(source, measurements);
  }

  /** What has come to the intake by itself, from a resource. */
  heed(source: SampleSource, measurements: readonly Measurement[]): void {
    this.parts.board.take(source, measurements, this.parts.clock.now());
    this.compare(source, measurements);
  }

  private compare(source: SampleSource, measurements: readonly Measurement[]): void {
    const apart = this.differences.take(source, measurements, this.parts.clock.now());
    if (apart.length > 0) this.tell('probe', apart);
  }
}
