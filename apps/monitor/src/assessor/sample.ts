import type { WatchMessage } from '@cloud-agency/bus';
import type { Span } from '@cloud-agency/sla';

/** What is to be watched for one agreement. */
export interface Watch extends Pick<
  WatchMessage,
  'agreement' | 'version' | 'active' | 'resources' | 'probes' | 'scrape' | 'guarantees' | 'utilisation'
> {
  /** The guarantees that hold, and since when, ms; absent: all, from the beginning. */
  readonly inForce?: readonly { readonly index: number; readonly since?: number }[];
  /** When nothing was assessed, ms. */
  readonly pauses?: readonly Span[];
  /** When nobody watched, ms. */
  readonly away?: readonly Span[];
}
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
