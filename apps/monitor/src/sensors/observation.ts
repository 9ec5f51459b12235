import type { ObserveMessage } from '@cloud-agency/bus';

/** What is to be measured for one sensor. */
export type Observation = Pick<
  ObserveMessage,
  'sensor' | 'version' | 'active' | 'period' | 'from' | 'until' | 'aggregators' | 'publishers' | 'collectors'
>;
/** One thing to measure on one machine. */
export type Collector = Observation['collectors'][number];

/** What a collector found at one time. `at` is when the measurement began, ms since 1970; `value` is null when nothing could be measured. */
export interface CollectorSample {
  readonly collector: string;
  readonly resource: string;
  readonly metric: string;
  readonly at: number;
  readonly value: number | null;
  readonly unit: string;
  readonly detail: string;
}

/** So many samples of a sensor are kept, and aggregated in one period: the newest. */
export const mostSamples = 10_000;
