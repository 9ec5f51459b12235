import type { Criterion } from './criteria.js';
import type { Feasible } from './feasible.js';
import type { OfferTable } from './offers.js';
import { columnOf } from './readings.js';

/** An attribute that scores read, and which direction is better. */
interface Reading {
  readonly column: Float64Array;
  readonly sign: 1 | -1;
}

/**
 * For each feasible row the zones in which it can still be part of an optimum, as bits (CFP.md 4, Pruning).
 *
 * Row o goes in a zone when some row d of the same account, region, zone and market is no dearer, no worse in every attribute that a
 * criterion reads (unknown equals only unknown), and better in one of these or earlier by id. This is exact: both meet every hard constraint
 * of the item; spread, apart and a proposal's differences see the same place; the pool of units is that of the zone, so that a unit of d
 * takes what a unit of o took; budgets read the price. So putting d for o keeps a plan possible and never lowers its rank.
 */
export function prune(table: OfferTable, { rows, zones }: Feasible, criteria: readonly Criterion[]): Int32Array {
  const compared: Compared = {
    rows,
    zones,
    left: Int32Array.from(zones),
    rank: table.rank,
    readings: readingsOf(table, criteria),
  };
  const fronts = new Array<number[] | undefined>(table.sites.length * table.markets.length);
  const { siteOf, marketOf } = table;
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] ?? -1;
    const group = (siteOf[row] ?? 0) * table.markets.length + (marketOf[row] ?? 0);
    const front = fronts[group];
    if (front) challenge(compared, front, index);
    else fronts[group] = [index];
  }
  return compared.left;
}

interface Compared {
  readonly rows: Int32Array;
  readonly zones: Int32Array;
  readonly left: Int32Array;
  readonly rank: Int32Array;
  readonly readings: readonly Reading[];
}

/** Prices, and what the criteria read. What depends on the place alone is the same for all rows that are compared. */
function readingsOf(table: OfferTable, criteria: readonly Criterion[]): readonly Reading[] {
  const readings = new Map<string, Reading>();
  const add = (key: string, sign: 1 | -1, column: () => Float64Array) => {
    if (!readings.has(`${key} ${sign}`)) readings.set(`${key} ${sign}`, { column: column(), sign });
  };
  add('price', 1, () => columnOf(table, { attribute: 'price' }));
  for (const { key, reads, better } of criteria) {
    if ('within' in reads || 'from' in reads) continue;
    add('attribute' in reads ? reads.attribute : key, better === 'less' ? 1 : -1, () => columnOf(table, reads));
  }
  return [...readings.values()];
}

/** Lets a row meet those that stand so far: what either dominates, in the zones they share, goes. */
function challenge(compared: Compared, front: number[], index: number): void {
  const { left } = compared;
  for (let position = 0; position < front.length; position += 1) {
    const other = front[position] ?? -1;
    if (dominates(compared, other, index)) {
      yieldTo(compared, index, other);
      if (left[index] === 0) return;
    } else if (dominates(compared, index, other)) {
      yieldTo(compared, other, index);
      if (left[other] === 0) front.splice(position--, 1);
    }
  }
  front.push(index);
}

function yieldTo({ left, zones }: Compared, dominated: number, dominating: number): void {
  left[dominated] = (left[dominated] ?? 0) & ~(zones[dominating] ?? 0);
}

function dominates({ rows, rank, readings }: Compared, d: number, o: number): boolean {
  return isBetter(readings, rank, rows[d] ?? -1, rows[o] ?? -1);
}

function isBetter(readings: readonly Reading[], rank: Int32Array, rowD: number, rowO: number): boolean {
  let better = (rank[rowD] ?? 0) < (rank[rowO] ?? 0);
  for (const { column, sign } of readings) {
    const order = compare(column[rowD] ?? NaN, column[rowO] ?? NaN) * sign;
    if (Number.isNaN(order) || order > 0) return false;
    if (order < 0) better = true;
  }
  return better;
}

/** Negative when a is less; NaN when only one is known. Two unknown values are equal. */
function compare(a: number, b: number): number {
  return Number.isNaN(a) && Number.isNaN(b) ? 0 : a - b;
}
