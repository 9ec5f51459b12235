import type { Demand, Need } from '../documents/call.js';
import type { Answer, ItemAnswer, Range } from './answer.js';
import { bitsOf } from './bits.js';
import { type Criterion, criteriaFor, criteriaOf } from './criteria.js';
import { feasible } from './feasible.js';
import { type ProvidesImage, sendsTraffic } from './filter.js';
import type { Discount, Offer, Quota } from './offer.js';
import { everything, type Kept, prune } from './prune.js';
import { egressRange, rangeOf } from './ranges.js';
import type { OfferTable } from './table/offer-table.js';

export interface AnswerOptions {
  /** Ids of offers not to make: they failed lately. */
  readonly excludedOffers?: ReadonlySet<string> | undefined;
  /** Units left in a zone of the account, null for no known limit; absent: what the table knows. */
  readonly unitsLeft?: ((agent: string, region: string, zone: string) => number | null) | undefined;
  /** Which portable images the account has; absent: all. */
  readonly providesImage?: ProvidesImage | undefined;
  /** The discounts that the table's rows name. */
  readonly discounts?: readonly Discount[] | undefined;
  /** What the accounts may still take. */
  readonly quotas?: readonly Quota[] | undefined;
  /** Whether to leave out what cannot be part of an optimum; on unless said otherwise. */
  readonly prune?: boolean | undefined;
}

/** What the owner of a table has to say to a demand: the offers that can be part of an optimum, and why the others cannot (CFP.md 3 and 4). */
export function answerDemand(table: OfferTable, demand: Demand, options: AnswerOptions = {}): Answer {
  const steps = answering(table, demand, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same, item by item: whoever must not hold up others for long gives way between them. */
export function* answering(held: OfferTable, demand: Demand, options: AnswerOptions = {}): Generator<undefined, Answer> {
  const table = held.observed(demand.observed);
  const criteria = criteriaOf(demand);
  const offers = new Map<string, Offer>();
  const items: ItemAnswer[] = [];
  for (const [index, need] of demand.needs.entries()) {
    if (index > 0) yield;
    items.push(answerNeed(table, need, demand, criteriaFor(criteria, need.item), options, offers));
  }
  const found = [...offers.values()];
  const named = new Set(found.map(({ discount }) => discount));
  const discounts = (options.discounts ?? []).filter(({ id }) => named.has(id));
  const quotas = (options.quotas ?? []).filter((quota) => found.some((offer) => counts(quota, offer)));
  return { offers: found, items, ...(discounts.length > 0 && { discounts }), ...(quotas.length > 0 && { quotas }) };
}

function counts({ agent, region }: Quota, offer: Offer): boolean {
  return agent === offer.agent && (region ?? offer.region) === offer.region;
}

function answerNeed(
  table: OfferTable,
  need: Need,
  demand: Demand,
  criteria: readonly Criterion[],
  options: AnswerOptions,
  offers: Map<string, Offer>,
): ItemAnswer {
  const { excludedOffers = nothing, providesImage = () => true, prune: pruning = true, quotas = [], discounts = [] } = options;
  const found = feasible(table, need, demand, providesImage, excludedOffers);
  const kept = pruning ? prune(table, found, criteria, { need, demand, quotas, discounts }) : everything(found);
  const candidates: string[] = [];
  for (const row of kept) expand(table, row, options, offers, candidates);
  const ranges: Record<string, Range> = {};
  for (const criterion of criteria) note(ranges, criterion.key, rangeOf(table, found, criterion, discounts));
  if (sendsTraffic(need, demand)) note(ranges, 'egress', egressRange(found));
  return { item: need.item, considered: table.offers, feasible: found.count, candidates, excluded: found.excluded, ranges };
}

const nothing: ReadonlySet<string> = new Set();

function note(ranges: Record<string, Range>, key: string, range: Range | undefined): void {
  if (range) ranges[key] = range;
}

/** Notes the offers of a row in its zones, and their ids. */
function expand(
  table: OfferTable,
  { found: { block }, row, zones }: Kept,
  { unitsLeft }: AnswerOptions,
  offers: Map<string, Offer>,
  ids: string[],
): void {
  const { agent, region, zones: names } = block.stand;
  for (const zone of bitsOf(zones)) {
    const offer = unitsLeft
      ? table.offerIn(block, row, zone, unitsLeft(agent, region, names[zone] ?? ''))
      : table.known(block, row, zone);
    offers.set(offer.id, offer);
    ids.push(offer.id);
  }
}
