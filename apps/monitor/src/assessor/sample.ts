import type { WatchMessage } from '@cloud-agency/bus';

/** What is to be watched for one agreement. */
export type Watch = Pick<
  WatchMessage,
  'agreement' | 'version' | 'active' | 'resources' | 'probes' | 'guarantees' | 'utilisation'
>;
/** One machine to watch: a resource, and where it stands at present. */
export type Target = Watch['resources'][number];

/** One probe of one machine. `at` is when it was sent, ms since 1970; `milliseconds` is null for one that failed. */
export interface Sample {
  readonly resource: string;
  readonly placement: string;
  /** Index of the probe in the agreement. */
  readonly probe: number;
  readonly at: number;
  readonly ok: boolean;
  readonly milliseconds: number | null;
  readonly detail: string;
}
