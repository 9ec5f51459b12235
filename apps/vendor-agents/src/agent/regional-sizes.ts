import { setImmediate as nextTurn } from 'node:timers/promises';
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
  private readonly unsaved = new Map<string, Cached>();
  private readonly versions = new Map<string, string>();
  /** When the oldest of what is held was seen, ms; undefined while nothing is. */
  private readonly seenAt = new Map<string, number>();

  private loadingFirst = true;

  constructor(
    private readonly driver: VendorDriver,
    private readonly cache: Cache,
    private readonly wanted: readonly string[],
  ) {}

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

  async restore(cached: ReadonlyMap<string, Cached>): Promise<void> {
    for (const region of this.wanted) {
      const entry = cached.get(keyPrefix + region);
      if (!entry) continue;
      this.hold(region, JSON.parse(entry.body) as RegionalSizes, entry.version, entry.seenAt);
      await nextTurn();
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

  /** Writes down what `refresh` saw. */
  async save(now: number): Promise<void> {
    const changed = new Map(this.unsaved);
    this.unsaved.clear();
    await this.cache.put(changed);
    const same = [...this.known.keys()].map((region) => keyPrefix + region).filter((key) => !changed.has(key));
    await this.cache.touch(same, now);
  }

  private async refreshRegion(region: string, now: () => number): Promise<string | undefined> {
    try {
      const [zones, sizes] = await Promise.all([this.driver.zones(region), this.driver.sizes(region)]);
      const body = JSON.stringify({ zones, sizes });
      const version = digest(body);
      if (this.versions.get(region) !== version) this.unsaved.set(keyPrefix + region, { version, body, seenAt: now() });
      this.hold(region, { zones, sizes }, version, now());
      return undefined;
    } catch (error) {
      return describe(region, asVendorError(error));
    }
  }

  private hold(region: string, sizes: RegionalSizes, version: string, seenAt: number): void {
    this.known.set(region, sizes);
    this.versions.set(region, version);
    this.seenAt.set(region, seenAt);
  }
}

const describe = (region: string, error: VendorError): string => `${region}: ${error.reason}: ${error.message}`;
