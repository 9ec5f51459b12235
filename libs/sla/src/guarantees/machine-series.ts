import { Counter, Feed } from './feed.js';

/** The series of one machine that a guarantee judges by: those of gauges as they come, those of counters by their growth. */
export class MachineSeries {
  readonly feeds: readonly (Feed | Counter)[];

  constructor(
    readonly resource: string,
    counters: readonly boolean[],
    past?: MachineSeriesPast,
  ) {
    this.feeds = counters.map((isCounter, read) => (isCounter ? counterOf(past?.feeds[read]) : feedOf(past?.feeds[read])));
  }

  /** When the newest of its samples was, ms; −Infinity without. */
  get heardUntil(): number {
    let newest = -Infinity;
    for (const feed of this.feeds) newest = Math.max(newest, feed instanceof Counter ? feed.at : feed.newest);
    return newest;
  }

  /** Another machine counts from 0. */
  move(): void {
    for (const feed of this.feeds) if (feed instanceof Counter) feed.forget();
  }

  dump(): MachineSeriesPast {
    return {
      resource: this.resource,
      feeds: this.feeds.map((feed) => (feed instanceof Counter ? [feed.at, feed.value] : feed.dump())),
    };
  }
}

/** JSON knows no infinity and no NaN: they come back as null. */
export interface MachineSeriesPast {
  readonly resource: string;
  readonly feeds: readonly (readonly (number | null)[])[];
}

function counterOf(past: readonly (number | null)[] | undefined): Counter {
  const counter = new Counter();
  counter.at = past?.[0] ?? -Infinity;
  counter.value = past?.[1] ?? NaN;
  return counter;
}

function feedOf(past: readonly (number | null)[] | undefined): Feed {
  const feed = new Feed();
  if (past) feed.restore(past.map((key) => key ?? 0));
  return feed;
}
