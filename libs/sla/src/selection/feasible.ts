import type { Demand, Need } from '../documents/call.js';
import type { Exclusion } from './answer.js';
import { type ProvidesImage, type RowCheck, rowChecks, type ZoneCheck, zoneChecks } from './filter.js';
import type { OfferTable, Site } from './offers.js';

/** The offers of a table that meet every hard constraint of an item: rows, and for each the zones that do, as bits. */
export interface Feasible {
  readonly rows: Int32Array;
  readonly zones: Int32Array;
  /** Offers, counting each zone. */
  readonly count: number;
  readonly excluded: readonly Exclusion[];
}

/** Filters a table for one item, counting what each constraint excludes and finding its nearest miss (CFP.md 3, Explained). */
export function feasible(
  table: OfferTable,
  need: Need,
  demand: Demand,
  provides: ProvidesImage,
  excludedOffers: ReadonlySet<string>,
): Feasible {
  const rows = rowFailures(table, rowChecks(table, need, provides));
  const sites = siteVerdicts(table, zoneChecks(need, demand));
  const { siteOf } = table;
  const passing = new Int32Array(table.rows);
  const open = new Int32Array(table.rows);
  let passed = 0;
  for (let row = 0; row < siteOf.length; row += 1) {
    const bits = rows.failures[row] === 0 ? (sites.open[siteOf[row] ?? -1] ?? 0) : 0;
    if (bits === 0) continue;
    passing[passed] = row;
    open[passed] = bits;
    passed += 1;
  }
  const zones = open.subarray(0, passed);
  const quarantined = excludedOffers.size > 0 ? quarantine(table, passing, zones, excludedOffers) : [];
  const excluded = [...rowExclusions(table, rows, sites), ...zoneExclusions(table, rows, sites), ...quarantined];
  return { rows: passing.subarray(0, passed), zones, count: zones.reduce((sum, bits) => sum + bitCount(bits), 0), excluded };
}

interface RowFailures {
  readonly checks: readonly RowCheck[];
  /** How many checks each row fails. */
  readonly failures: Uint8Array;
}

function rowFailures(table: OfferTable, checks: readonly RowCheck[]): RowFailures {
  const failures = new Uint8Array(table.rows);
  for (const { failing } of checks) {
    for (let row = 0; row < failing.length; row += 1) failures[row] = (failures[row] ?? 0) + (failing[row] ?? 0);
  }
  return { checks, failures };
}

interface SiteVerdicts {
  readonly checks: readonly ZoneCheck[];
  /** For each site the zones that pass every check, as bits, and how many. */
  readonly open: Int32Array;
  readonly openCount: Int32Array;
  readonly zoneCount: Int32Array;
  readonly verdicts: readonly Verdict[];
}

/** For one site: the zones that pass, and for each check those that fail it, and that fail it alone; all as bits. */
interface Verdict {
  readonly open: number;
  readonly failing: readonly number[];
  readonly failingAlone: readonly number[];
}

function siteVerdicts(table: OfferTable, checks: readonly ZoneCheck[]): SiteVerdicts {
  const verdicts = table.sites.map((site) => verdict(site, checks));
  return {
    checks,
    open: Int32Array.from(verdicts, ({ open }) => open),
    openCount: Int32Array.from(verdicts, ({ open }) => bitCount(open)),
    zoneCount: Int32Array.from(table.sites, ({ zones }) => zones.length),
    verdicts,
  };
}

function verdict(site: Site, checks: readonly ZoneCheck[]): Verdict {
  const failing = checks.map(({ fails }) =>
    site.zones.reduce((bits, zone, index) => (fails(site, zone) ? bits | (1 << index) : bits), 0),
  );
  const all = 2 ** site.zones.length - 1;
  const othersFail = (check: number) => failing.reduce((bits, failed, index) => (index === check ? bits : bits | failed), 0);
  return {
    open: all & ~failing.reduce((bits, failed) => bits | failed, 0),
    failing,
    failingAlone: failing.map((failed, check) => failed & ~othersFail(check)),
  };
}

function rowExclusions(table: OfferTable, { checks, failures }: RowFailures, sites: SiteVerdicts): readonly Exclusion[] {
  return checks.flatMap(({ text, failing, miss, found, wanted }) => {
    const tally = new Tally(table);
    for (let row = 0; row < failing.length; row += 1) {
      if (failing[row] === 0) continue;
      const site = table.siteOf[row] ?? -1;
      tally.excluded += sites.zoneCount[site] ?? 0;
      if (failures[row] === 1) tally.alone(row, sites.open[site] ?? 0, miss(row));
    }
    for (let row = 0; tally.excludedAlone === 0 && row < failing.length; row += 1)
      if (failing[row]) tally.consider(row, 1, miss(row));
    return tally.exclusion(text, found, wanted);
  });
}

function zoneExclusions(table: OfferTable, { failures }: RowFailures, { checks, verdicts }: SiteVerdicts): readonly Exclusion[] {
  return checks.flatMap((check, index) => {
    const failing = Int32Array.from(verdicts, (of) => of.failing[index] ?? 0);
    const failingAlone = Int32Array.from(verdicts, (of) => of.failingAlone[index] ?? 0);
    const tally = new Tally(table);
    table.siteOf.forEach((site, row) => {
      tally.excluded += bitCount(failing[site] ?? 0);
      if (failures[row] === 0) tally.alone(row, failingAlone[site] ?? 0, 1);
    });
    if (tally.excludedAlone === 0) {
      table.siteOf.forEach((site, row) => {
        tally.consider(row, failing[site] ?? 0, 1);
      });
    }
    return tally.exclusion(check.text, (row) => check.found(table.site(row)), check.wanted);
  });
}

/** Counts what one check excludes, and keeps the offer that misses by least; of equal ones the cheapest, then the first. */
class Tally {
  excluded = 0;
  excludedAlone = 0;
  private row = -1;
  private zones = 0;
  private miss = Infinity;
  private price = Infinity;
  private readonly prices: Float64Array | undefined;

  constructor(private readonly table: OfferTable) {
    this.prices = table.numbers('price');
  }

  /** These zones of a row fail this check and no other. */
  alone(row: number, zones: number, miss: number): void {
    this.excludedAlone += bitCount(zones);
    this.consider(row, zones, miss);
  }

  consider(row: number, zones: number, miss: number): void {
    if (zones === 0 || miss > this.miss) return;
    const price = this.prices?.[row] ?? Infinity;
    if (miss === this.miss && price >= this.price) return;
    this.row = row;
    this.zones = zones;
    this.miss = miss;
    this.price = price;
  }

  /** None when nothing was excluded. */
  exclusion(constraint: string, found: (row: number) => string, wanted: string): readonly Exclusion[] {
    if (this.excluded === 0) return [];
    const [zone = 0] = bitsOf(this.zones);
    const nearestMiss = { offer: this.table.id(this.row, zone), found: found(this.row), wanted, miss: this.miss };
    return [{ constraint, excluded: this.excluded, excludedByThisAlone: this.excludedAlone, nearestMiss }];
  }
}

/** Takes offers out by id, and says how many. */
function quarantine(table: OfferTable, rows: Int32Array, zones: Int32Array, excluded: ReadonlySet<string>): readonly Exclusion[] {
  let count = 0;
  zones.forEach((open, index) => {
    for (const zone of bitsOf(open)) {
      if (!excluded.has(table.id(rows[index] ?? -1, zone))) continue;
      zones[index] = (zones[index] ?? 0) & ~(1 << zone);
      count += 1;
    }
  });
  return count === 0 ? [] : [{ constraint: 'not set aside after a failure', excluded: count, excludedByThisAlone: count }];
}

export function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** The positions of the bits that are set. */
export function bitsOf(bits: number): readonly number[] {
  const positions: number[] = [];
  for (let rest = bits; rest !== 0; rest &= rest - 1) positions.push(31 - Math.clz32(rest & -rest));
  return positions;
}
