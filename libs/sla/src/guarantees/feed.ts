import type { Taken } from './evaluator.js';

/** Of so many samples of a series it is remembered when they were: what is older than all of them comes too late. */
export const remembered = 32;

/** Which samples of one series have come, so that none counts twice. A sample is known by its instant and its origin. */
export class Feed {
  /** The greatest keys that have come, ascending. */
  private readonly keys: Float64Array = new Float64Array(remembered);
  private size = 0;

  /** When the newest sample was, ms; −Infinity without. */
  get newest(): number {
    return this.size === 0 ? -Infinity : Math.floor(this.keys[this.size - 1] ?? 0);
  }

  take(at: number, origin: number): Taken {
    const key = at + origin / origins;
    let place = this.size;
    while (place > 0 && (this.keys[place - 1] ?? 0) > key) place -= 1;
    if (place > 0 && this.keys[place - 1] === key) return 'doubled';
    if (this.size < remembered) {
      this.keys.copyWithin(place + 1, place, this.size);
      this.keys[place] = key;
      this.size += 1;
      return 'kept';
    }
    if (place === 0) return 'late';
    this.keys.copyWithin(0, 1, place);
    this.keys[place - 1] = key;
    return 'kept';
  }

  dump(): number[] {
    return [...this.keys.subarray(0, this.size)];
  }

  restore(keys: readonly number[]): void {
    this.keys.set(keys);
    this.size = keys.length;
  }
}

const origins = 1024;

/** How much a counter grows from sample to sample. */
export class Counter {
  at = -Infinity;
  value = NaN;

  /** What is newer alone counts: what an older one would tell is in the next difference already. */
  isNew(at: number): Taken {
    if (at > this.at) return 'kept';
    return at === this.at ? 'doubled' : 'late';
  }

  /** By how much it has grown; a smaller value is one that has begun at 0 again. NaN of the first. */
  take(at: number, value: number): number {
    const growth = value < this.value ? value : value - this.value;
    this.at = at;
    this.value = value;
    return growth;
  }

  /** The next value is a first one again. */
  forget(): void {
    this.value = NaN;
  }
}
