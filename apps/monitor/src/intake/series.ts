import type { SampleSource } from '@cloud-agency/bus';
import type { SeriesName } from '../store/sample-log.js';
import { RecentTimes } from './recent-times.js';

/** What is done with a sample that was taken. */
export interface Follower {
  /** The last batch of which it had all samples before a restart; 0: none. */
  readonly heldUntil: number;
  take(series: Series, at: number, value: number, detail: string | undefined): void;
}

/** The samples of one series, as far as they are at hand. */
export class Series implements SeriesName {
  readonly resource: string;
  readonly placement: string;
  readonly metric: string;
  readonly source: SampleSource;
  readonly meter: string;
  /** Its id in the store, once it has one. */
  id: number | undefined;
  followers: readonly Follower[] = [];
  readonly times: RecentTimes;

  constructor(
    name: SeriesName,
    known?: { readonly id?: number; readonly newest?: number | undefined; readonly times?: RecentTimes },
  ) {
    this.resource = name.resource;
    this.placement = name.placement;
    this.metric = name.metric;
    this.source = name.source;
    this.meter = name.meter;
    this.id = known?.id;
    this.times = known?.times ?? new RecentTimes(known?.newest);
  }
}
