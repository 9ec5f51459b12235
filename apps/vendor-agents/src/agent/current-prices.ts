import { PriceList } from '../vendor/prices.js';
import type { PriceSource } from '../vendor/price-source.js';
import type { Cache, Cached } from './cache.js';

const key = 'prices';

/** The account's price list: as last seen, refreshed when its source has a newer one. */
export class CurrentPrices {
  private held: PriceList | undefined;
  private version: string | undefined;
  private seen: number | undefined;
  private unsaved: Cached | undefined;
  private refreshing: Promise<boolean> | undefined;

  constructor(
    private readonly source: PriceSource,
    private readonly cache: Cache,
    private readonly rates: Readonly<Record<string, number>>,
    private readonly now: () => number,
  ) {}

  get list(): PriceList | undefined {
    return this.held;
  }

  /** When the list was last known to be the current one, ms. */
  get asOf(): number | undefined {
    return this.seen;
  }

  async restore(cached: ReadonlyMap<string, Cached>): Promise<void> {
    const entry = cached.get(key);
    if (!entry) return;
    this.held = await PriceList.parse(entry.body, this.rates);
    this.version = entry.version;
    this.seen = entry.seenAt;
  }

  /** True when there is a new list. Callers at the same time share one request. @throws VendorError */
  async refresh(): Promise<boolean> {
    this.refreshing ??= this.load().finally(() => {
      this.refreshing = undefined;
    });
    return await this.refreshing;
  }

  /** Writes down the list that `refresh` brought. */
  async save(): Promise<void> {
    const { unsaved } = this;
    this.unsaved = undefined;
    if (unsaved) await this.cache.put([[key, unsaved]]);
  }

  private async load(): Promise<boolean> {
    const text = await this.source.newerThan(this.version);
    if (text === undefined) {
      this.seen = this.now();
      return false;
    }
    this.held = await PriceList.parse(text.csv, this.rates);
    this.version = text.version;
    this.seen = this.now();
    this.unsaved = { version: text.version, body: text.csv, seenAt: this.seen };
    return true;
  }
}
