import { percentile } from './percentile.js';

/** One measured value: `source` and `at` identify it, so that one told twice counts once. */
export interface Measured {
  readonly at: number;
  readonly source: string;
  readonly value: number;
}

/**
 * The values of the last `over` ms, and any percentile of them, exactly. Samples may come late and in any order. Values are kept sorted as
 * they come and go, so that asking costs nothing.
 */
export class SampleWindow {
  private readonly inOrder: Measured[] = [];
  private readonly ascending: number[] = [];

  constructor(private readonly over: number) {}

  get size(): number {
    return this.ascending.length;
  }

  /** The samples in the window, oldest first. */
  get samples(): readonly Measured[] {
    return this.inOrder;
  }

  add(sample: Measured): void {
    let place = firstAbove(this.inOrder, sample.at, (other) => other.at);
    for (let before = place - 1; this.inOrder[before]?.at === sample.at; before -= 1) {
      if (this.inOrder[before]?.source === sample.source) return;
    }
    if (place === this.inOrder.length) place = this.inOrder.push(sample);
    else this.inOrder.splice(place, 0, sample);
    this.ascending.splice(
      firstAbove(this.ascending, sample.value, (value) => value),
      0,
      sample.value,
    );
  }

  /** Lets go of what is not in (from, now] any more; the window begins `over` before now unless stated. */
  advance(now: number, from = now - this.over): void {
    const old = this.inOrder.splice(
      0,
      firstAbove(this.inOrder, from, (sample) => sample.at),
    );
    for (const { value } of old) this.ascending.splice(firstAbove(this.ascending, value, (other) => other) - 1, 1);
  }

  /** Undefined without samples. */
  percentile(rank: number): number | undefined {
    return percentile(this.ascending, rank);
  }
}

/** Index of the first element whose key is above `key`, in a list that ascends by it. */
function firstAbove<T>(list: readonly T[], key: number, keyOf: (element: T) => number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keyOf(list[middle] as T) > key) high = middle;
    else low = middle + 1;
  }
  return low;
}
