import { PriceList } from '../vendor/prices.js';
import type { PriceFeed } from '../vendor/price-source.js';
import type { Cache, Cached } from './cache.js';

const key = 'prices';

/** The account's prices: as last seen, refreshed when their source has newer ones. */
export class CurrentPrices {
  private held: PriceList | undefined;
  private version: string | undefined;
  private seen: number | undefined;
  private unsaved: Cached | undefined;
  private refreshing: Promise<boolean> | undefined;

  constructor(
    private readonly feed: PriceFeed,
    private readonly cache: Cache,
    private readonly rates: Readonly<Record<string, number>>,
    private readonly now: () => number,
  ) {}

  get list(): PriceList | undefined {
    return this.held;
  }

  /** How old they may be without anything being wrong, ms. */
  get everyMs(): number {
    return this.feed.everyMs;
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

  /** True when there is a new list; a source that it is not time to ask again is not asked. Callers at the same time share one request. @throws VendorError */
  async refresh(): Promise<boolean> {
    if (this.seen !== undefined && this.now() < this.seen + this.feed.everyMs) return false;
    this.refreshing ??= this.load().finally(() => {
      this.refreshing = undefined;
    });
    return await this.refreshing;
  }

  /** Writes down the list that `refresh` brought. */
  async save(): Promise<void> {
    const { unsaved } = this;
    if (!unsaved) return;
    await this.cache.put([[key, unsaved]]);
    if (this.unsaved === unsaved) this.unsaved = undefined;
  }

  private async load(): Promise<boolean> {
    const text = await this.feed.newerThan(this.version);
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
