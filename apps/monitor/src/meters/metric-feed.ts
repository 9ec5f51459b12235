import type { MetricSample, SampleSource } from '@cloud-agency/bus';
import type { Clock } from '@cloud-agency/runtime';
import { Differences } from './differences.js';
import type { Machines } from './machines.js';
import type { MetricBoard } from './metric-board.js';
import type { Measurement, MetricSink } from './metric-sink.js';

export interface MetricFeedParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly board: MetricBoard;
  readonly machines: Pick<Machines, 'resourceOf'>;
  /** Where the samples of resources are kept and judged; each that it takes is noted here. */
  readonly intake: MetricSink;
}

/** What is measured of machines goes to the intake, is shown to collectors, and what the client measures is held against what the vendor tells. */
export class MetricFeed implements MetricSink {
  private readonly differences = new Differences();

  constructor(private readonly parts: MetricFeedParts) {}

  /** From the client's own probes. */
  take(source: SampleSource, samples: readonly MetricSample[]): void {
    this.parts.intake.take(source, samples);
  }

  /** What is told of machines, whichever resource they carry. One that carries none is of use to collectors all the same. */
  tell(source: SampleSource, measurements: readonly Measurement[]): void {
    const { machines, intake, board, clock } = this.parts;
    // What comes too late to be judged is of use to collectors all the same.
    board.take(source, measurements, clock.now());
    const samples: MetricSample[] = [];
    const others: Measurement[] = [];
    for (const measurement of measurements) {
      const resource = machines.resourceOf(measurement.placement);
      if (resource === undefined) others.push(measurement);
      else samples.push({ resource, ...measurement });
    }
    if (samples.length > 0) intake.take(source, samples);
    if (others.length > 0) this.note(source, others);
  }

  /** What the intake has taken, from whomever it came. */
  note(source: SampleSource, measurements: readonly Measurement[]): void {
    const { board, clock } = this.parts;
    const now = clock.now();
    board.take(source, measurements, now);
    const apart = this.differences.take(source, measurements, now);
    if (apart.length > 0) this.tell('probe', apart);
  }
}
