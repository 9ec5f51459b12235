import type { Demand, Need } from '../documents/call.js';
import { placeKey } from '../vocabulary/place.js';
import { hoursPerMonth } from '../vocabulary/quantity.js';
import type { Answer, ItemAnswer, Range } from './answer.js';
import { type Criterion, criteriaOf, looksAt, valueAt } from './criteria.js';
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
  /** Least and greatest sum (or worst machine) of each criterion over all feasible offers (CFP.md 4, Normalisation). */
  readonly sums: ReadonlyMap<string, Range>;
  /** What each criterion has from the fixed machines: a share of 0..1, for a worst machine how good it is. */
  readonly fixedShares: readonly number[];
  readonly focus: Focus;
  /** USD a month for what is not fixed; Infinity without a budget. */
  readonly costCap: number;
}

/** What is sought: the greatest weighted sum of the criteria, within bounds. Criteria by their position, in shares of 0..1. */
export interface Focus {
  readonly weights: readonly number[];
  readonly limits: readonly Limit[];
  /** Found before: in at least one criterion a plan must be better than each of these, by more than `distinct`. */
  readonly exceeding: readonly (readonly number[])[];
}
/** A bound on a weighted sum of criteria, or on one of the worst machine. */
export interface Limit {
  readonly weights: readonly number[];
  /** Of what is not fixed. */
  readonly atLeast: number;
}

/** Two plans whose shares of a criterion differ by no more than this are as good in it. */
export const distinct = 1e-6;

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
  /** What one machine brings by each criterion: a part of the sum, or for a worst machine how good it is. */
  readonly shares: readonly number[];
  /** What one machine adds to the weighted sum. */
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
  const answers = demand.needs.map(
    (need) => answer.items.find((candidate) => candidate.item === need.item) ?? nothing(need.item),
  );
  const fixedShares = fixedSharesOf(demand, criteria, answers, sums, fixed);
  const items = demand.needs.map((need, item): ItemProblem => {
    const found = answers[item] ?? nothing(need.item);
    const candidates = [...found.candidates]
      .sort(byText)
      .map((id) => offers.get(id))
      .filter((offer) => offer !== undefined)
      .filter((offer) => !quarantined.has(offer.id) && !forbiddenByFixed(need, offer, demand, fixed))
      .map((offer) => ({
        item,
        offer,
        cost: monthly(offer),
        score: 0,
        shares: sharesOf(offer, criteria, found, sums, fixedShares),
      }));
    return { need, answer: found, count: need.count - unitsOf(fixed, need.item), candidates };
  });
  const costCap = Math.min(demand.budget?.atMost ?? Infinity, costLimit) - totalCost(fixed);
  const total = criteria.reduce((sum, { weight }) => sum + weight, 0);
  const focus = { weights: criteria.map(({ weight }) => weight / total), limits: [], exceeding: [] };
  return focused({ demand, criteria, items, fixed, sums, fixedShares, costCap, focus }, focus);
}

/** The same problem with another aim. */
export function focused(problem: Problem, focus: Focus): Problem {
  const { criteria, items } = problem;
  const isSum = criteria.map(({ aggregate }) => aggregate === 'sum');
  const scoreOf = (shares: readonly number[]) =>
    shares.reduce((sum, share, index) => (isSum[index] ? sum + (focus.weights[index] ?? 0) * share : sum), 0);
  // A bound on the worst machine is one on each machine.
  const least = criteria.map((_, index) =>
    isSum[index] ? 0 : Math.max(0, ...focus.limits.map(({ weights, atLeast }) => ((weights[index] ?? 0) > 0 ? atLeast : 0))),
  );
  return {
    ...problem,
    focus,
    items: items.map((item) => ({
      ...item,
      candidates: item.candidates
        .filter(({ shares }) => shares.every((share, index) => share >= (least[index] ?? 0) || isSum[index]))
        .map((candidate) => ({ ...candidate, score: scoreOf(candidate.shares) })),
    })),
  };
}

/** What machines that are not fixed bring by each criterion; a worst machine is the worst of all, the fixed ones included. */
export function broughtBy(
  { criteria, fixedShares }: Problem,
  chosen: readonly { readonly candidate: Candidate; readonly count: number }[],
): readonly number[] {
  return criteria.map(({ aggregate }, index) =>
    aggregate === 'sum'
      ? chosen.reduce((sum, { candidate, count }) => sum + count * (candidate.shares[index] ?? 0), 0)
      : chosen.reduce((worst, { candidate }) => Math.min(worst, candidate.shares[index] ?? 0), fixedShares[index] ?? 1),
  );
}

/** How good that is, as the focus has it; undefined when it is not within its bounds. */
export function scoreWithin({ focus }: Problem, shares: readonly number[]): number | undefined {
  const within = focus.limits.every(({ weights, atLeast }) => weightedSum(weights, shares) >= atLeast - slack);
  const exceeds = focus.exceeding.every((other) =>
    shares.some((share, index) => share >= (other[index] ?? 0) + distinct - slack),
  );
  return within && exceeds ? weightedSum(focus.weights, shares) : undefined;
}

export function weightedSum(weights: readonly number[], shares: readonly number[]): number {
  return shares.reduce((sum, share, index) => sum + (weights[index] ?? 0) * share, 0);
}

/** What rounding may take from a share. */
const slack = 1e-8;

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
      if (!range || !looksAt(criterion, need.item)) continue;
      const before = sums.get(criterion.key);
      sums.set(
        criterion.key,
        criterion.aggregate === 'worst' ? worstRange(before, range) : added(before, criterion, need, range),
      );
    }
  }
  return sums;
}

function added(before: Range = { min: 0, max: 0 }, { additive }: Criterion, { count }: Need, range: Range): Range {
  return { min: before.min + count * additive(range.min), max: before.max + count * additive(range.max) };
}

function worstRange(before: Range | undefined, range: Range): Range {
  return before ? { min: Math.min(before.min, range.min), max: Math.max(before.max, range.max) } : range;
}

function fixedSharesOf(
  { needs }: Demand,
  criteria: readonly Criterion[],
  answers: readonly ItemAnswer[],
  sums: ReadonlyMap<string, Range>,
  fixed: readonly Assignment[],
): readonly number[] {
  const shares = fixed.map(({ item, offer, count }) => {
    const answer = answers[needs.findIndex((need) => need.item === item)] ?? nothing(item);
    return { count, shares: sharesOf(offer, criteria, answer, sums, []) };
  });
  return criteria.map(({ aggregate }, index) =>
    aggregate === 'sum'
      ? shares.reduce((sum, each) => sum + each.count * (each.shares[index] ?? 0), 0)
      : shares.reduce((worst, each) => Math.min(worst, each.shares[index] ?? 0), 1),
  );
}

function sharesOf(
  offer: Offer,
  criteria: readonly Criterion[],
  { item, ranges }: ItemAnswer,
  sums: ReadonlyMap<string, Range>,
  fixedShares: readonly number[],
): readonly number[] {
  return criteria.map((criterion, index) => {
    if (!looksAt(criterion, item)) return criterion.aggregate === 'sum' ? 0 : 1;
    const own = share(criterion, valueAt(criterion, offer), ranges[criterion.key], sums.get(criterion.key));
    return criterion.aggregate === 'sum' ? own : Math.min(own, fixedShares[index] ?? 1);
  });
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
