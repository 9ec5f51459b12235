import { DDSketch } from '@datadog/sketches-js';
import { percentile, positionOf } from './percentile.js';

/** Relative error of a percentile that is not exact. */
export const percentileError = 0.01;

/** So many values are kept as they are. */
const mostExact = 128;
const slotsInWindow = 12;

/**
 * The percentiles of a window's values: exact while they are few, by the nearest rank; else within 1 % of that (DDSketch), of a window that begins up to a
 * twelfth earlier. Nothing is decided by them: they are what is shown.
 */
export class Quantiles {
  private readonly slotLength: number;
  /** Time and value in turn, while they are few. */
  private exact: number[] | undefined = [];
  private slots: Slot[] = [];
  private all = new DDSketch({ relativeAccuracy: percentileError });
  private last: { rank: number; until: number; value: number | undefined } | undefined;

  constructor(windowLength: number) {
    this.slotLength = Math.max(1, Math.ceil(windowLength / slotsInWindow));
  }

  take(at: number, value: number): void {
    this.last = undefined;
    if (!this.exact) this.sketch(at, value);
    else if (this.exact.push(at, value) > 2 * mostExact) this.sketchAll(this.exact);
  }

  /** Lets go of what was before an instant. */
  forget(from: number): void {
    if (this.exact) {
      if (this.exact.some((at, place) => place % 2 === 0 && at < from)) this.exact = fromOn(this.exact, from);
      else return;
    } else {
      const kept = this.slots.filter(({ slot }) => (slot + 1) * this.slotLength > from);
      if (kept.length === this.slots.length) return;
      this.slots = kept;
      this.rebuild();
    }
    this.last = undefined;
  }

  clear(): void {
    this.exact = [];
    this.slots = [];
    this.rebuild();
    this.last = undefined;
  }

  /** Undefined without values. `until`: as long as they are few, those after it do not count yet. */
  at(rank: number, until = Infinity): number | undefined {
    if (this.last?.rank === rank && this.last.until === until) return this.last.value;
    const value = this.exact ? percentile(valuesOf(this.exact, until), rank) : this.estimate(rank);
    this.last = { rank, until, value };
    return value;
  }

  /** What is kept as it is; undefined when there is too much of it. */
  get few(): readonly number[] | undefined {
    return this.exact;
  }

  /** The beginning of the oldest sketch. */
  get firstKey(): number {
    return this.slots[0] ? this.slots[0].slot * this.slotLength : Infinity;
  }

  /** The sketches that have changed since this was asked last, by the beginning of what they are of. */
  takeChanged(): { readonly from: number; readonly bins: Float32Array }[] {
    const changed = this.slots.filter((slot) => slot.changed);
    for (const slot of changed) slot.changed = false;
    return changed.map((slot) => ({ from: slot.slot * this.slotLength, bins: slot.bins ?? binsOf(slot.open) }));
  }

  restore(few: readonly number[] | undefined, sketches: readonly { readonly from: number; readonly bins: Float32Array }[]): void {
    this.exact = few ? [...few] : undefined;
    this.slots = sketches
      .map(({ from, bins }) => ({ slot: Math.round(from / this.slotLength), bins, open: undefined, changed: false }))
      .sort((a, b) => a.slot - b.slot);
    this.rebuild();
  }

  private sketchAll(exact: readonly number[]): void {
    this.exact = undefined;
    for (let place = 0; place < exact.length; place += 2) this.sketch(exact[place] ?? 0, exact[place + 1] ?? 0);
  }

  private sketch(at: number, value: number): void {
    const slot = this.slotOf(Math.floor(at / this.slotLength));
    slot.changed = true;
    if (!slot.open) slot.open = sketchOf(slot.bins);
    slot.bins = undefined;
    slot.open.accept(value);
    this.all.accept(value);
  }

  /** Only the newest two stay open: the others are kept as what they hold. */
  private slotOf(number: number): Slot {
    const known = this.slots.findLast(({ slot }) => slot === number);
    if (known) return known;
    const slot: Slot = { slot: number, bins: undefined, open: undefined, changed: true };
    this.slots = [...this.slots, slot].sort((a, b) => a.slot - b.slot);
    for (const old of this.slots.slice(0, -2)) {
      old.bins ??= binsOf(old.open);
      old.open = undefined;
    }
    return slot;
  }

  private rebuild(): void {
    this.all = new DDSketch({ relativeAccuracy: percentileError });
    for (const { bins, open } of this.slots) fill(this.all, bins ?? binsOf(open));
    if (this.slots.length === 0) this.exact ??= [];
  }

  private estimate(rank: number): number | undefined {
    const { count } = this.all;
    if (count === 0) return undefined;
    // The sketch counts ranks from 0, and rounds down: half a rank more is surely the one that is meant.
    const quantile = count === 1 ? 1 : (positionOf(rank, count) - 0.5) / (count - 1);
    return this.all.getValueAtQuantile(Math.min(1, quantile));
  }
}

interface Slot {
  readonly slot: number;
  /** Value and count in turn, of one that takes nothing any more. */
  bins: Float32Array | undefined;
  open: DDSketch | undefined;
  changed: boolean;
}

function sketchOf(bins: Float32Array | undefined): DDSketch {
  const sketch = new DDSketch({ relativeAccuracy: percentileError });
  if (bins) fill(sketch, bins);
  return sketch;
}

/** Each bin is known by a value in its middle, so it comes back as the same bin. */
function fill(sketch: DDSketch, bins: Float32Array): void {
  for (let place = 0; place < bins.length; place += 2) sketch.accept(bins[place] ?? 0, bins[place + 1] ?? 1);
}

function binsOf(sketch: DDSketch | undefined): Float32Array {
  if (!sketch) return new Float32Array(0);
  const { store, negativeStore, mapping, zeroCount } = sketch;
  const positive = store.bins.flatMap((count, place) => (count > 0 ? [mapping.value(place + store.offset), count] : []));
  const negative = negativeStore.bins.flatMap((count, place) =>
    count > 0 ? [-mapping.value(place + negativeStore.offset), count] : [],
  );
  return new Float32Array([...positive, ...negative, ...(zeroCount > 0 ? [0, zeroCount] : [])]);
}

const valuesOf = (exact: readonly number[], until: number): number[] =>
  exact.filter((_, place) => place % 2 === 1 && (exact[place - 1] ?? 0) <= until).sort((a, b) => a - b);

const fromOn = (exact: readonly number[], from: number): number[] =>
  exact.flatMap((at, place) => (place % 2 === 0 && at >= from ? [at, exact[place + 1] ?? 0] : []));
