import type { Offer } from '../offer.js';

/**
 * One size in one region on one market, in all the zones that have it: the zones of a region share the size's price and attributes. Units
 * as in `Offer`.
 */
export interface OfferRow extends Omit<Offer, 'id' | 'zone' | 'capacity' | 'pool'> {
  readonly zones: readonly string[];
}
