import { allCandidates, type Found, type Solver } from './solve.js';
import { upperOf } from './draft.js';
import { broken, type Outcome, outcomeOf } from './outcome.js';
import { distinct, focused, type Problem, weightedSum } from './problem.js';
import { settledBest } from './settle.js';

/** How many plans of a front are sought where each is a search of its own. */
const longestFront = 24;

/** Plans of which none is better in one criterion without being worse in another; as points, their shares by criterion. */
export interface Front {
  readonly found: readonly Found[];
  /** Whether it holds every point. */
  readonly whole: boolean;
  /** Of a front that was cut: no plan that was left out has a greater weighted sum of its shares. */
  readonly leftBelow: number;
  readonly note?: string;
}

/**
 * The Pareto front over all criteria. For one machine it is read off the candidates, whole. Otherwise each point is the plan of the greatest
 * weighted sum among those that are better in some criterion than every point before it (ε-constraint; Sylva and Crema, EJOR 158, 2004): exact,
 * and cut after 24 points.
 */
export function paretoFront(problem: Problem, solver: Solver): Front {
  const machines = problem.items.reduce((sum, { count }) => sum + Math.abs(count), 0);
  return machines === 1 && problem.items.every(({ count }) => count >= 0) ? frontOfOne(problem) : frontOfSeveral(problem, solver);
}

function frontOfSeveral(problem: Problem, solver: Solver): Front {
  const found: Found[] = [];
  while (found.length < longestFront) {
    const exceeding = found.map(({ shares }) => shares);
    const next = settledBest(focused(problem, { ...problem.focus, exceeding }), [], solver);
    if (!next) return { found, whole: true, leftBelow: 0 };
    found.push(next);
    // All is placed already: there is this one plan.
    if (next.plan.length === 0) return { found, whole: true, leftBelow: 0 };
    if (next.gap > 0) break;
  }
  return cut(found);
}

function cut(found: readonly Found[]): Front {
  const last = found[found.length - 1];
  const note = `The Pareto front was cut: these are the ${found.length} of its plans with the greatest weighted sum of their scores; there may be more.`;
  return { found, whole: false, leftBelow: last ? last.score + last.gap : 1, note };
}

function frontOfOne(problem: Problem): Front {
  const possible = allCandidates(problem)
    .filter((candidate) => candidate.tier === undefined && upperOf(problem, candidate) > 0)
    .map((candidate) => outcomeOf(problem, [{ candidate, count: 1 }]))
    .filter(({ plan }) => broken(problem, plan).length === 0)
    .map((outcome) => ({ ...outcome, sum: outcome.shares.reduce((sum, share) => sum + share, 0) }))
    .sort((a, b) => b.sum - a.sum || a.cost - b.cost);
  const front: Outcome[] = [];
  // What stands is never worse in sum than what comes, so it is never dominated by it.
  for (const outcome of possible) if (!front.some((other) => asGood(other, outcome))) front.push(outcome);
  const found = front.map(({ plan, cost, shares }): Found => {
    return { plan, cost, shares, score: weightedSum(problem.focus.weights, shares), gap: 0 };
  });
  return { found, whole: true, leftBelow: 0 };
}

/** In no criterion worse, as far as two shares are told apart. */
function asGood(a: Outcome, b: Outcome): boolean {
  return b.shares.every((share, index) => share < (a.shares[index] ?? 0) + distinct);
}
