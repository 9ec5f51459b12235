import type { Exclusion } from './answer.js';
import { bitsOf } from './bits.js';
import type { Offer } from './offer.js';
import type { Block } from './table/block.js';
import type { OfferTable } from './table/offer-table.js';

/** One row in some of its stand's zones, as bits. */
interface Spot {
  readonly block: Block;
  readonly row: number;
  readonly zones: number;
}

function offerAt(table: OfferTable, { block, row, zones }: Spot): Offer {
  return table.known(block, row, bitsOf(zones)[0] ?? 0);
}

/**
 * What one check excludes: how many offers, how many of them fail it alone, of these the one that misses by least (of equal ones the cheapest,
 * then the first) and the cheapest.
 */
export class Tally {
  excluded = 0;
  alone = 0;
  private nearest: Spot | undefined;
  private miss = Infinity;
  private price = Infinity;
  private cheapest: Spot | undefined;
  private lowest = Infinity;

  /** `offers` offers of a row fail this check and no other. */
  addAlone(block: Block, row: number, zones: number, offers: number, miss: number): void {
    this.alone += offers;
    const price = block.prices[row] ?? Infinity;
    if (price < this.lowest) {
      this.lowest = price;
      this.cheapest = { block, row, zones };
    }
    this.consider(block, row, zones, miss);
  }

  /** A row that fails it, perhaps with others: it may be the nearest. */
  consider(block: Block, row: number, zones: number, miss: number): void {
    if (miss > this.miss) return;
    const price = block.prices[row] ?? Infinity;
    if (miss === this.miss && price >= this.price) return;
    this.nearest = { block, row, zones };
    this.miss = miss;
    this.price = price;
  }

  /** None when nothing was excluded. */
  exclusion(table: OfferTable, constraint: string, wanted: string, found: (block: Block, row: number) => string): Exclusion[] {
    if (this.excluded === 0) return [];
    const told = ({ block, row, zones }: Spot) => ({
      offer: table.idIn(block, row, bitsOf(zones)[0] ?? 0),
      found: found(block, row),
    });
    return [
      {
        constraint,
        excluded: this.excluded,
        excludedByThisAlone: this.alone,
        ...(this.nearest && { nearestMiss: { ...told(this.nearest), wanted, miss: this.miss } }),
        ...(this.cheapest && {
          cheapestAlone: { ...told(this.cheapest), price: this.lowest, itself: offerAt(table, this.cheapest) },
        }),
      },
    ];
  }
}
