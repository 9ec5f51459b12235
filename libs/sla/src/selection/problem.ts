import type { Demand, Need } from '../documents/call.js';
import type { Answer, ItemAnswer, Range } from './answer.js';
import { type Choice, choicesOf, type Market, reachableTiers } from './candidates.js';
import { costOf, joined, priced, type Running, totalCost, unitsOf } from './cost.js';
import { type Criterion, criteriaOf } from './criteria.js';
import { Observations } from './observed.js';
import type { Discount, Quota } from './offer.js';
import type { Assignment } from './plan.js';
import { nothing, sharing, sumsOf, widened, worthOfCost } from './shares.js';

export { byText } from './candidates.js';
export { monthly } from './cost.js';

export interface SelectionOptions {
  /** What is placed already and stays (CFP.md 5). It counts for every joint constraint, and takes nothing from the pools any more. */
  readonly fixed?: readonly Assignment[] | undefined;
  /** USD a month for the whole plan, beside the budget. */
  readonly costLimit?: number | undefined;
  /** Ids of offers not to use: they failed lately. */
  readonly quarantined?: ReadonlySet<string> | undefined;
  /** What runs and may stay or move; none of it is fixed. */
  readonly running?: Running | undefined;
}

/** A demand with its answer, ready to be solved: what each machine at each candidate costs and adds to the score. */
export interface Problem {
  readonly demand: Demand;
  readonly criteria: readonly Criterion[];
  readonly items: readonly ItemProblem[];
  readonly fixed: readonly Assignment[];
  readonly running: Running | undefined;
  readonly discounts: readonly Discount[];
  readonly quotas: readonly Quota[];
  /** Least and greatest sum (or worst machine) of each criterion over all feasible offers (CFP.md 4, Normalisation). */
  readonly sums: ReadonlyMap<string, Range>;
  /** What each criterion has from the fixed machines: a share of 0..1, for a worst machine how good it is. */
  readonly fixedShares: readonly number[];
  readonly focus: Focus;
  /** USD a month of what every plan has: what is fixed, before new machines make it cheaper, and all that runs as if it moved. */
  readonly fixedCost: number;
  /** USD a month for what is not fixed; Infinity without a budget. */
  readonly costCap: number;
  /** What a USD a month takes from the share of the criterion cost. */
  readonly worthOfCost: number;
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

/** Costs are relative to `Problem.fixedCost`. */
export interface Candidate extends Choice {
  readonly item: number;
  /** What one machine brings by each criterion: a part of the sum, or for a worst machine how good it is. */
  readonly shares: readonly number[];
  /** What one machine adds to the weighted sum. */
  readonly score: number;
}

export function problemOf(demand: Demand, answer: Answer, options: SelectionOptions): Problem {
  const { costLimit = Infinity } = options;
  const { discounts = [] } = answer;
  const market = marketOf(demand, answer, options);
  const { fixed, running, quotas } = market;
  const criteria = criteriaOf(demand);
  const answers = widened(demand, answer, criteria, market);
  const sums = sumsOf(demand, answers, criteria);
  const fixedCost = costOf(demand, { fixed, plan: [] }, running);
  const worth = worthOfCost(sums);
  const fixedShares = fixedSharesOf(criteria, answers, sums, fixed).map((share, index) =>
    criteria[index]?.key === 'cost' ? share - (fixedCost.all - fixedCost.machines) * worth : share,
  );
  const items = demand.needs.map((need, item): ItemProblem => {
    const found = answers[item] ?? nothing(need.item);
    const shares = sharing(criteria, found, sums);
    const candidates = choicesOf(market, need, found).map((choice) =>
      candidateOf(choice, item, asBadAsFixed(criteria, shares(choice), fixedShares), 0),
    );
    return { need, answer: found, count: need.count - unitsOf(fixed, need.item), candidates };
  });
  const costCap = Math.min(demand.budget?.atMost ?? Infinity, costLimit) - fixedCost.all;
  const total = criteria.reduce((sum, { weight }) => sum + weight, 0);
  const focus = { weights: criteria.map(({ weight }) => weight / total), limits: [], exceeding: [] };
  const terms = { fixed, fixedShares, fixedCost: fixedCost.all, running, discounts, quotas };
  return focused({ demand, criteria, items, sums, costCap, worthOfCost: worth, focus, ...terms }, focus);
}

function marketOf(
  demand: Demand,
  { offers, discounts = [], quotas = [] }: Answer,
  { fixed: placed = [], quarantined = new Set(), running: stated }: SelectionOptions,
): Market {
  const observations = demand.observed && new Observations(demand.observed);
  const seen = (assignments: readonly Assignment[]) =>
    observations ? assignments.map((each) => ({ ...each, offer: observations.offer(each.offer) })) : assignments;
  const fixed = undiscounted(seen(placed), discounts);
  const running = stated && { ...stated, assignments: joined(seen(stated.assignments)) };
  const all = [...offers, ...(running?.assignments ?? []).map(({ offer }) => offer)];
  const tiers = reachableTiers(demand, discounts, all, fixed);
  return { demand, offers: new Map(offers.map((offer) => [offer.id, offer])), fixed, running, tiers, quotas, quarantined };
}

/** What stays at list price: which tier it gets is for the plan to say, with what is placed beside it. */
function undiscounted(fixed: readonly Assignment[], discounts: readonly Discount[]): readonly Assignment[] {
  return priced(
    fixed,
    discounts.map((discount) => ({ ...discount, tiers: [] })),
  );
}

/** A worst machine is the worst of all, the fixed ones included. */
function asBadAsFixed(criteria: readonly Criterion[], shares: readonly number[], fixed: readonly number[]): readonly number[] {
  if (criteria.every(({ aggregate }) => aggregate === 'sum')) return shares;
  return shares.map((share, index) => (criteria[index]?.aggregate === 'worst' ? Math.min(share, fixed[index] ?? 1) : share));
}

/** Field by field: some hundred are made for every call, and copying objects takes several times as long. */
function candidateOf(
  { offer, tier, running, cost, spare }: Choice,
  item: number,
  shares: readonly number[],
  score: number,
): Candidate {
  return { offer, tier, running, cost, spare, item, shares, score };
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
        .map((candidate) => candidateOf(candidate, candidate.item, candidate.shares, scoreOf(candidate.shares))),
    })),
  };
}

export function weightedSum(weights: readonly number[], shares: readonly number[]): number {
  return shares.reduce((sum, share, index) => sum + (weights[index] ?? 0) * share, 0);
}

function fixedSharesOf(
  criteria: readonly Criterion[],
  answers: readonly ItemAnswer[],
  sums: ReadonlyMap<string, Range>,
  fixed: readonly Assignment[],
): readonly number[] {
  const shares = fixed.flatMap((placed) => {
    const answer = answers.find(({ item }) => item === placed.item);
    return answer
      ? [
          {
            count: placed.count,
            shares: sharing(criteria, answer, sums)({ offer: placed.offer, cost: totalCost([{ ...placed, count: 1 }]) }),
          },
        ]
      : [];
  });
  return criteria.map(({ aggregate }, index) =>
    aggregate === 'sum'
      ? shares.reduce((sum, each) => sum + each.count * (each.shares[index] ?? 0), 0)
      : shares.reduce((worst, each) => Math.min(worst, each.shares[index] ?? 0), 1),
  );
}
