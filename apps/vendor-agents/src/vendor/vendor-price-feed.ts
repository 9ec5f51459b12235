import { createHash } from 'node:crypto';
import type { VendorPrice, VendorPrices } from './port.js';
import type { PriceFeed, PriceText } from './price-source.js';

/** What the vendor itself asks, as a price list like the operators' own: so both are read, kept and compared in one way. */
export class VendorPriceFeed implements PriceFeed {
  readonly everyMs: number;

  constructor(
    private readonly prices: VendorPrices,
    private readonly regions: readonly string[],
  ) {
    this.everyMs = prices.everyMs;
  }

  async newerThan(version: string | undefined): Promise<PriceText | undefined> {
    const csv = csvOf(await this.prices.list(this.regions));
    const current = createHash('sha256').update(csv).digest('hex');
    return current === version ? undefined : { csv, version: current };
  }
}

/** In an order of its own: vendors list the same prices in another one the next time. */
function csvOf(prices: readonly VendorPrice[]): string {
  const rows = prices.map(
    ({ region = '', size, price, currency, market = 'on-demand' }) => `${size},${price},${currency},${region},${market}`,
  );
  return ['instance_type,price_per_hour,currency,region,market', ...rows.sort(), ''].join('\n');
}
