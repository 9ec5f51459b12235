import type { Highs } from 'highs';
import type { Demand } from '../documents/call.js';
import type { Answer } from './answer.js';
import { explain, withReasons } from './explain.js';
import { obstacles } from './obstacles.js';
import type { Assignment, Plan, Selection } from './plan.js';
import { costTolerance, type Problem, problemOf, type SelectionOptions, totalCost } from './problem.js';
import { scoresCost, scoresOf, weighted } from './scores.js';
import {
  allCandidates,
  bestPlan,
  type Bounds,
  boundsOf,
  type Found,
  solveExactly,
  type Solver,
  surviving,
  tie,
} from './solve.js';
import { firstById } from './tie-break.js';

export interface SelectOptions extends SelectionOptions {
  /** The loaded module of the package `highs`, and the limit of one search in seconds (default 5). */
  readonly solver: { readonly highs: Highs | Promise<Highs>; readonly seconds?: number };
}

/**
 * The best plans for a demand, ranked and explained (CFP.md 4). Each is optimal among the plans that differ from those before it in some
 * item's account, region, zone or market, or says by how much it may fall short. When there is none, the notes say what stands in the way.
 */
export async function selectPlans(demand: Demand, answer: Answer, { solver, ...options }: SelectOptions): Promise<Selection> {
  const problem = problemOf(demand, answer, options);
  const solving: Solver = { highs: await solver.highs, seconds: solver.seconds ?? 5 };
  const plans = rankedPlans(problem, solving);
  const notes = plans.length > 0 ? [] : obstacles(problem, solving);
  return { plans: withReasons(problem, plans), explanation: explain(problem, plans, notes) };
}

function rankedPlans(problem: Problem, solver: Solver): readonly Omit<Plan, 'why'>[] {
  if (problem.items.some(({ count, candidates }) => count < 0 || (count > 0 && candidates.length === 0))) return [];
  // Even "no relaxation" is only HiGHS' word: without bounds the search goes on, and another solver has to agree.
  const bounds = boundsOf(problem, solver) ?? { bound: Infinity, losses: new Map() };
  const found: Found[] = [];
  while (found.length < problem.demand.proposals) {
    const unlike = found.map(({ plan }) => plan);
    const best = bestPlan(problem, bounds, unlike, solver);
    if (!best) break;
    found.push({ ...best, plan: settled(problem, bounds, best, unlike, solver) });
    if (best.plan.length === 0) break;
  }
  return found.map((each, index) => planOf(problem, each, index + 1));
}

/** Of equal plans the cheapest, if the score does not see the cost, then the first by offer id. */
function settled(
  problem: Problem,
  bounds: Bounds,
  best: Found,
  unlike: readonly (readonly Assignment[])[],
  solver: Solver,
): readonly Assignment[] {
  const candidates = surviving(allCandidates(problem), bounds, best.score);
  const cheapest = scoresCost(problem.demand) ? undefined : cheapestOf(problem, candidates, best.score, unlike, solver);
  const costAtMost = cheapest ? Math.min(problem.costCap, totalCost(cheapest) + costTolerance) : problem.costCap;
  return firstById(problem, candidates, bounds, { score: best.score, costAtMost, unlike }) ?? cheapest ?? best.plan;
}

function cheapestOf(
  problem: Problem,
  candidates: Parameters<typeof solveExactly>[1],
  score: number,
  unlike: readonly (readonly Assignment[])[],
  solver: Solver,
): readonly Assignment[] | undefined {
  const cheapest = solveExactly(problem, candidates, { unlike, aim: { best: 'cost', scoreAtLeast: score - tie } }, solver);
  return cheapest && cheapest.score >= score - 2 * tie ? cheapest.plan : undefined;
}

function planOf(problem: Problem, { plan, gap }: Found, rank: number): Omit<Plan, 'why'> {
  const assignments = joined([...problem.fixed, ...plan], problem);
  const scores = scoresOf(problem, assignments);
  return {
    rank,
    assignments,
    cost: totalCost(assignments),
    score: weighted(scores),
    scores,
    optimal: gap <= tie,
    gap: gap <= tie ? 0 : Math.min(1, gap),
  };
}

/** In the order of the items; what is fixed at an offer and what is added there become one assignment. */
function joined(assignments: readonly Assignment[], { items }: Problem): readonly Assignment[] {
  return items.flatMap(({ need }) => {
    const byOffer = new Map<string, Assignment>();
    for (const assignment of assignments.filter(({ item }) => item === need.item)) {
      const before = byOffer.get(assignment.offer.id);
      byOffer.set(assignment.offer.id, before ? { ...before, count: before.count + assignment.count } : assignment);
    }
    return [...byOffer.values()];
  });
}
