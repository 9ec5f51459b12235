import { unitsOf } from './cost.js';
import { broken, type Chosen, type Outcome, outcomeOf } from './outcome.js';
import type { Problem } from './problem.js';
import { tie } from './solve.js';

/** A plan with how good it is, by what its policy ranks by. */
export interface Weighed extends Outcome {
  readonly rankedBy: number;
}

/**
 * No move below the stated gain (CFP.md 3, Renegotiation): the plan that leaves everything where it runs, when that is possible and `best` is
 * not better by so much, or at all. Ranked by cost alone the gain is a share of what staying costs, else a difference of scores.
 */
export function staying(problem: Problem, best: Weighed, rank: (shares: readonly number[]) => number): Weighed | undefined {
  const stays = unmoved(problem);
  if (!stays) return undefined;
  const rankedBy = rank(stays.shares);
  const gain = byCostAlone(problem) ? relativeSaving(problem, stays, best) : best.rankedBy - rankedBy;
  const worthMoving = gain > tie && gain >= (problem.running?.leastGain ?? 0) - tie;
  return worthMoving ? undefined : { ...stays, rankedBy };
}

function unmoved(problem: Problem): Outcome | undefined {
  const { running, items, fixed } = problem;
  if (!running || running.assignments.length === 0) return undefined;
  const chosen: Chosen = items.flatMap(({ candidates }) =>
    candidates.flatMap((candidate) =>
      candidate.running !== undefined && candidate.tier === undefined ? [{ candidate, count: candidate.running }] : [],
    ),
  );
  const { plan, ...rest } = outcomeOf(problem, chosen);
  const whole = items.every(({ need }) => unitsOf(plan, need.item) + unitsOf(fixed, need.item) === need.count);
  return whole && broken(problem, plan).length === 0 ? { plan, ...rest } : undefined;
}

export function byCostAlone({ criteria }: Problem): boolean {
  return criteria.every(({ key }) => key === 'cost');
}

function relativeSaving({ fixedCost }: Problem, stays: Outcome, best: Outcome): number {
  const whole = stays.cost + fixedCost;
  return whole > 0 ? (stays.cost - best.cost) / whole : 0;
}
