import type { Sale } from '../vendor/prices.js';
import type { Failure } from './placements.js';

export interface Quotes {
  /** USD an hour now; undefined when the size is not sold that way. @throws VendorError when no price list could be had so far. */
  currentPrice(region: string, instanceType: string, sale: Sale): Promise<number | undefined>;
  /** The share of the list price below which the account has never offered anything of the kind. */
  lowest(region: string, sale: Sale): number;
}

/** What was quoted, USD an hour, and the list price that it was conceded from; absent: none, the price is that. */
interface Quoted extends Sale {
  readonly region: string;
  readonly instanceType: string;
  readonly price: number;
  readonly list?: number;
}

/**
 * Why nothing can be bought at the quoted price any more; undefined when it holds. A price that was conceded holds as long as the list price that
 * it was made from does, and the account still concedes so much.
 */
export async function priceChange(quotes: Quotes, quoted: Quoted, tolerance: number): Promise<Failure | undefined> {
  const { region, instanceType, market, price, list = price } = quoted;
  const what = market === 'spot' ? `${instanceType} (spot)` : instanceType;
  const now = await quotes.currentPrice(region, instanceType, quoted);
  if (now === undefined || Math.abs(now - list) > tolerance) {
    const told = list === price ? `quoted at ${price}` : `quoted at ${price} off a list price of ${list}`;
    return changed(
      `${what} in ${region} was ${told} USD an hour; ${now === undefined ? 'it is no longer sold' : `it costs ${now} now`}.`,
    );
  }
  const least = list === price ? price : list * quotes.lowest(region, quoted);
  if (price >= least - tolerance) return undefined;
  return changed(`${what} in ${region} was quoted at ${price} USD an hour; this account does not go below ${least} any more.`);
}

const changed = (message: string): Failure => ({ reason: 'price-changed', message, vendorCode: null });
