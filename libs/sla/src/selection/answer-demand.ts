import type { Demand, Need } from '../documents/call.js';
import type { Answer, ItemAnswer, Range } from './answer.js';
import { type Criterion, criteriaFor, criteriaOf } from './criteria.js';
import { bitsOf, type Feasible, feasible } from './feasible.js';
import type { ProvidesImage } from './filter.js';
import type { Offer } from './offer.js';
import type { OfferTable } from './offers.js';
import { prune } from './prune.js';
import { type Whereabouts, placeMeets } from './meets.js';
import { columnOf } from './readings.js';

export interface AnswerOptions {
  /** Ids of offers not to make: they failed lately. */
  readonly excludedOffers?: ReadonlySet<string> | undefined;
  /** Units left in a zone of the account; null or absent: no known limit. */
  readonly unitsLeft?: ((agent: string, region: string, zone: string) => number | null) | undefined;
  /** Which portable images the account has; absent: all. */
  readonly providesImage?: ProvidesImage | undefined;
  /** Whether to leave out what cannot be part of an optimum; on unless said otherwise. */
  readonly prune?: boolean | undefined;
}

/** What the owner of a table has to say to a demand: the offers that can be part of an optimum, and why the others cannot (CFP.md 3 and 4). */
export function answerDemand(table: OfferTable, demand: Demand, options: AnswerOptions = {}): Answer {
  const criteria = criteriaOf(demand);
  const offers = new Map<string, Offer>();
  const items = demand.needs.map((need) => answerNeed(table, need, demand, criteriaFor(criteria, need.item), options, offers));
  return { offers: [...offers.values()], items };
}

function answerNeed(
  table: OfferTable,
  need: Need,
  demand: Demand,
  criteria: readonly Criterion[],
  options: AnswerOptions,
  offers: Map<string, Offer>,
): ItemAnswer {
  const { excludedOffers = new Set(), providesImage = () => true, prune: pruning = true } = options;
  const found = feasible(table, need, demand, providesImage, excludedOffers);
  const kept = pruning ? prune(table, found, criteria) : found.zones;
  const candidates: string[] = [];
  for (let index = 0; index < kept.length; index += 1) {
    if (kept[index] === 0) continue;
    candidates.push(...expanded(table, found.rows[index] ?? -1, kept[index] ?? 0, options, offers));
  }
  const ranges = Object.fromEntries(criteria.flatMap((criterion) => rangeEntry(criterion.key, rangeOf(table, found, criterion))));
  return { item: need.item, considered: table.offers, feasible: found.count, candidates, excluded: found.excluded, ranges };
}

/** The ids of a row's offers in these zones; the offers themselves are noted once. */
function expanded(
  table: OfferTable,
  row: number,
  zones: number,
  { unitsLeft }: AnswerOptions,
  offers: Map<string, Offer>,
): readonly string[] {
  const site = table.site(row);
  return bitsOf(zones).map((zone) => {
    const id = table.id(row, zone);
    const left = unitsLeft?.(site.agent, site.region, site.zones[zone] ?? '') ?? null;
    if (!offers.has(id)) offers.set(id, table.offer(row, zone, left));
    return id;
  });
}

function rangeEntry(key: string, range: Range | undefined): readonly (readonly [string, Range])[] {
  return range ? [[key, range]] : [];
}

/** The least and greatest known value of one machine over the feasible offers. */
function rangeOf(table: OfferTable, found: Feasible, { reads, valueOf }: Criterion): Range | undefined {
  if ('within' in reads) return placeRange(table, found, reads);
  const column = columnOf(table, reads);
  let min = Infinity;
  let max = -Infinity;
  for (let index = 0; index < found.rows.length; index += 1) {
    const value = column[found.rows[index] ?? -1] ?? NaN;
    if (found.zones[index] === 0) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min: valueOf(min), max: valueOf(max) } : undefined;
}

function placeRange(table: OfferTable, { rows, zones }: Feasible, places: Whereabouts): Range | undefined {
  const preferred = table.sites.map((site) =>
    site.zones.reduce((bits, zone, index) => (placeMeets(places, { ...site, zone }) ? bits | (1 << index) : bits), 0),
  );
  let min = 1;
  let max = 0;
  let any = false;
  for (let index = 0; index < rows.length; index += 1) {
    const open = zones[index] ?? 0;
    if (open === 0) continue;
    const inside = open & (preferred[table.siteOf[rows[index] ?? -1] ?? -1] ?? 0);
    any = true;
    if (inside !== open) min = 0;
    if (inside !== 0) max = 1;
  }
  return any ? { min, max } : undefined;
}
