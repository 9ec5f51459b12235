import { type Clock, type Log, Trouble } from '@cloud-agency/runtime';
import { type OfferTable, OfferTableBuilder } from '@cloud-agency/sla';
import type { Quotes } from '../placement/quotes.js';
import { ownTurn } from '../vendor/own-turn.js';
import { asVendorError, VendorError } from '../vendor/vendor-error.js';
import type { Cache } from './cache.js';
import type { CurrentPrices } from './current-prices.js';
import type { PriceList, Sale } from '../vendor/prices.js';
import { offerRows, type Seller } from './offer-rows.js';
import type { SizesByRegion } from './regional-sizes.js';
import { type PriceChange, priceChanges } from './repricing.js';

export interface CatalogueOptions {
  readonly seller: Seller;
  readonly sizes: SizesByRegion;
  readonly prices: CurrentPrices;
  readonly cache: Cache;
  /** Told of list prices that have changed, and of what is not sold any more. */
  readonly onRepriced: (changes: readonly PriceChange[]) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

const sizesEveryMs = 600_000;
/** Offers are stale when so many refreshes have been missed, and sooner when it is known that the vendor does not answer. */
const refreshesMissed = 3;
const troubledMs = 60_000;
const pricesEveryMs = 15_000;
/** A price is asked again before a machine is bought at it, unless it was seen so lately. */
const quoteFreshMs = 2_000;
const sliceRows = 1_000;
/** What was seen is written down when nobody waits for it: at a first start all agents load at once, and writing holds the process up. */
const saveAfterMs = 10_000;

/** The offers of one account: sizes from the vendor's API, prices from its list, places from the configuration. */
export class Catalogue implements Pick<Quotes, 'currentPrice'> {
  private table: OfferTable | undefined;
  private sizesProblem: string | undefined;
  private pricesProblem: string | undefined;
  private refreshingSizes: Promise<void> | undefined;
  /** The prices in the table. */
  private pricesSold: PriceList | undefined;
  private rebuilding = Promise.resolve();
  private sizesDue = 0;
  private stopRefreshing: (() => void) | undefined;
  /** Calls off the writing that is due. */
  private saving: (() => void) | undefined;
  private written = Promise.resolve();
  private stopped = false;
  private readonly trouble: { readonly sizes: Trouble; readonly prices: Trouble };
  private settle!: () => void;

  /** Resolves once there are offers, or it is known that there are none for now; at `stop` in any case. */
  readonly loaded = new Promise<void>((resolve) => {
    this.settle = resolve;
  });

  constructor(private readonly options: CatalogueOptions) {
    const trouble = (): Trouble => new Trouble(options.log, { agent: options.seller.agent });
    this.trouble = { sizes: trouble(), prices: trouble() };
  }

  /** Undefined until both sizes and prices are there. */
  get offers(): OfferTable | undefined {
    return this.table;
  }

  /** The prices as they are known now. */
  get priceList(): PriceList | undefined {
    return this.options.prices.list;
  }

  /** What is wrong, and stays so until a refresh succeeds. */
  get problem(): string | undefined {
    return [this.sizesProblem, this.pricesProblem].filter((problem) => problem !== undefined).join(' ') || undefined;
  }

  /** How old the oldest part of the offers is: when it was last seen at the vendor, ms. */
  get asOf(): number | undefined {
    const { sizes, prices } = this.options;
    return sizes.asOf === undefined || prices.asOf === undefined ? undefined : Math.min(sizes.asOf, prices.asOf);
  }

  /** When the offers were last seen, where that is longer ago than it should be, ms: they are served all the same. */
  get staleSince(): number | undefined {
    const { asOf, problem } = this;
    if (asOf === undefined) return undefined;
    const usualMs = Math.max(sizesEveryMs, this.options.prices.everyMs);
    const boundMs = problem === undefined ? refreshesMissed * usualMs : troubledMs;
    return this.options.clock.now() - asOf > boundMs ? asOf : undefined;
  }

  /**
   * Takes what an earlier run saw, and refreshes until `stop`. Resolves after the first time, whether it succeeded or not. With the sizes of
   * an earlier run it is enough to know that the cloud answers: reading them all again can wait until every agent of the process serves.
   */
  async keepFresh(): Promise<void> {
    await this.restore();
    if (this.stopped) return;
    this.stopRefreshing = this.options.clock.every(pricesEveryMs, () => {
      void this.refresh();
    });
    await (this.table ? Promise.all([this.checkCloud(), this.refreshPrices()]) : this.refresh());
    this.settle();
  }

  /** Resolves once what was seen is written down. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.stopRefreshing?.();
    this.settle();
    if (this.saving) {
      this.saving();
      this.write();
    }
    await this.written;
  }

  async currentPrice(region: string, instanceType: string, sale: Sale): Promise<number | undefined> {
    const { prices, clock } = this.options;
    if (clock.now() - (prices.asOf ?? 0) > quoteFreshMs) await this.refreshPrices();
    if (!prices.list)
      throw new VendorError('unavailable', this.pricesProblem ?? 'the price list is not loaded yet', { neverSent: true });
    return prices.list.at(region, instanceType, sale);
  }

  private async restore(): Promise<void> {
    const { cache, sizes, prices, seller, log } = this.options;
    try {
      const cached = await cache.all();
      await sizes.restore(cached);
      await prices.restore(cached);
      await this.rebuild();
    } catch (error) {
      log.error({ agent: seller.agent, err: error }, 'What an earlier run saw cannot be read; everything is asked anew.');
    }
  }

  private async refresh(): Promise<void> {
    const sizesAreDue = this.options.clock.now() >= this.sizesDue || this.sizesProblem !== undefined;
    if (sizesAreDue) this.refreshingSizes ??= this.refreshSizes().finally(() => (this.refreshingSizes = undefined));
    await Promise.all([this.refreshingSizes, this.refreshPrices()]);
  }

  private async checkCloud(): Promise<void> {
    try {
      await this.options.sizes.check();
    } catch (error) {
      this.sizesFailed(error);
    }
  }

  private async refreshSizes(): Promise<void> {
    const { sizes, clock } = this.options;
    this.sizesDue = clock.now() + sizesEveryMs;
    try {
      const { changed, failures } = await sizes.refresh(() => clock.now());
      if (changed) await this.rebuild();
      this.sizesProblem = failures.length === 0 ? undefined : `Sizes could not be read everywhere (${listed(failures)}).`;
      this.saveSoon();
    } catch (error) {
      this.sizesFailed(error);
      return;
    }
    if (this.sizesProblem === undefined) this.trouble.sizes.isOver('Sizes can be read again.');
    else this.trouble.sizes.is(this.sizesProblem, this.sizesProblem);
  }

  private sizesFailed(error: unknown): void {
    const { reason, message } = asVendorError(error);
    this.sizesProblem = `The cloud cannot be used (${reason}): ${message}.`;
    this.trouble.sizes.is(reason, this.sizesProblem);
  }

  private async refreshPrices(): Promise<void> {
    const { prices } = this.options;
    try {
      const changed = await prices.refresh();
      const mistakes = prices.list?.mistakes ?? [];
      this.pricesProblem = undefined;
      this.trouble.prices.isOver('Prices can be refreshed again.');
      if (changed) {
        this.warn(mistakes.length === 0 ? undefined : `Rows of the price list cannot be used (${listed(mistakes)}).`);
        await this.reprice();
        this.saveSoon();
      }
    } catch (error) {
      const { reason, message } = asVendorError(error);
      this.pricesProblem = `Prices cannot be refreshed (${reason}): ${message}.`;
      this.trouble.prices.is(reason, this.pricesProblem);
    }
  }

  /** In slices, so that calls are answered meanwhile; one after the other, so that the last one wins. */
  private async rebuild(): Promise<void> {
    await this.inTurn(() => this.build());
  }

  /** As long as the same is sold, the table stays and only prices in it change. */
  private async reprice(): Promise<void> {
    await this.inTurn(async () => {
      const { table, pricesSold: before } = this;
      const { sizes, prices, seller } = this.options;
      const after = prices.list;
      const found = table && before && after && (await priceChanges(seller, sizes.entries(), { before, after }));
      if (!found || found.sellsMore) await this.build();
      else {
        this.pricesSold = after;
        if (found.changes.length > 0) this.table = table.changed({ prices: found.changes });
      }
      if (found && found.changes.length > 0) await this.tell(found.changes);
    });
  }

  /** What cannot be told changes nothing about the offers. */
  private async tell(changes: readonly PriceChange[]): Promise<void> {
    try {
      await this.options.onRepriced(changes);
    } catch (error) {
      const { seller, log } = this.options;
      log.warn({ agent: seller.agent, err: error }, 'New prices could not be told; the history of prices lacks them.');
    }
  }

  private async build(): Promise<void> {
    const { sizes, prices, seller } = this.options;
    const { list } = prices;
    if (!sizes.complete || !list) return;
    const builder = new OfferTableBuilder();
    let rows = 0;
    for (const row of offerRows(seller, sizes.entries(), list)) {
      builder.add(row);
      rows += 1;
      if (rows % sliceRows === 0) await ownTurn();
    }
    this.table = builder.build();
    this.pricesSold = list;
    this.settle();
  }

  private async inTurn(change: () => Promise<void>): Promise<void> {
    const changed = this.rebuilding.then(change);
    this.rebuilding = changed.catch(() => undefined);
    await changed;
  }

  private saveSoon(): void {
    if (this.stopped) return;
    this.saving ??= this.options.clock.after(saveAfterMs, () => {
      this.write();
    });
  }

  private write(): void {
    this.saving = undefined;
    this.written = this.written.then(() => this.save());
  }

  private async save(): Promise<void> {
    const { sizes, prices, seller, log } = this.options;
    try {
      await sizes.save();
      await prices.save();
    } catch (error) {
      log.warn({ agent: seller.agent, err: error }, 'The offers could not be written down; a start from now on loads them anew.');
    }
  }

  private warn(problem: string | undefined): void {
    if (problem !== undefined) this.options.log.warn({ agent: this.options.seller.agent }, problem);
  }
}

function listed(problems: readonly string[]): string {
  const shown = problems.slice(0, 3).join('; ');
  return problems.length > 3 ? `${shown}; and ${problems.length - 3} more` : shown;
}
