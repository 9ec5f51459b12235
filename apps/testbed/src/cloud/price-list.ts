import type { Size } from '../catalogue/size.js';
import { digest } from './digest.js';

export interface PriceChange {
  /** All regions when left out. */
  readonly region?: string;
  readonly instanceType: string;
  /** The new price from the one it has, USD an hour. */
  readonly to: (price: number) => number;
}

export interface PriceFile {
  readonly body: Buffer;
  readonly etag: string;
}

/** What a cloud asks for its sizes now: the catalogue's prices, and the changes made since the start. */
export class PriceList {
  private readonly changed = new Map<string, number>();
  private rendered: PriceFile | undefined;

  constructor(private readonly sizes: () => ReadonlyMap<string, readonly Size[]>) {}

  /** How many prices it changed. */
  change({ region, instanceType, to }: PriceChange): number {
    let count = 0;
    for (const [name, sizes] of this.sizes()) {
      if (region !== undefined && region !== name) continue;
      for (const size of sizes) {
        if (size.name !== instanceType) continue;
        this.changed.set(keyOf(name, size), to(this.priceOf(name, size)));
        count += 1;
      }
    }
    if (count > 0) this.rendered = undefined;
    return count;
  }

  /** CSV as price lists are configured: instance_type,price_per_hour,currency,region,market. */
  file(): PriceFile {
    return (this.rendered ??= this.render());
  }

  private priceOf(region: string, size: Size): number {
    return this.changed.get(keyOf(region, size)) ?? size.price;
  }

  private render(): PriceFile {
    let csv = 'instance_type,price_per_hour,currency,region,market\n';
    for (const [region, sizes] of this.sizes()) {
      for (const size of sizes) csv += `${size.name},${this.priceOf(region, size)},USD,${region},on-demand\n`;
    }
    return { body: Buffer.from(csv), etag: `"${digest(csv, 32)}"` };
  }
}

const keyOf = (region: string, size: Size): string => `${region}/${size.name}`;
