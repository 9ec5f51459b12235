import type { SizeCheck } from './filter.js';

/** Passes every check. */
export const passes = 0;
/** Fails more than one. What fails check n alone is n + 1. */
export const failsSeveral = 0xffff;

/** For each size what it fails, and by how much it misses where that is one check. */
export interface SizeCodes {
  readonly codes: Uint16Array;
  readonly misses: Float64Array;
  /** By check: the sizes that fail it. */
  readonly failing: readonly (readonly number[])[];
}

export function sizeCodes(sizes: number, checks: readonly SizeCheck[]): SizeCodes {
  const codes = new Uint16Array(sizes);
  const misses = new Float64Array(sizes);
  const failing = checks.map(({ fails, miss }, check) => {
    const own: number[] = [];
    for (let size = 0; size < sizes; size += 1) {
      if (!fails(size)) continue;
      own.push(size);
      codes[size] = codes[size] === passes ? check + 1 : failsSeveral;
      misses[size] = miss(size);
    }
    return own;
  });
  return { codes, misses, failing };
}
