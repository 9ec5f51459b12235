import { Pace } from './pace.js';
import type { Series } from './series.js';

const pace = { withinMs: 10_000, fewestAtOnce: 5, mostAtOnce: 500 };

export interface DueTimes {
  readonly newest: readonly { readonly series: Series; readonly at: number }[];
  /** The last batch up to which the newest times of all series are stored once these are; undefined: this one. */
  readonly swept: number | undefined;
  readonly owing: boolean;
  /** To be called once they are stored. */
  readonly stored: () => void;
}

/**
 * Which series have a newer sample than is stored of them, the one that has waited longest first: after a restart a sample that comes again is
 * known by its time.
 */
export class NewestTimes {
  private waiting = new Map<Series, number>();
  private underWay: readonly (readonly [Series, number])[] = [];
  private readonly pace: Pace;

  constructor(now: () => number) {
    this.pace = new Pace(now, pace);
  }

  /** `since`: its samples that are not accounted for are in later batches than this one. */
  note(series: Series, since: number): void {
    if (!this.waiting.has(series)) this.waiting.set(series, since);
  }

  /** From now on all that waits is due. */
  close(): void {
    this.pace.hurry();
  }

  /** Those that are to be stored with a batch. To be asked when all of its samples have been taken, and none that comes after it. */
  due(): DueTimes {
    this.takeBack();
    this.underWay = firstOf(this.waiting, this.pace.share(this.waiting.size));
    for (const [series] of this.underWay) this.waiting.delete(series);
    const [oldest] = this.waiting.values();
    return {
      newest: this.underWay.map(([series]) => ({ series, at: series.times.newest })),
      swept: oldest,
      owing: this.pace.isOwing,
      stored: () => {
        this.underWay = [];
      },
    };
  }

  /** Those that could not be stored the last time come first, as they have waited longest. */
  private takeBack(): void {
    if (this.underWay.length === 0) return;
    const { waiting } = this;
    this.waiting = new Map(this.underWay);
    for (const [series, since] of waiting) this.note(series, since);
  }
}

function firstOf<K, V>(map: ReadonlyMap<K, V>, count: number): (readonly [K, V])[] {
  const first: (readonly [K, V])[] = [];
  for (const entry of map) {
    if (first.length >= count) break;
    first.push(entry);
  }
  return first;
}
