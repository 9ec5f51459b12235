import type { Market } from '@cloud-agency/sla';
import type { Size } from '../catalogue/size.js';
import { digest } from './digest.js';

export interface PriceChange {
  /** All regions when left out. */
  readonly region?: string;
  readonly instanceType: string;
  readonly market: Market;
  /** The new price from the one it has, USD an hour. */
  readonly to: (price: number) => number;
}

export interface PriceFile {
  readonly body: Buffer;
  readonly etag: string;
}

const markets: readonly Market[] = ['on-demand', 'spot'];

/** What a cloud asks for its sizes now: the catalogue's prices, and the changes made since the start. */
export class PriceList {
  private readonly changed = new Map<string, number>();
  private rendered: PriceFile | undefined;

  constructor(private readonly sizes: () => ReadonlyMap<string, readonly Size[]>) {}

  /** How many prices it changed. */
  change({ region, instanceType, market, to }: PriceChange): number {
    let count = 0;
    for (const [name, sizes] of this.sizes()) {
      if (region !== undefined && region !== name) continue;
      for (const size of sizes) {
        const price = size.name === instanceType ? this.of(name, size, market) : null;
        if (price === null) continue;
        this.changed.set(keyOf(name, size, market), to(price));
        count += 1;
      }
    }
    if (count > 0) this.rendered = undefined;
    return count;
  }

  /** USD an hour; null where it is not sold. */
  of(region: string, size: Size, market: Market): number | null {
    return this.changed.get(keyOf(region, size, market)) ?? (market === 'spot' ? size.spotPrice : size.price);
  }

  /** CSV as price lists are configured: instance_type,price_per_hour,currency,region,market. */
  file(): PriceFile {
    return (this.rendered ??= this.render());
  }

  private render(): PriceFile {
    let csv = 'instance_type,price_per_hour,currency,region,market\n';
    for (const [region, sizes] of this.sizes()) {
      for (const size of sizes) {
        for (const market of markets) {
          const price = this.of(region, size, market);
          if (price !== null) csv += `${size.name},${price},USD,${region},${market}\n`;
        }
      }
    }
    return { body: Buffer.from(csv), etag: `"${digest(csv, 32)}"` };
  }
}

const keyOf = (region: string, size: Size, market: Market): string => `${region}/${size.name}/${market}`;
