import { AgencyError } from '@cloud-agency/errors';
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
import { isOver, limited, type SolverOptions } from './time-limit.js';

export interface SelectOptions extends SelectionOptions {
  readonly solver: SolverOptions;
  /** The plans alone: nobody will read why. */
  readonly brief?: boolean;
  /**
   * Told of a selection of one plan that breaks nothing, with what it may fall short, while better ones are still looked for: what there is
   * when whoever waits cannot wait for the end.
   */
  readonly onFound?: ((selection: Selection) => void) | undefined;
}

/**
 * The best plans for a demand, ranked by its policy and explained (CFP.md 4). Each is optimal among the plans that differ from those before it in
 * some item's account, region, zone or market (on a Pareto front: in some objective), or says by how much it may fall short. When there is
 * none, the notes say what stands in the way.
 * @throws AgencyError time-limit-reached when none was found in time, so that it is not known whether there is one.
 */
export async function selectPlans(
  demand: Demand,
  answer: Answer,
  { solver, onFound, brief = false, ...options }: SelectOptions,
): Promise<Selection> {
  const problem = problemOf(demand, answer, options);
  const solving = await limited(solver);
  const { found, notes } = rankings[demand.policy](problem, telling(problem, solving, onFound));
  const plans = found.map((each, index) => planOf(problem, each, index + 1));
  const [best] = plans;
  if (brief) return { plans: plans.map((plan) => ({ ...plan, why: '' })), explanation: explain(problem, [], { notes: [] }) };
  if (!best) return { plans: [], explanation: explain(problem, [], { notes: whyNone(problem, solving) }) };
  const binding = shadowPrices({ problem, answer, options, solver: solving }, best);
  const told = { notes: [...notes, ...unfinished(problem, plans, solving), ...binding.notes], prices: binding.prices };
  return { plans: withReasons(problem, plans), explanation: explain(problem, plans, told) };
}

function whyNone(problem: Problem, solver: Solver): readonly string[] {
  if (isOver(solver)) throw new AgencyError('time-limit-reached', {});
  return obstacles(problem, solver);
}

/** A plan found on the way is told as a selection of its own. What one stage of several seeks is not what plans are ranked by: then it may fall short by all. */
function telling(problem: Problem, solver: Solver, onFound: SelectOptions['onFound']): Solver {
  if (!onFound) return solver;
  const isRanked = problem.demand.policy === 'weighted' || problem.demand.policy === 'lowest-cost';
  return {
    highs: solver.highs,
    get seconds() {
      return solver.seconds;
    },
    onFound: (found) => {
      const plans = [planOf(problem, { ...found, gap: isRanked ? found.gap : 1 }, 1)];
      onFound({ plans: withReasons(problem, plans), explanation: explain(problem, plans, { notes: [timeRanOut] }) });
    },
  };
}

const timeRanOut =
  'Time ran out before the search ended: the plans break nothing, and say by how much they may fall short of the best.';

function unfinished({ demand }: Problem, plans: readonly { readonly optimal: boolean }[], solver: Solver): readonly string[] {
  const open = plans.some(({ optimal }) => !optimal) || plans.length < demand.proposals;
  return open && isOver(solver) ? [timeRanOut] : [];
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
