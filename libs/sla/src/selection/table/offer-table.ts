import type { Observed } from '../observed.js';
import type { Offer } from '../offer.js';
import type { Block } from './block.js';
import { conceded } from './conceded.js';
import { changedBlocks, type TableChange, type UnitsChange } from './changes.js';
import type { OfferRow } from './offer-row.js';
import { OfferTableBuilder } from './builder.js';
import { observedTable, type SeenTable } from './observed-table.js';
import { type Section, sectionsOf } from './section.js';
import type { Sizes } from './sizes.js';
import { type Stand, zonesOfAStand } from './stand.js';

/** What all versions of a table share: it only grows. */
export interface Lexicon {
  readonly sizes: Sizes;
  /** Instance types. */
  readonly names: readonly string[];
}

const toldOfABlock = 16;

/**
 * The offers of one vendor agent, or of several, in typed columns: one version of them. It never changes; `changed` makes the next one, which
 * shares with this one all that stays. Who answers a call holds one version and sees nothing of what comes meanwhile.
 */
export class OfferTable {
  /** Row n of the table is row n - offsets[b] of block b. */
  private readonly offsets: Int32Array;
  /** Offers in all: every row once for each of its zones. */
  readonly offers: number;
  readonly rows: number;
  private readonly told = new Map<Block, Map<number, Offer>>();
  private bySection: readonly Section[] | undefined;
  private gap: number | undefined;
  private seen: SeenTable | undefined;

  /** For the builder and for `changed`. `unitsLeft` is by pool; what it lacks has no known limit. */
  constructor(
    readonly lexicon: Lexicon,
    readonly blocks: readonly Block[],
    private readonly unitsLeft: ReadonlyMap<string, number>,
    /** Counts the changes since the table was built. */
    readonly version: number,
  ) {
    this.offsets = new Int32Array(blocks.length + 1);
    let offers = 0;
    blocks.forEach(({ stand, prices }, index) => {
      offers += prices.length * stand.zones.length;
      this.offsets[index + 1] = (this.offsets[index] ?? 0) + prices.length;
    });
    this.offers = offers;
    this.rows = this.offsets[blocks.length] ?? 0;
  }

  /** Throws RangeError for a row without a zone or with a price that is not a number. */
  static build(rows: Iterable<OfferRow>): OfferTable {
    const builder = new OfferTableBuilder();
    for (const row of rows) builder.add(row);
    return builder.build();
  }

  /** The next version: other prices, other capacities, offers and places that are gone. Costs what the blocks that change cost, not the table. */
  changed(change: TableChange): OfferTable {
    const unitsLeft = new Map(this.unitsLeft);
    for (const units of change.unitsLeft ?? []) {
      for (const pool of this.poolsOf(units)) {
        if (units.left === null) unitsLeft.delete(pool);
        else unitsLeft.set(pool, units.left);
      }
    }
    return new OfferTable(this.lexicon, changedBlocks(this, change), unitsLeft, this.version + 1);
  }

  /**
   * The same offers, each block at this share of its prices, for one answer: what becomes of the offers is told to this table, not to that
   * one. Costs what the prices cost; blocks at 1 are shared.
   */
  conceded(levels: readonly number[]): OfferTable {
    const blocks = this.blocks.map((block, index) => conceded(block, levels[index] ?? 1, this.lexicon.names));
    return new OfferTable(this.lexicon, blocks, this.unitsLeft, this.version);
  }

  /** The least difference of two prices, USD an hour; Infinity where all are the same. */
  get leastGap(): number {
    return (this.gap ??= leastGapOf(this.blocks));
  }

  /** The same offers as the Agency has observed them, for calls that say so; itself where nothing was. */
  observed(observed: Observed | undefined): OfferTable {
    return observed === undefined ? this : (this.seen = observedTable(this, observed, this.seen)).table;
  }

  /** The next of these offers with other blocks and sizes, of which the capacities are the same. */
  withBlocks(blocks: readonly Block[], lexicon: Lexicon): OfferTable {
    return new OfferTable(lexicon, blocks, this.unitsLeft, this.version);
  }

  get sections(): readonly Section[] {
    return (this.bySection ??= sectionsOf(this.blocks, this.lexicon.sizes));
  }

  site(row: number): Stand {
    return this.at(row).block.stand;
  }

  id(row: number, zone: number): string {
    const { block, index } = this.at(row);
    return this.idIn(block, index, zone);
  }

  /** One offer; `unitsLeft` is the capacity of its pool (a zone of the account), null for no known limit. */
  offer(row: number, zone: number, unitsLeft: number | null): Offer {
    const { block, index } = this.at(row);
    return this.offerIn(block, index, zone, unitsLeft);
  }

  /** What is left in a zone of a row, null for no known limit. */
  unitsAt(row: number, zone: number): number | null {
    return this.leftAt(this.at(row).block, zone);
  }

  idIn({ prefixes, names, label }: Block, row: number, zone: number): string {
    return `${prefixes[zone] ?? ''}${this.lexicon.names[names[row] ?? -1] ?? ''}/${label}`;
  }

  /** One offer, with the units left that are known here. The last few of each block are kept: calls ask for the same ones over and over. */
  known(block: Block, row: number, zone: number): Offer {
    const key = row * zonesOfAStand + zone;
    let told = this.told.get(block);
    const before = told?.get(key);
    if (before) return before;
    if (!told || told.size >= toldOfABlock) {
      told = new Map();
      this.told.set(block, told);
    }
    const offer = this.offerIn(block, row, zone, this.leftAt(block, zone));
    told.set(key, offer);
    return offer;
  }

  offerIn(block: Block, row: number, zone: number, unitsLeft: number | null): Offer {
    const { stand } = block;
    const size = this.lexicon.sizes.at(block.sizes[row] ?? -1);
    // Field by field: some hundred of these are made for every call, and copying objects takes several times as long.
    const offer = {
      id: this.idIn(block, row, zone),
      agent: stand.agent,
      vendor: stand.vendor,
      region: stand.region,
      zone: stand.zones[zone] ?? '',
      city: stand.city,
      country: stand.country,
      continent: stand.continent,
      latitude: stand.latitude,
      longitude: stand.longitude,
      instanceType: this.lexicon.names[block.names[row] ?? -1] ?? '',
      market: stand.market,
      price: block.prices[row] ?? NaN,
      cores: size.cores,
      memory: size.memory,
      disk: size.disk,
      gpu: size.gpu,
      architecture: size.architecture,
      availability: stand.availability,
      carbon: stand.carbon,
      capacity: unitsLeft,
      pool: block.pools[zone] ?? '',
    };
    if (stand.isPlain && size.isPlain && !block.lists) return offer;
    return { ...offer, ...listOf(block, row), ...size.rare, ...rareOf(stand) };
  }

  private leftAt({ pools }: Block, zone: number): number | null {
    return this.unitsLeft.size === 0 ? null : (this.unitsLeft.get(pools[zone] ?? '') ?? null);
  }

  /** The pools of a zone of an account: one, unless the zone's offers are under several vendors' names. */
  private poolsOf({ agent, region, zone }: UnitsChange): ReadonlySet<string> {
    const own = this.blocks.filter(({ stand }) => stand.agent === agent && stand.region === region);
    return new Set(own.flatMap(({ stand, pools }) => pools.filter((_, index) => stand.zones[index] === zone)));
  }

  private at(row: number): { readonly block: Block; readonly index: number } {
    let [low, high] = [0, this.blocks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.offsets[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    const block = this.blocks[low];
    if (!block || row < 0 || row >= this.rows) throw new RangeError(`there is no row ${row}`);
    return { block, index: row - (this.offsets[low] ?? 0) };
  }
}

function leastGapOf(blocks: readonly Block[]): number {
  const prices = Float64Array.from(blocks.flatMap(({ prices: own }) => [...own])).sort();
  let least = Infinity;
  for (let index = 1; index < prices.length; index += 1) {
    const gap = (prices[index] ?? NaN) - (prices[index - 1] ?? NaN);
    if (gap > 0 && gap < least) least = gap;
  }
  return least;
}

/** What is asked for them without any concession, where there is one. */
function listOf({ lists, prices }: Block, row: number): Pick<Offer, 'list'> {
  const list = lists?.[row];
  return list === undefined || list === prices[row] ? {} : { list };
}

/** What few offers have. */
function rareOf({
  commitment,
  egress,
  discount,
  declared,
}: Stand): Pick<Offer, 'commitment' | 'egress' | 'discount' | 'declared'> {
  return {
    ...(commitment > 0 && { commitment }),
    ...(egress && { egress }),
    ...(discount !== null && { discount }),
    ...(declared !== undefined && { declared }),
  };
}
