import type { Demand, Need, Traffic } from '../documents/call.js';
import { placeKey } from '../vocabulary/place.js';
import type { ItemAnswer } from './answer.js';
import { costTolerance, egressRate, measured, monthly, pairVolume, type Running, unitsOf } from './cost.js';
import { hasTarget, levelsToKnow, sendsTraffic } from './filter.js';
import { offerMeets } from './meets.js';
import type { Discount, Offer, Quota } from './offer.js';
import type { Assignment } from './plan.js';

/** What a candidate's offer is chosen at: one tier of its discount, which the plan's machines have to reach. */
export interface Tier {
  readonly discount: string;
  readonly from: number;
  readonly off: number;
}

/** One way to get a machine of an item: an offer, at a tier of its discount. */
export interface Choice {
  readonly offer: Offer;
  /** Undefined: at list price. */
  readonly tier: Tier | undefined;
  /** So many machines run there and are kept at most; undefined: they are new. */
  readonly running: number | undefined;
  /** USD a month of one machine: price, traffic as if each free pair of machines met over the internet, and what not moving it saves. */
  readonly cost: number;
  /** At most so much of that is not paid in the end, USD a month. */
  readonly spare: number;
}

export interface Market {
  readonly demand: Demand;
  readonly offers: ReadonlyMap<string, Offer>;
  readonly fixed: readonly Assignment[];
  readonly running: Running | undefined;
  /** Those that can be reached, by the discount's id. */
  readonly tiers: ReadonlyMap<string, readonly Tier[]>;
  readonly quotas: readonly Quota[];
  readonly quarantined: ReadonlySet<string>;
}

/** The ways to get a machine of an item, by offer id; what runs comes before what is new at the same offer. */
export function choicesOf(market: Market, need: Need, { candidates }: ItemAnswer): readonly Choice[] {
  const cost = costsFor(market, need);
  const choices: Choice[] = [];
  for (const way of waysOf(market, need, candidates).sort((a, b) => byText(a.offer.id, b.offer.id))) {
    choices.push(cost(way, undefined));
    const tiers = way.offer.discount === undefined ? undefined : market.tiers.get(way.offer.discount);
    for (const tier of tiers ?? []) choices.push(cost(way, tier));
  }
  return choices;
}

function waysOf(market: Market, need: Need, candidates: readonly string[]): Way[] {
  const usable = usableFor(market, need);
  const ways: Way[] = (market.running?.assignments ?? [])
    .filter(({ item, offer }) => item === need.item && meetsAll(market.demand, need, offer) && usable(offer))
    .map(({ offer, count }) => ({ offer, running: count }));
  for (const id of candidates) {
    const offer = market.offers.get(id);
    if (offer && !market.quarantined.has(id) && usable(offer) && isCounted(market, offer))
      ways.push({ offer, running: undefined });
  }
  return ways;
}

type Way = Pick<Choice, 'offer' | 'running'>;

export function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function meetsAll(demand: Demand, need: Need, offer: Offer): boolean {
  return (
    need.require.every((constraint) => offerMeets(constraint, offer)) &&
    levelsToKnow(need, demand).every((level) => placeKey(offer, level) !== null)
  );
}

/** Not where apart forbids it beside what stays, and with all known that the call has to know of it. */
function usableFor({ demand, fixed }: Market, need: Need): (offer: Offer) => boolean {
  const { item } = need;
  const [sending, targeted] = [sendsTraffic(need, demand), hasTarget(need, demand)];
  const forbidden = apartPairs(demand).flatMap(({ a, b, over }) => {
    const other = item === a ? b : item === b ? a : undefined;
    return fixed.filter((placed) => placed.item === other).map((placed) => ({ over, place: placeKey(placed.offer, over) }));
  });
  return (offer) =>
    !(sending && offer.egress === undefined) &&
    !(targeted && offer.availability === null) &&
    !forbidden.some(({ over, place }) => placeKey(offer, over) === place);
}

/** Whether every quota that it counts for can count it. */
function isCounted({ demand, quotas }: Market, offer: Offer): boolean {
  if (quotas.length === 0 && !demand.quotas) return true;
  const own = quotas.filter((quota) => isUnder(quota, offer));
  return [...own, ...(demand.quotas ?? [])].every(({ of }) => takes(offer, of) !== null);
}

/** Whether an offer's machines count for a vendor's quota. */
export function isUnder({ agent, region }: Quota, offer: Offer): boolean {
  return offer.agent === agent && (region === undefined || offer.region === region);
}

/** What one machine takes of a quota; null when that is unknown. */
export function takes(offer: Offer, of: Quota['of']): number | null {
  return of === 'machines' ? 1 : offer[of];
}

/** The tiers of each discount that some plan could reach. */
export function reachableTiers(
  { needs }: Demand,
  discounts: readonly Discount[],
  offers: readonly Offer[],
  fixed: readonly Assignment[],
): ReadonlyMap<string, readonly Tier[]> {
  const machines = needs.reduce((sum, { item, count }) => sum + count - unitsOf(fixed, item), 0);
  return new Map(
    discounts.map(({ id, by, tiers }) => {
      const dearest = offers.reduce((most, offer) => (offer.discount === id ? Math.max(most, monthly(offer)) : most), 0);
      const most = measured(id, by, fixed) + machines * (by === 'machines' ? 1 : dearest) + costTolerance;
      const within = tiers.filter(({ from, off }) => off > 0 && from <= most);
      return [id, within.map((tier) => ({ discount: id, ...tier }))];
    }),
  );
}

type Costs = (way: Way, tier: Tier | undefined) => Choice;

function costsFor(market: Market, need: Need): Costs {
  const switching = market.running?.switching ?? 0;
  const traffic = (market.demand.traffic ?? []).filter(({ from, to }) => from === need.item || to === need.item);
  return ({ offer, running }, tier) => {
    const own = monthly(offer) * (1 - (tier?.off ?? 0)) - (running === undefined ? 0 : switching);
    if (traffic.length === 0) return { offer, tier, running, cost: own, spare: 0 };
    const flows = traffic.map((flow) => flowCosts(market, flow, need, offer));
    return {
      offer,
      tier,
      running,
      cost: flows.reduce((sum, { sent, received }) => sum + sent + received, own),
      spare: flows.reduce((sum, { spare }) => sum + spare, 0),
    };
  };
}

/** What one machine pays for one flow: with what stays its true rate, with every other the internet's, which may turn out to be spare. */
function flowCosts(
  { demand, fixed }: Market,
  flow: Traffic,
  { item }: Need,
  offer: Offer,
): { readonly sent: number; readonly received: number; readonly spare: number } {
  const pair = pairVolume(demand, flow);
  const free = demand.needs.reduce((sum, need) => (need.item === flow.to ? sum + need.count : sum), -unitsOf(fixed, flow.to));
  const spare = flow.from === item ? pair * free * (offer.egress?.internet ?? 0) : 0;
  const sent = flow.from === item ? pair * fixedRates(fixed, flow.to, (there) => egressRate(offer, there)) : 0;
  const received = flow.to === item ? pair * fixedRates(fixed, flow.from, (there) => egressRate(there, offer)) : 0;
  return { sent: sent + spare, received, spare };
}

function fixedRates(fixed: readonly Assignment[], item: string, rate: (there: Offer) => number): number {
  return fixed.reduce((sum, placed) => (placed.item === item ? sum + placed.count * rate(placed.offer) : sum), 0);
}

export interface ApartPair {
  readonly a: string;
  readonly b: string;
  readonly over: Need['apartFrom'][number]['over'];
}

/** Every two items that must not share a place; said once, it holds both ways. */
export function apartPairs(demand: Demand): readonly ApartPair[] {
  return demand.needs.flatMap(({ item, apartFrom }) => apartFrom.map((apart) => ({ a: item, b: apart.item, over: apart.over })));
}
