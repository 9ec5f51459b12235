import type { Highs } from 'highs';
import type { Demand } from '../documents/call.js';
import type { Answer } from './answer.js';
import { explain } from './explain.js';
import { obstacles } from './obstacles.js';
import type { Assignment, Plan, Selection } from './plan.js';
import { joined, priced } from './cost.js';
import { type Problem, problemOf, type SelectionOptions } from './problem.js';
import { type RankedPlan, rankings } from './ranking.js';
import { withReasons } from './reasons.js';
import { scoresOf, weighted, wholeCost } from './scores.js';
import { shadowPrices } from './shadow-prices.js';
import { type Solver, tie } from './solve.js';

export interface SelectOptions extends SelectionOptions {
  /** The loaded module of the package `highs`, and the limit of one search in seconds (default 5). */
  readonly solver: { readonly highs: Highs | Promise<Highs>; readonly seconds?: number };
}

/**
 * The best plans for a demand, ranked by its policy and explained (CFP.md 4). Each is optimal among the plans that differ from those before it in
 * some item's account, region, zone or market (on a Pareto front: in some objective), or says by how much it may fall short. When there is
 * none, the notes say what stands in the way.
 */
export async function selectPlans(demand: Demand, answer: Answer, { solver, ...options }: SelectOptions): Promise<Selection> {
  const problem = problemOf(demand, answer, options);
  const solving: Solver = { highs: await solver.highs, seconds: solver.seconds ?? 5 };
  const { found, notes } = rankings[demand.policy](problem, solving);
  const plans = found.map((each, index) => planOf(problem, each, index + 1));
  const [best] = plans;
  if (!best) return { plans: [], explanation: explain(problem, [], { notes: obstacles(problem, solving) }) };
  const binding = shadowPrices({ problem, answer, options, solver: solving }, best);
  const told = { notes: [...notes, ...binding.notes], prices: binding.prices };
  return { plans: withReasons(problem, plans), explanation: explain(problem, plans, told) };
}

function planOf(problem: Problem, { plan, gap, rankedBy }: RankedPlan, rank: number): Omit<Plan, 'why'> {
  const assignments = inOrder(problem, plan);
  const scores = scoresOf(problem, assignments);
  const { all: cost, traffic, moving } = wholeCost(problem, assignments);
  return {
    rank,
    assignments,
    cost,
    ...(problem.demand.traffic && { traffic }),
    ...(problem.running && { moving }),
    score: rankedBy ?? weighted(scores),
    scores,
    optimal: gap <= tie,
    gap: gap <= tie ? 0 : Math.min(1, gap),
  };
}

/** In the order of the items; what is fixed at an offer and what is added there become one assignment. */
function inOrder({ items, fixed, discounts }: Problem, plan: readonly Assignment[]): readonly Assignment[] {
  const all = priced(joined([...fixed, ...plan]), discounts);
  return items.flatMap(({ need }) => all.filter(({ item }) => item === need.item));
}
