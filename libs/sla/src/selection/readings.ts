import type { ConstraintPreference, Point } from '../documents/call.js';
import { estimatedRoundTrip } from '../vocabulary/distance.js';
import type { Expression } from '../vocabulary/expression.js';
import type { AttributeName } from '../vocabulary/names.js';
import { checkOf, isOfSize, ofStand } from './filter.js';
import { attributeOf, offerMeets, placeMeets, type Whereabouts } from './meets.js';
import type { Offer } from './offer.js';
import type { Block } from './table/block.js';
import type { Sizes } from './table/sizes.js';
import type { Stand } from './table/stand.js';

/** What a criterion looks at. */
export type Reads =
  | { readonly attribute: AttributeName }
  | { readonly from: Point }
  | { readonly expression: Expression }
  | { readonly wish: ConstraintPreference['constraint'] }
  | Whereabouts;

export type NumberReads = Exclude<Reads, Whereabouts>;

/** What it reads of one offer; null when unknown. */
export function readingOf(reads: Reads, offer: Offer): number | null {
  if ('within' in reads) return placeMeets(reads, offer) ? 1 : 0;
  if ('wish' in reads) return offerMeets(reads.wish, offer) ? 1 : 0;
  if ('from' in reads) return known(roundTrip(offer, reads.from));
  if ('attribute' in reads) return attributeOf(offer, reads.attribute);
  return known(reads.expression.valueOf((name) => attributeOf(offer, name) ?? NaN));
}

/** The values of what is read over a table, by what they depend on; NaN where unknown. */
export type Column =
  | { readonly per: 'size'; readonly values: Float64Array }
  | { readonly per: 'stand'; readonly of: (stand: Stand) => number }
  | { readonly per: 'row'; readonly of: (block: Block, row: number) => number };

export function columnOf(sizes: Sizes, reads: NumberReads): Column {
  if ('attribute' in reads) return attributeColumn(sizes, reads.attribute);
  if ('from' in reads) return perStand((stand) => roundTrip(stand, reads.from));
  if ('wish' in reads) return wishColumn(sizes, reads.wish);
  return expressionColumn(sizes, reads.expression);
}

export function valueIn(column: Column, block: Block, row: number): number {
  switch (column.per) {
    case 'size':
      return column.values[block.sizes[row] ?? -1] ?? NaN;
    case 'stand':
      return column.of(block.stand);
    case 'row':
      return column.of(block, row);
  }
}

export const priceColumn: Column = { per: 'row', of: ({ prices }, row) => prices[row] ?? NaN };

function attributeColumn(sizes: Sizes, attribute: AttributeName): Column {
  if (attribute === 'price') return priceColumn;
  if (isOfSize(attribute)) return { per: 'size', values: Float64Array.from(sizes.of(attribute)) };
  return perStand((stand) => ofStand(stand, attribute) ?? NaN);
}

function wishColumn(sizes: Sizes, wish: ConstraintPreference['constraint']): Column {
  const { size, stand, price } = checkOf(wish, sizes, () => true);
  if (size) return { per: 'size', values: Float64Array.from({ length: sizes.count }, (_, code) => Number(!size.fails(code))) };
  if (stand) return perStand((at) => Number(!stand.fails(at, '')));
  return { per: 'row', of: ({ prices }, row) => Number(price?.fails(prices[row] ?? NaN) === false) };
}

/** Worked out for as few things as the attributes that it reads allow. */
function expressionColumn(sizes: Sizes, expression: Expression): Column {
  const columns = new Map(expression.reads.map((name) => [name, attributeColumn(sizes, name)]));
  const { valueOf } = expression;
  const finite = (value: number) => (Number.isFinite(value) ? value : NaN);
  const kinds = new Set([...columns.values()].map(({ per }) => per));
  if (kinds.size === 1 && kinds.has('size')) {
    const at = (name: AttributeName, size: number) => (isOfSize(name) ? (sizes.of(name)[size] ?? NaN) : NaN);
    return {
      per: 'size',
      values: Float64Array.from({ length: sizes.count }, (_, size) => finite(valueOf((name) => at(name, size)))),
    };
  }
  if (kinds.size === 1 && kinds.has('stand')) return perStand((stand) => finite(valueOf((name) => ofStand(stand, name) ?? NaN)));
  const at = (name: AttributeName, block: Block, row: number) => {
    const column = columns.get(name);
    return column ? valueIn(column, block, row) : NaN;
  };
  return { per: 'row', of: (block, row) => finite(valueOf((name) => at(name, block, row))) };
}

function perStand(of: (stand: Stand) => number): Column {
  return { per: 'stand', of };
}

function roundTrip({ latitude, longitude }: Pick<Offer, 'latitude' | 'longitude'>, from: Point): number {
  return typeof latitude === 'number' && typeof longitude === 'number' ? estimatedRoundTrip({ latitude, longitude }, from) : NaN;
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
