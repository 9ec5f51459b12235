import { violations } from './check.js';
import { costOf, joined, priced } from './cost.js';
import type { Assignment } from './plan.js';
import { type Candidate, distinct, type Problem, weightedSum } from './problem.js';

/** What a choice of machines comes to, beside what is fixed. */
export interface Outcome {
  /** Each assignment at the best tier that the whole plan reaches. */
  readonly plan: readonly Assignment[];
  /** USD a month, beyond `Problem.fixedCost`. */
  readonly cost: number;
  /** By each criterion. */
  readonly shares: readonly number[];
}

export type Chosen = readonly { readonly candidate: Candidate; readonly count: number }[];

/** By the definitions, whatever tiers the candidates speak of: these are what a search supposed. */
export function outcomeOf(problem: Problem, chosen: Chosen): Outcome {
  const { demand, discounts, fixed, running, items, criteria, worthOfCost, fixedCost } = problem;
  const machines = joined(
    chosen.map(({ candidate, count }) => ({ item: items[candidate.item]?.need.item ?? '', offer: candidate.offer, count })),
  );
  const all = priced([...fixed, ...machines], discounts);
  const [stays, plan] = [all.slice(0, fixed.length), all.slice(fixed.length)];
  const cost = costOf(demand, { fixed: stays, plan }, running).all - fixedCost;
  const supposed = chosen.reduce((sum, { candidate, count }) => sum + count * candidate.cost, 0);
  const shares = broughtBy(problem, chosen).map((share, index) =>
    criteria[index]?.key === 'cost' ? share + (supposed - cost) * worthOfCost : share,
  );
  return { plan, cost, shares };
}

/** A worst machine is the worst of all, the fixed ones included. */
function broughtBy({ criteria, fixedShares }: Problem, chosen: Chosen): readonly number[] {
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

/** What rounding may take from a share. */
const slack = 1e-8;

/** What the plan breaks, by the independent check. */
export function broken(
  { demand, fixed, costCap, fixedCost, running, discounts, quotas }: Problem,
  plan: readonly Assignment[],
): readonly string[] {
  return violations(demand, plan, { fixed, costLimit: costCap + fixedCost, running, discounts, quotas });
}
