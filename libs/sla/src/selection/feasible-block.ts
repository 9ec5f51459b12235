import { passes } from './size-codes.js';
import type { Block } from './table/block.js';

/** The rows of a block that meet every hard constraint of an item, the cheapest first. They are looked for only as far as they are asked for. */
export class FeasibleBlock {
  private found: Int32Array | undefined;
  private cheapest: number | undefined;

  private constructor(
    readonly block: Block,
    /** The zones of the stand that pass, as bits. */
    readonly open: number,
    private readonly codes: Uint16Array,
    /** Zones of single rows that are set aside, as bits, by row. */
    private readonly closed: ReadonlyMap<number, number>,
  ) {}

  /** The rows whose sizes pass. */
  static bySize(block: Block, open: number, codes: Uint16Array): FeasibleBlock {
    return new FeasibleBlock(block, open, codes, nothing);
  }

  static of(block: Block, open: number, rows: Int32Array, closed: ReadonlyMap<number, number> = nothing): FeasibleBlock {
    const found = new FeasibleBlock(block, open, noCodes, closed);
    found.found = rows;
    return found;
  }

  get rows(): Int32Array {
    if (this.found) return this.found;
    const { sizes } = this.block;
    const rows = new Int32Array(sizes.length);
    let count = 0;
    for (let row = 0; row < sizes.length; row += 1) if (this.codes[sizes[row] ?? 0] === passes) rows[count++] = row;
    return (this.found = rows.subarray(0, count));
  }

  /** The cheapest row; undefined when none passes. */
  get first(): number | undefined {
    if (this.found) return this.found[0];
    if (this.cheapest !== undefined) return this.cheapest;
    const { sizes } = this.block;
    let row = 0;
    while (row < sizes.length && this.codes[sizes[row] ?? 0] !== passes) row += 1;
    return row < sizes.length ? (this.cheapest = row) : undefined;
  }

  /** The dearest row. */
  get last(): number | undefined {
    if (this.found) return this.found[this.found.length - 1];
    const { sizes } = this.block;
    let row = sizes.length - 1;
    while (row >= 0 && this.codes[sizes[row] ?? 0] !== passes) row -= 1;
    return row >= 0 ? row : undefined;
  }

  /** Whether all rows pass in the same zones. */
  get isEven(): boolean {
    return this.closed.size === 0;
  }

  /** The zones in which an offer of this row passes, as bits. */
  zonesOf(row: number): number {
    return this.closed.size === 0 ? this.open : this.open & ~(this.closed.get(row) ?? 0);
  }
}

const nothing: ReadonlyMap<number, number> = new Map();
const noCodes = new Uint16Array();
