import type { Demand, Need } from '../documents/call.js';
import type { Answer, ItemAnswer, Range } from './answer.js';
import { mustMove, type Running } from './cost.js';
import { type Criterion, looksAt, valueAt, widest } from './criteria.js';
import type { Offer } from './offer.js';
import type { Assignment } from './plan.js';

/**
 * What the answers say of each item, with ranges that hold all that a plan can be (CFP.md 4, Normalisation): what runs is an offer like others,
 * and the greatest cost is with all traffic leaving its vendor at the dearest rate, and every machine moved.
 */
export function widened(
  demand: Demand,
  answer: Answer,
  criteria: readonly Criterion[],
  { fixed, running }: { readonly fixed: readonly Assignment[]; readonly running: Running | undefined },
): readonly ItemAnswer[] {
  return demand.needs.map((need) => {
    const found = answer.items.find(({ item }) => item === need.item) ?? nothing(need.item);
    const own = (running?.assignments ?? []).filter(({ item }) => item === need.item).map(({ offer }) => offer);
    const ranges: Record<string, Range> = { ...found.ranges };
    for (const criterion of criteria.filter((each) => looksAt(each, need.item))) {
      for (const value of own.map((offer) => valueAt(criterion, offer)).filter((each) => each !== null))
        ranges[criterion.key] = widest(ranges[criterion.key], { min: value, max: value });
    }
    if (!ranges.cost || need.count === 0) return { ...found, ranges };
    const moving = running ? running.switching * mustMove(demand, need.item, fixed, running) : 0;
    const more = (moving + dearestTraffic(demand, need, found, answer.offers, own)) / need.count;
    return { ...found, ranges: { ...ranges, cost: { min: ranges.cost.min, max: ranges.cost.max + more } } };
  });
}

/** What an item's traffic costs, USD a month, when all of it goes to the internet from the offer that charges the most for that. */
function dearestTraffic(
  { traffic = [] }: Demand,
  { item }: Need,
  found: ItemAnswer,
  offers: readonly Offer[],
  running: readonly Offer[],
): number {
  const volume = traffic.reduce((sum, { from, volume: own }) => (from === item ? sum + own : sum), 0);
  if (volume === 0) return 0;
  const candidates = new Set(found.candidates);
  const charging = found.ranges.egress ? running : [...running, ...offers.filter(({ id }) => candidates.has(id))];
  return volume * charging.reduce((most, { egress }) => Math.max(most, egress?.internet ?? 0), found.ranges.egress?.max ?? 0);
}

/** What is said of an item that no answer speaks of. */
export function nothing(item: string): ItemAnswer {
  return { item, considered: 0, feasible: 0, candidates: [], excluded: [], ranges: {} };
}

/** The least and greatest sum of each criterion over its items, in what is summed. A criterion that nothing is known of is left out. */
export function sumsOf(
  demand: Demand,
  answers: readonly ItemAnswer[],
  criteria: readonly Criterion[],
): ReadonlyMap<string, Range> {
  const sums = new Map<string, Range>();
  for (const criterion of criteria) {
    for (const need of demand.needs) {
      const range = answers.find(({ item }) => item === need.item)?.ranges[criterion.key];
      if (!range || !looksAt(criterion, need.item)) continue;
      const before = sums.get(criterion.key);
      sums.set(criterion.key, criterion.aggregate === 'worst' ? widest(before, range) : added(before, criterion, need, range));
    }
  }
  return sums;
}

function added(before: Range = { min: 0, max: 0 }, { additive }: Criterion, { count }: Need, range: Range): Range {
  return { min: before.min + count * additive(range.min), max: before.max + count * additive(range.max) };
}

/** What a USD a month takes from the plan's share of the criterion cost; 0 where that is none, or all plans cost the same. */
export function worthOfCost(sums: ReadonlyMap<string, Range>): number {
  const range = sums.get('cost');
  return range && range.max - range.min > 1e-12 ? 1 / (range.max - range.min) : 0;
}

export interface Machine {
  readonly offer: Offer;
  /** USD a month. */
  readonly cost: number;
}

/** What one machine of an item brings by each criterion. */
export function sharing(
  criteria: readonly Criterion[],
  { item, ranges }: ItemAnswer,
  sums: ReadonlyMap<string, Range>,
): (machine: Machine) => readonly number[] {
  const parts = criteria.map((criterion) => {
    const [range, sum] = [ranges[criterion.key], sums.get(criterion.key)];
    if (!looksAt(criterion, item)) return () => (criterion.aggregate === 'sum' ? 0 : 1);
    if (criterion.key === 'cost') return ({ cost }: Machine) => share(criterion, cost, range, sum);
    return ({ offer }: Machine) => share(criterion, valueAt(criterion, offer), range, sum);
  });
  return (machine) => parts.map((part) => part(machine));
}

/** The part of a criterion's 0..1 that one machine brings. An unknown value brings as little as the worst; zero width brings nothing. */
export function share(criterion: Criterion, value: number | null, range: Range | undefined, sums: Range | undefined): number {
  if (value === null || !range || !sums || sums.max - sums.min <= 1e-12) return 0;
  const { additive, better, aggregate } = criterion;
  const { min, max } = aggregate === 'worst' ? sums : range;
  const above = better === 'more' ? additive(value) - additive(min) : additive(max) - additive(value);
  const part = above / (sums.max - sums.min);
  return aggregate === 'worst' ? Math.min(1, Math.max(0, part)) : part;
}
