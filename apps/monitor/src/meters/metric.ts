import type { ObserveMessage, SampleSource } from '@cloud-agency/bus';
import type { Clock } from '@cloud-agency/runtime';
import type { MetricBoard } from './metric-board.js';

/** What a metric is to be measured on, and how. */
export interface MetricTask {
  readonly address: string;
  readonly placement: string;
  /** What others have told of the machine lately. */
  readonly board: Pick<MetricBoard, 'latest'>;
  /** The metric's attributes that its client may set, by full name. */
  readonly settings: ObserveMessage['collectors'][number]['settings'];
  /** ms, for everything. */
  readonly timeout: number;
  readonly clock: Pick<Clock, 'after' | 'now'>;
  readonly signal: AbortSignal;
}

/** `value` is null when nothing could be measured; `detail` says what was met. */
export interface Measured {
  readonly value: number | null;
  readonly detail: string;
  /** Absent: that of the meter. */
  readonly unit?: string;
}

/** Measures one metric. Whatever the machine does is a measurement: it never throws. It asks `task.address` and the boards, and nothing else. */
export interface MetricMeter {
  /** Unit of the values; 1 where they have none. */
  readonly unit: string;
  /** Whose figures they are; absent: the monitor's own. */
  readonly source?: SampleSource;
  /** The setting `agency.metric.name` says what is measured: each name is a metric by itself. */
  readonly isNamed?: true;
  measure(task: MetricTask): Promise<Measured>;
}
