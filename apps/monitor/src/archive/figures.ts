import { DDSketch } from '@datadog/sketches-js';

/** Of the percentiles that are made of a sketch. */
export const relativeError = 0.01;

/** What samples come to over some time. Merging those of two times gives what all samples of both give. */
export interface Figures {
  /** Samples with a value, and those without: what was tried and could not be measured. */
  readonly count: number;
  readonly failures: number;
  readonly sum: number;
  /** Null without a value. */
  readonly min: number | null;
  readonly max: number | null;
  /** The bins of a DDSketch: the value that each stands for, and how many samples fell into it, in turn. */
  readonly bins: Float64Array;
}

export const none: Figures = { count: 0, failures: 0, sum: 0, min: null, max: null, bins: new Float64Array(0) };

export function figuresOf(values: readonly number[], failures: number): Figures {
  const sketch = new DDSketch({ relativeAccuracy: relativeError });
  let [sum, min, max] = [0, Infinity, -Infinity];
  for (const value of values) {
    sketch.accept(value);
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const extremes = values.length === 0 ? { min: null, max: null } : { min, max };
  return { count: values.length, failures, sum, ...extremes, bins: binsOf(sketch) };
}

export function merged(all: readonly Figures[]): Figures {
  const [only, ...others] = all;
  if (!only) return none;
  if (others.length === 0) return only;
  return {
    count: sum(all.map(({ count }) => count)),
    failures: sum(all.map(({ failures }) => failures)),
    sum: sum(all.map((each) => each.sum)),
    min: extreme(
      all.map(({ min }) => min),
      Math.min,
    ),
    max: extreme(
      all.map(({ max }) => max),
      Math.max,
    ),
    bins: binsOf(sketchOf(all.map(({ bins }) => bins))),
  };
}

/** Percentiles (0..100) within the relative error; null without a value. */
export function percentilesOf({ bins, count, min, max }: Figures, ranks: readonly number[]): readonly (number | null)[] {
  if (count === 0 || min === null || max === null) return ranks.map(() => null);
  const sketch = sketchOf([bins]);
  return ranks.map((rank) => Math.min(max, Math.max(min, sketch.getValueAtQuantile(quantileOf(rank, count)))));
}

/** By the nearest rank: a sketch counts ranks from 0 and rounds down, so half a rank more is surely the one that is meant. */
function quantileOf(rank: number, count: number): number {
  const position = Math.max(1, Math.ceil((rank / 100) * count));
  return count === 1 ? 1 : Math.min(1, (position - 0.5) / (count - 1));
}

function sketchOf(all: readonly Float64Array[]): DDSketch {
  const sketch = new DDSketch({ relativeAccuracy: relativeError });
  // The value that a bin stands for is in its middle, so it comes back as the same bin.
  for (const bins of all)
    for (let place = 0; place < bins.length; place += 2) sketch.accept(bins[place] ?? 0, bins[place + 1] ?? 1);
  return sketch;
}

function binsOf({ store, negativeStore, mapping, zeroCount }: DDSketch): Float64Array {
  const bins: number[] = [];
  store.bins.forEach((count, place) => {
    if (count > 0) bins.push(mapping.value(place + store.offset), count);
  });
  negativeStore.bins.forEach((count, place) => {
    if (count > 0) bins.push(-mapping.value(place + negativeStore.offset), count);
  });
  if (zeroCount > 0) bins.push(0, zeroCount);
  return Float64Array.from(bins);
}

/** As it is stored: pairs of a 4-byte value and a 4-byte count. */
export function bytesOf(bins: Float64Array): Buffer {
  return Buffer.from(Float32Array.from(bins).buffer);
}

export function binsIn(bytes: Uint8Array): Float64Array {
  const aligned = new Uint8Array(bytes);
  return Float64Array.from(new Float32Array(aligned.buffer, 0, aligned.length / 4));
}

function extreme(values: readonly (number | null)[], of: (...values: number[]) => number): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : of(...known);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
