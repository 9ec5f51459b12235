import { isDeepStrictEqual } from 'node:util';
import { ownTurn } from '../vendor/own-turn.js';
import type { Size, VendorDriver } from '../vendor/port.js';
import { asVendorError, type VendorError } from '../vendor/vendor-error.js';
import { type Cache, type Cached, digest } from './cache.js';

/** What a region sells, and where in it. */
export interface RegionalSizes {
  readonly zones: readonly string[];
  readonly sizes: readonly Size[];
}

const keyPrefix = 'sizes/';

/** The sizes of all regions of an account: as last seen, refreshed from the vendor a few regions at a time. */
export class SizesByRegion {
  private readonly known = new Map<string, RegionalSizes>();
  /** Regions whose sizes are not those that are written down. */
  private readonly unsaved = new Set<string>();
  /** Regions that were seen since what was seen of them was written down. */
  private readonly seenAgain = new Set<string>();
  /** When what is held of a region was seen, ms. */
  private readonly seenAt = new Map<string, number>();
  private loadingFirst = true;

  constructor(
    private readonly driver: VendorDriver,
    private readonly cache: Cache,
    private readonly wanted: readonly string[],
  ) {}

  /** When the oldest of what is held was seen, ms; undefined while nothing is. */
  get asOf(): number | undefined {
    return this.seenAt.size === 0 ? undefined : Math.min(...this.seenAt.values());
  }

  /** False while the first load is under way: half of the regions would make half of the offers. */
  get complete(): boolean {
    return this.seenAt.size > 0 && !this.loadingFirst;
  }

  entries(): Iterable<readonly [string, RegionalSizes]> {
    return this.known.entries();
  }

  size(region: string, name: string): Size | undefined {
    return this.known.get(region)?.sizes.find((size) => size.name === name);
  }

  async restore(cached: ReadonlyMap<string, Cached>): Promise<void> {
    for (const region of this.wanted) {
      const entry = cached.get(keyPrefix + region);
      if (!entry) continue;
      this.hold(region, JSON.parse(entry.body) as RegionalSizes, entry.seenAt);
      await ownTurn();
    }
    this.loadingFirst = this.seenAt.size === 0;
  }

  /** @throws VendorError when the cloud does not answer, or not to this account. */
  async check(): Promise<void> {
    await this.driver.check();
  }

  /** Asks the vendor for everything; a region that fails keeps what was known of it. Returns whether anything changed, and what failed. */
  async refresh(now: () => number): Promise<{ changed: boolean; failures: readonly string[] }> {
    const there = new Set(await this.driver.regions());
    const missing = this.wanted.filter((region) => !there.has(region)).map((region) => `the cloud has no region ${region}`);
    const outcomes = await Promise.all(
      this.wanted.filter((region) => there.has(region)).map((region) => this.refreshRegion(region, now)),
    );
    const failures = outcomes.flatMap((outcome) => (typeof outcome === 'string' ? [outcome] : []));
    this.loadingFirst = false;
    return { changed: this.unsaved.size > 0, failures: [...missing, ...failures] };
  }

  /** Writes down what `refresh` saw; what cannot be written now is written the next time. */
  async save(): Promise<void> {
    const changed = [...this.unsaved];
    const same = [...this.seenAgain].filter((region) => !this.unsaved.has(region));
    this.unsaved.clear();
    this.seenAgain.clear();
    try {
      await this.cache.put(this.written(changed));
    } catch (error) {
      for (const region of changed) this.unsaved.add(region);
      throw error;
    }
    await this.cache.touch(
      same.map((region) => keyPrefix + region),
      Math.min(...same.map((region) => this.seenAt.get(region) ?? 0)),
    );
  }

  private *written(regions: readonly string[]): Generator<readonly [string, Cached]> {
    for (const region of regions) {
      const body = JSON.stringify(this.known.get(region));
      yield [keyPrefix + region, { version: digest(body), body, seenAt: this.seenAt.get(region) ?? 0 }];
    }
  }

  private async refreshRegion(region: string, now: () => number): Promise<string | undefined> {
    try {
      const [zones, sizes] = await Promise.all([this.driver.zones(region), this.driver.sizes(region)]);
      if (!isDeepStrictEqual(this.known.get(region), { zones, sizes })) this.unsaved.add(region);
      this.seenAgain.add(region);
      this.hold(region, { zones, sizes }, now());
      return undefined;
    } catch (error) {
      return describe(region, asVendorError(error));
    }
  }

  private hold(region: string, sizes: RegionalSizes, seenAt: number): void {
    this.known.set(region, sizes);
    this.seenAt.set(region, seenAt);
  }
}

const describe = (region: string, error: VendorError): string => `${region}: ${error.reason}: ${error.message}`;
