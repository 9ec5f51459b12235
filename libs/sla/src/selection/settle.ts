import type { Assignment } from './plan.js';
import { costTolerance } from './cost.js';
import { itemByItem } from './item-by-item.js';
import type { Outcome } from './outcome.js';
import type { Problem } from './problem.js';
import {
  allCandidates,
  bestPlan,
  type Bounds,
  boundsOf,
  firstPlan,
  type Found,
  solveExactly,
  type Solver,
  surviving,
  tie,
} from './solve.js';
import { firstById } from './tie-break.js';
import { isOver } from './time-limit.js';

type Plans = readonly (readonly Assignment[])[];

/** The best plan unlike some others, and of equal ones the cheapest, if what is sought does not see the cost, then the first by offer id. */
export function settledBest(problem: Problem, unlike: Plans, solver: Solver): Found | undefined {
  return settling(problem, solver)(unlike);
}

/** The same for one search after the other: what they have in common is worked out once, when it is needed. */
export function settling(problem: Problem, solver: Solver): (unlike: Plans) => Found | undefined {
  if (cannotBe(problem)) return () => undefined;
  const separately = itemByItem(problem);
  let bounds: Bounds | undefined;
  return (unlike) => {
    const apart = separately?.best(unlike);
    if (apart) return apart.found;
    bounds ??= boundsFor(problem, solver, unlike, separately?.bound ?? Infinity);
    const best = bestPlan(problem, bounds, unlike, solver);
    return best && settled(problem, bounds, best, unlike, solver);
  };
}

/**
 * Even "no relaxation" is only HiGHS' word, and time may run out before it has one: then the search goes on with the bound of the items by
 * themselves, and another solver has to agree.
 */
function boundsFor(problem: Problem, solver: Solver, unlike: Plans, bound: number): Bounds {
  if (allCandidates(problem).length > longRelaxation && unlike.length === 0) tellAny(problem, solver, bound);
  return boundsOf(problem, solver) ?? { bound, losses: new Map() };
}

/** So many candidates take the relaxation seconds, in which time may run out: then there should be a plan. */
const longRelaxation = 20_000;

function tellAny(problem: Problem, solver: Solver, bound: number): void {
  const plan = firstPlan(problem, allCandidates(problem), new Map(), [], solver);
  if (plan) solver.onFound?.({ ...plan, gap: bound - plan.score });
}

/** An item without a candidate, or one that has more machines than it may. */
function cannotBe({ items }: Problem): boolean {
  return items.some(({ count, candidates }) => count < 0 || (count > 0 && candidates.length === 0));
}

function settled(problem: Problem, bounds: Bounds, best: Found, unlike: Plans, solver: Solver): Found {
  // Which of equal plans comes first is for those that are known to be best.
  if (best.gap > tie || isOver(solver)) return best;
  const candidates = surviving(allCandidates(problem), bounds, best.score);
  const cheapest = seesCost(problem) ? undefined : cheapestOf(problem, candidates, best.score, unlike, solver);
  const costAtMost = cheapest ? Math.min(problem.costCap, cheapest.cost + costTolerance) : problem.costCap;
  const first = firstById(problem, candidates, bounds, { score: best.score, costAtMost, unlike });
  return { ...best, ...(first ?? cheapest ?? best), score: best.score };
}

function seesCost({ criteria, focus }: Problem): boolean {
  return criteria.some(({ key }, index) => key === 'cost' && (focus.weights[index] ?? 0) > 0);
}

function cheapestOf(
  problem: Problem,
  candidates: Parameters<typeof solveExactly>[1],
  score: number,
  unlike: Plans,
  solver: Solver,
): Outcome | undefined {
  const cheapest = solveExactly(problem, candidates, { unlike, aim: { best: 'cost', scoreAtLeast: score - tie } }, solver);
  return cheapest && cheapest.score >= score - 2 * tie ? cheapest : undefined;
}
