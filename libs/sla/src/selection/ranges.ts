import type { Range } from './answer.js';
import type { Criterion } from './criteria.js';
import type { Feasible } from './feasible.js';
import type { FeasibleBlock } from './feasible-block.js';
import { placeMeets, type Whereabouts } from './meets.js';
import type { Discount } from './offer.js';
import { type Column, columnOf, priceColumn } from './readings.js';
import type { OfferTable } from './table/offer-table.js';

/** The least and greatest known value of one machine over the feasible offers, before pruning (CFP.md 4, Normalisation). */
export function rangeOf(
  { lexicon }: OfferTable,
  { blocks }: Feasible,
  { reads, valueOf }: Criterion,
  discounts: readonly Discount[],
): Range | undefined {
  if ('within' in reads) return placeRange(blocks, reads);
  const column = columnOf(lexicon.sizes, reads);
  const range = column === priceColumn ? priceRange(blocks, discounts) : columnRange(blocks, column);
  return range && { min: valueOf(range.min), max: valueOf(range.max) };
}

/** The least and greatest rate of traffic beyond the vendor, USD/GiB. */
export function egressRange({ blocks }: Feasible): Range | undefined {
  return extremes(blocks.map(({ block }) => block.stand.egress?.internet ?? NaN));
}

/** Rows come by price; the cheapest machine is at its deepest discount. */
function priceRange(blocks: readonly FeasibleBlock[], discounts: readonly Discount[]): Range | undefined {
  const deepest = new Map(discounts.map(({ id, tiers }) => [id, Math.max(0, ...tiers.map(({ off }) => off))]));
  let min = Infinity;
  let max = -Infinity;
  for (const { block, first = -1, last = -1 } of blocks) {
    const off = block.stand.discount === null ? 0 : (deepest.get(block.stand.discount) ?? 0);
    min = Math.min(min, (block.prices[first] ?? NaN) * (1 - off));
    max = Math.max(max, block.prices[last] ?? NaN);
  }
  return min <= max ? { min, max } : undefined;
}

function columnRange(blocks: readonly FeasibleBlock[], column: Column): Range | undefined {
  switch (column.per) {
    case 'size':
      return extremes(
        seenSizes(blocks, column.values.length).flatMap((seen, size) => (seen ? [column.values[size] ?? NaN] : [])),
      );
    case 'stand':
      return extremes(blocks.map(({ block }) => column.of(block.stand)));
    case 'row':
      return extremes(blocks.flatMap(({ block, rows }) => Array.from(rows, (row) => column.of(block, row))));
  }
}

function seenSizes(blocks: readonly FeasibleBlock[], sizes: number): readonly boolean[] {
  const seen = new Array<boolean>(sizes).fill(false);
  for (const { block, rows } of blocks) {
    for (let index = 0; index < rows.length; index += 1) seen[block.sizes[rows[index] ?? -1] ?? -1] = true;
  }
  return seen;
}

function extremes(values: readonly number[]): Range | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : undefined;
}

/** 0 where some machine is elsewhere, 1 where some machine is inside. */
function placeRange(blocks: readonly FeasibleBlock[], places: Whereabouts): Range | undefined {
  if (blocks.length === 0) return undefined;
  let min = 1;
  let max = 0;
  for (const found of blocks) {
    const { stand } = found.block;
    const inside = stand.zones.reduce(
      (bits, zone, index) => (placeMeets(places, { ...stand, zone }) ? bits | (1 << index) : bits),
      0,
    );
    const open = found.isEven ? [found.open] : Array.from(found.rows, (row) => found.zonesOf(row));
    if (open.some((bits) => (bits & ~inside) !== 0)) min = 0;
    if (open.some((bits) => (bits & inside) !== 0)) max = 1;
  }
  return { min, max };
}
