import type { Demand, Need } from '../documents/call.js';
import { placeKey } from '../vocabulary/place.js';
import { hoursPerMonth } from '../vocabulary/quantity.js';
import type { Answer, ItemAnswer, Range } from './answer.js';
import { type Criterion, criteriaFor, criteriaOf, valueAt } from './criteria.js';
import type { Offer } from './offer.js';
import type { Assignment } from './plan.js';

export interface SelectionOptions {
  /** What is placed already and stays (CFP.md 5). It counts for every joint constraint, and takes nothing from the pools any more. */
  readonly fixed?: readonly Assignment[] | undefined;
  /** USD a month for the whole plan, beside the budget. */
  readonly costLimit?: number | undefined;
  /** Ids of offers not to use: they failed lately. */
  readonly quarantined?: ReadonlySet<string> | undefined;
}

/** A demand with its answer, ready to be solved: what each machine at each candidate costs and adds to the score. */
export interface Problem {
  readonly demand: Demand;
  readonly criteria: readonly Criterion[];
  readonly items: readonly ItemProblem[];
  readonly fixed: readonly Assignment[];
  /** Least and greatest sum of each criterion over all feasible offers (CFP.md 4, Normalisation). */
  readonly sums: ReadonlyMap<string, Range>;
  /** USD a month for what is not fixed; Infinity without a budget. */
  readonly costCap: number;
}

export interface ItemProblem {
  readonly need: Need;
  readonly answer: ItemAnswer;
  /** Machines still to place. */
  readonly count: number;
  /** By offer id. */
  readonly candidates: readonly Candidate[];
}

export interface Candidate {
  readonly item: number;
  readonly offer: Offer;
  /** What one machine adds to the plan's score, 0..1. */
  readonly score: number;
  /** USD a month of one machine. */
  readonly cost: number;
}

/** The cost of a plan's rounding, USD a month: far below a cent. */
export const costTolerance = 1e-6;

export function problemOf(
  demand: Demand,
  answer: Answer,
  { fixed = [], costLimit = Infinity, quarantined = new Set() }: SelectionOptions,
): Problem {
  const criteria = criteriaOf(demand);
  const sums = sumsOf(demand, answer, criteria);
  const offers = new Map(answer.offers.map((offer) => [offer.id, offer]));
  const items = demand.needs.map((need, item): ItemProblem => {
    const found = answer.items.find((candidate) => candidate.item === need.item) ?? nothing(need.item);
    const candidates = [...found.candidates]
      .sort(byText)
      .map((id) => offers.get(id))
      .filter((offer) => offer !== undefined)
      .filter((offer) => !quarantined.has(offer.id) && !forbiddenByFixed(need, offer, demand, fixed))
      .map((offer) => ({ item, offer, cost: monthly(offer), score: scoreOf(offer, need, criteria, found, sums) }));
    return { need, answer: found, count: need.count - unitsOf(fixed, need.item), candidates };
  });
  const costCap = Math.min(demand.budget?.atMost ?? Infinity, costLimit) - totalCost(fixed);
  return { demand, criteria, items, fixed, sums, costCap };
}

function nothing(item: string): ItemAnswer {
  return { item, considered: 0, feasible: 0, candidates: [], excluded: [], ranges: {} };
}

export function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

export function monthly(offer: Offer): number {
  return offer.price * hoursPerMonth;
}

export function totalCost(assignments: readonly Assignment[]): number {
  return assignments.reduce((sum, { offer, count }) => sum + count * monthly(offer), 0);
}

export function unitsOf(assignments: readonly Assignment[], item: string): number {
  return assignments.reduce((sum, assignment) => sum + (assignment.item === item ? assignment.count : 0), 0);
}

/** The least and greatest sum of each criterion over its items, in what is summed. A criterion that nothing is known of is left out. */
function sumsOf(demand: Demand, answer: Answer, criteria: readonly Criterion[]): ReadonlyMap<string, Range> {
  const sums = new Map<string, Range>();
  for (const criterion of criteria) {
    for (const need of demand.needs) {
      const range = answer.items.find(({ item }) => item === need.item)?.ranges[criterion.key];
      if (!range || (criterion.item !== null && criterion.item !== need.item)) continue;
      const before = sums.get(criterion.key) ?? { min: 0, max: 0 };
      const of = (value: number) => need.count * criterion.additive(value);
      sums.set(criterion.key, { min: before.min + of(range.min), max: before.max + of(range.max) });
    }
  }
  return sums;
}

/** The weighted sum of the normalised criteria for one machine; all machines together make the plan's score. */
export function scoreOf(
  offer: Offer,
  need: Need,
  criteria: readonly Criterion[],
  { ranges }: ItemAnswer,
  sums: ReadonlyMap<string, Range>,
): number {
  const weights = criteria.reduce((sum, { weight }) => sum + weight, 0);
  return criteriaFor(criteria, need.item).reduce((score, criterion) => {
    return (
      score +
      (criterion.weight / weights) * share(criterion, valueAt(criterion, offer), ranges[criterion.key], sums.get(criterion.key))
    );
  }, 0);
}

/** The part of a criterion's 0..1 that one machine brings. An unknown value brings as little as the worst; zero width brings nothing. */
export function share(criterion: Criterion, value: number | null, range: Range | undefined, sums: Range | undefined): number {
  if (value === null || !range || !sums || sums.max - sums.min <= 1e-12) return 0;
  const { additive, better } = criterion;
  const above = better === 'more' ? additive(value) - additive(range.min) : additive(range.max) - additive(value);
  return above / (sums.max - sums.min);
}

/** Spread and apart against what stays: such an offer cannot be used at all. */
function forbiddenByFixed(need: Need, offer: Offer, demand: Demand, fixed: readonly Assignment[]): boolean {
  if (fixed.length === 0) return false;
  return apartPairs(demand).some(({ a, b, over }) => {
    const other = need.item === a ? b : need.item === b ? a : undefined;
    return fixed.some((placed) => placed.item === other && placeKey(placed.offer, over) === placeKey(offer, over));
  });
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
