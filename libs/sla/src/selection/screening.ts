import type { Exclusion } from './answer.js';
import { bitCount } from './bits.js';
import { FeasibleBlock } from './feasible-block.js';
import type { Checks, PriceCheck, StandCheck } from './filter.js';
import { failsSeveral, passes, type SizeCodes, sizeCodes } from './size-codes.js';
import type { Block } from './table/block.js';
import type { OfferTable } from './table/offer-table.js';
import type { Section } from './table/section.js';
import type { Stand } from './table/stand.js';
import { Tally } from './tally.js';

/** What the checks on stands leave of one: zones as bits. */
interface StandVerdict {
  /** Zones that pass all of them. */
  readonly open: number;
  /** By check: the zones that fail it. */
  readonly failing: readonly number[];
}

const closedToAll: StandVerdict = { open: 0, failing: [] };

/** Holds a table against the checks of one item, and tallies what each check excludes. For one pass. */
export class Screening {
  private readonly ofSizes: readonly Tally[];
  private readonly ofPrices: readonly Tally[];
  private readonly ofStands: readonly Tally[];
  private readonly sizes: SizeCodes;
  private readonly blocks: FeasibleBlock[] = [];
  private offers = 0;

  constructor(
    private readonly table: OfferTable,
    private readonly checks: Checks,
  ) {
    this.ofSizes = checks.sizes.map(() => new Tally());
    this.ofPrices = checks.prices.map(() => new Tally());
    this.ofStands = checks.stands.map(() => new Tally());
    this.sizes = sizeCodes(table.lexicon.sizes.count, checks.sizes);
  }

  /** The blocks that have offers that pass, and how many offers those are. */
  pass(): { readonly blocks: readonly FeasibleBlock[]; readonly offers: number } {
    for (const section of this.table.sections) {
      const verdicts = section.blocks.map(({ stand }) => this.verdict(stand));
      this.exclude(section, verdicts);
      const alike = this.alike(section, verdicts);
      if (alike) this.passBySize(section, alike);
      else
        section.blocks.forEach((block, index) => {
          this.passByRow(block, verdicts[index] ?? closedToAll);
        });
    }
    return { blocks: this.blocks, offers: this.offers };
  }

  /** What each check excludes; of one that nothing fails alone the nearest of all that fail it. */
  exclusions(): readonly Exclusion[] {
    const { sizes, prices, stands } = this.checks;
    return [
      ...sizes.flatMap((check, index) => this.told(this.ofSizes[index], check, sizeOf, check.fails)),
      ...prices.flatMap((check, index) =>
        this.told(this.ofPrices[index], check, priceOf, (price, stand) => applies(check, stand) && check.fails(price)),
      ),
      ...stands.flatMap((check, index) =>
        this.told(this.ofStands[index], check, standOf, (stand) => failingZones(stand, check) !== 0),
      ),
    ];
  }

  private verdict(stand: Stand): StandVerdict {
    const all = 2 ** stand.zones.length - 1;
    const failing = this.checks.stands.map((check) => failingZones(stand, check));
    return { open: failing.reduce((bits, failed) => bits & ~failed, all), failing };
  }

  /** The verdict on all stands of a section, where it is the same: everywhere open, or closed by its terms, and prices do not matter. */
  private alike({ blocks }: Section, verdicts: readonly StandVerdict[]): StandVerdict | undefined {
    const [first] = verdicts;
    if (!first || this.checks.prices.length > 0) return undefined;
    const { stands } = this.checks;
    const isAlike = verdicts.every(({ failing }, index) => {
      const all = 2 ** (blocks[index]?.stand.zones.length ?? 0) - 1;
      return failing.every((bits, check) => (stands[check]?.ofTerms === true ? bits === 0 || bits === all : bits === 0));
    });
    return isAlike ? first : undefined;
  }

  /** What is asked is told by the section's sizes, without a look at its rows. */
  private passBySize(section: Section, { failing }: StandVerdict): void {
    const [closedBy, ...others] = failing.flatMap((bits, check) => (bits === 0 ? [] : [check]));
    if (closedBy === undefined) this.allOpen(section);
    else if (others.length === 0)
      eachSize(section, (size, count, block, row) => {
        if (this.sizes.codes[size] === passes) this.closed(closedBy, block, row, 1, count);
      });
  }

  private allOpen(section: Section): void {
    const { codes } = this.sizes;
    eachSize(section, (size, count, block, row) => {
      this.open(codes[size] ?? passes, block, row, 1, count);
    });
    for (const block of section.blocks) this.keep(FeasibleBlock.bySize(block, 2 ** block.stand.zones.length - 1, codes));
  }

  private passByRow(block: Block, { open, failing }: StandVerdict): void {
    const priced = this.checks.prices.filter((check) => applies(check, block.stand));
    const failingAlone = failing.map((own, check) =>
      failing.reduce((bits, other, at) => (at === check ? bits : bits & ~other), own),
    );
    // No row of a closed stand can pass, and only a bound on prices counts what it excludes row by row.
    if (open === 0 && priced.length === 0 && failingAlone.every((bits) => bits === 0)) return;
    const rows = this.passingRows(block, open, priced);
    const [first] = rows;
    if (first === undefined) return;
    failingAlone.forEach((bits, check) => {
      if (bits !== 0) this.closed(check, block, first, bits, rows.length * bitCount(bits));
    });
    if (open !== 0) this.keep(FeasibleBlock.of(block, open, rows));
  }

  /** The rows that pass but for their stand; tallies the others. */
  private passingRows(block: Block, open: number, priced: readonly PriceCheck[]): Int32Array {
    const { sizes, prices, stand } = block;
    const passing = new Int32Array(sizes.length);
    const openCount = bitCount(open);
    let count = 0;
    for (let row = 0; row < sizes.length; row += 1) {
      const ofSize = this.sizes.codes[sizes[row] ?? 0] ?? passes;
      const code = priced.length === 0 ? ofSize : this.withPrice(ofSize, priced, prices[row] ?? NaN, stand.zones.length);
      if (code === passes) passing[count++] = row;
      if (open !== 0) this.open(code, block, row, open, openCount);
    }
    return passing.slice(0, count);
  }

  private keep(found: FeasibleBlock): void {
    if (found.first !== undefined) this.blocks.push(found);
  }

  /** Offers of one size, or of one row, at stands that are open. */
  private open(code: number, block: Block, row: number, zones: number, offers: number): void {
    if (code === passes) this.offers += offers;
    else if (code !== failsSeveral) this.failOne(code - 1, block, row, zones, offers);
  }

  private failOne(check: number, block: Block, row: number, zones: number, offers: number): void {
    const ofPrice = check - this.checks.sizes.length;
    const miss =
      ofPrice < 0
        ? (this.sizes.misses[block.sizes[row] ?? 0] ?? 0)
        : (this.checks.prices[ofPrice]?.miss(block.prices[row] ?? NaN) ?? 0);
    (ofPrice < 0 ? this.ofSizes[check] : this.ofPrices[ofPrice])?.addAlone(block, row, zones, offers, miss);
  }

  /** Offers that pass all but one check on their stands. */
  private closed(check: number, block: Block, row: number, zones: number, offers: number): void {
    const miss = this.checks.stands[check]?.miss(block.stand) ?? 1;
    this.ofStands[check]?.addAlone(block, row, zones, offers, miss);
  }

  /** Codes of bounds on prices come after those of sizes. */
  private withPrice(code: number, checks: readonly PriceCheck[], price: number, zones: number): number {
    let result = code;
    for (const check of checks) {
      if (!check.fails(price)) continue;
      const at = this.checks.prices.indexOf(check);
      const tally = this.ofPrices[at];
      if (tally) tally.excluded += zones;
      result = result === passes ? this.checks.sizes.length + at + 1 : failsSeveral;
    }
    return result;
  }

  /** What fails a check on a stand or a size, whatever else it fails. */
  private exclude({ blocks, offers }: Section, verdicts: readonly StandVerdict[]): void {
    this.sizes.failing.forEach((sizes, check) => {
      const tally = this.ofSizes[check];
      if (tally) for (const size of sizes) tally.excluded += offers[size] ?? 0;
    });
    verdicts.forEach(({ failing }, index) => {
      failing.forEach((bits, check) => {
        const tally = this.ofStands[check];
        if (tally && bits !== 0) tally.excluded += (blocks[index]?.prices.length ?? 0) * bitCount(bits);
      });
    });
  }

  private told<T>(
    tally: Tally | undefined,
    check: {
      readonly text: string;
      readonly wanted: string;
      readonly found: (of: T) => string;
      readonly miss: (of: T) => number;
    },
    at: (block: Block, row: number) => T,
    fails: (of: T, stand: Stand) => boolean,
  ): readonly Exclusion[] {
    if (!tally || tally.excluded === 0) return [];
    if (tally.alone === 0) {
      for (const block of this.table.blocks) {
        for (let row = 0; row < block.prices.length; row += 1) {
          if (fails(at(block, row), block.stand)) tally.consider(block, row, 1, check.miss(at(block, row)));
        }
      }
    }
    return tally.exclusion(this.table, check.text, check.wanted, (block, row) => check.found(at(block, row)));
  }
}

/** What a section has of each size: how many offers, and where the cheapest is. */
function eachSize(
  { blocks, offers, cheapestIn, cheapestRow }: Section,
  see: (size: number, offers: number, block: Block, row: number) => void,
): void {
  for (let size = 0; size < offers.length; size += 1) {
    const block = blocks[cheapestIn[size] ?? -1];
    if (block) see(size, offers[size] ?? 0, block, cheapestRow[size] ?? 0);
  }
}

const sizeOf = ({ sizes }: Block, row: number) => sizes[row] ?? -1;
const priceOf = ({ prices }: Block, row: number) => prices[row] ?? NaN;
const standOf = ({ stand }: Block) => stand;

function applies({ market }: PriceCheck, stand: Stand): boolean {
  return market === undefined || market === stand.market;
}

function failingZones(stand: Stand, { fails, ofTerms = false }: StandCheck): number {
  if (ofTerms) return fails(stand, '') ? 2 ** stand.zones.length - 1 : 0;
  let bits = 0;
  for (let zone = 0; zone < stand.zones.length; zone += 1) if (fails(stand, stand.zones[zone] ?? '')) bits |= 1 << zone;
  return bits;
}
