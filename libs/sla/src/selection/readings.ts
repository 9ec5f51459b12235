import type { ConstraintPreference, Point } from '../documents/call.js';
import { estimatedRoundTrip } from '../vocabulary/distance.js';
import type { Expression } from '../vocabulary/expression.js';
import type { AttributeName } from '../vocabulary/names.js';
import { attributeOf, offerMeets, placeMeets, type Whereabouts } from './meets.js';
import type { Offer } from './offer.js';
import type { OfferTable } from './offers.js';

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

/** What it reads of every row of a table, NaN where unknown. */
export function columnOf(table: OfferTable, reads: NumberReads): Float64Array {
  if ('attribute' in reads) return table.numbers(reads.attribute) ?? new Float64Array(table.rows).fill(NaN);
  if ('from' in reads) {
    const bySite = table.sites.map((site) => roundTrip(site, reads.from));
    return Float64Array.from(table.siteOf, (site) => bySite[site] ?? NaN);
  }
  if ('wish' in reads)
    return Float64Array.from({ length: table.rows }, (_, row) => (offerMeets(reads.wish, table.offer(row, 0, null)) ? 1 : 0));
  const columns = new Map(reads.expression.reads.map((name) => [name, table.numbers(name)]));
  return Float64Array.from({ length: table.rows }, (_, row) => {
    const value = reads.expression.valueOf((name) => columns.get(name)?.[row] ?? NaN);
    return Number.isFinite(value) ? value : NaN;
  });
}

function roundTrip({ latitude, longitude }: Pick<Offer, 'latitude' | 'longitude'>, from: Point): number {
  return typeof latitude === 'number' && typeof longitude === 'number' ? estimatedRoundTrip({ latitude, longitude }, from) : NaN;
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
