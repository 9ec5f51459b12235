import type { Sale } from '../vendor/prices.js';
import type { Failure } from './placements.js';

export interface Quotes {
  /** USD an hour now; undefined when the size is not sold that way. @throws VendorError when no price list could be had so far. */
  currentPrice(region: string, instanceType: string, sale: Sale): Promise<number | undefined>;
}

/** What was quoted, USD an hour. */
interface Quoted extends Sale {
  readonly region: string;
  readonly instanceType: string;
  readonly price: number;
}

/** Why nothing can be bought at the quoted price any more; undefined when it holds. */
export async function priceChange(quotes: Quotes, quoted: Quoted, tolerance: number): Promise<Failure | undefined> {
  const { region, instanceType, market } = quoted;
  const price = await quotes.currentPrice(region, instanceType, quoted);
  if (price !== undefined && Math.abs(price - quoted.price) <= tolerance) return undefined;
  const what = market === 'spot' ? `${instanceType} (spot)` : instanceType;
  return {
    reason: 'price-changed',
    message: `${what} in ${region} was quoted at ${quoted.price} USD an hour; ${price === undefined ? 'it is no longer sold' : `it costs ${price} now`}.`,
    vendorCode: null,
  };
}
