import { type Column, joined, nothing, type Parts } from './parts.js';

export interface Slice {
  readonly index: number;
  /** By column. */
  readonly sums: Float64Array;
}

/** So many slices, the newest ones, can still be added to. */
const mostOpen = 4;

/** The newest slices of a window, each with what was counted in it so far. A slice is known by its index. */
export class OpenSlices implements Pick<Parts, 'row' | 'put'> {
  slices: readonly Slice[];
  /** The newest that anything is known of. */
  private newest: number;

  constructor(
    private readonly columns: readonly Column[],
    past?: OpenSlicesPast,
  ) {
    this.slices = past?.open.map(({ index, sums }) => ({ index, sums: Float64Array.from(sums) })) ?? [];
    this.newest = past?.newest ?? -Infinity;
  }

  isOpen(index: number): boolean {
    return index > this.newest - mostOpen;
  }

  /** Time has come to a slice. @returns those that are too old now to be added to, which are let go of. */
  reach(index: number): readonly Slice[] {
    if (index <= this.newest) return [];
    this.newest = index;
    const old = this.slices.filter((slice) => !this.isOpen(slice.index));
    if (old.length > 0) this.slices = this.slices.filter((slice) => this.isOpen(slice.index));
    return old;
  }

  /** The place of a slice that is open, for `put`. */
  row(index: number): number {
    const place = this.slices.findIndex((slice) => slice.index === index);
    if (place >= 0) return place;
    this.slices = [...this.slices, { index, sums: Float64Array.from(this.columns, nothing) }];
    return this.slices.length - 1;
  }

  put(row: number, column: number, value: number): void {
    const sums = this.slices[row]?.sums;
    if (sums) sums[column] = joined(this.columns[column], sums[column] ?? 0, value);
  }

  clear(): void {
    this.slices = [];
    this.newest = -Infinity;
  }

  dump(): OpenSlicesPast {
    return {
      newest: this.newest === -Infinity ? null : this.newest,
      open: this.slices.map(({ index, sums }) => ({ index, sums: [...sums] })),
    };
  }
}

/** A slice holds something from its first sample on, so none of its sums is infinite, which JSON does not know. */
export interface OpenSlicesPast {
  /** Null: none. */
  readonly newest: number | null;
  readonly open: readonly { readonly index: number; readonly sums: readonly number[] }[];
}
