import type { Policy } from '../documents/call.js';
import { paretoFront } from './front.js';
import { lexicographicBest } from './lexicographic.js';
import type { Problem } from './problem.js';
import { boundsFor, settledBest } from './settle.js';
import type { Found, Solver } from './solve.js';
import { byCloseness, byKnee } from './topsis.js';

/** Plans in order, each with what the policy ranks it by, 0..1. */
export interface Ranking {
  readonly found: readonly RankedPlan[];
  /** What a reader must know of how they came about. */
  readonly notes: readonly string[];
}
export interface RankedPlan extends Omit<Found, 'shares'> {
  /** Of the whole plan, fixed machines included. Absent: the weighted sum of its scores. */
  readonly rankedBy?: number;
}

type Rank = (problem: Problem, solver: Solver) => Ranking;

/** How each policy ranks plans. */
export const rankings: Readonly<Record<Policy, Rank>> = {
  'lowest-cost': oneAfterAnother,
  weighted: oneAfterAnother,
  lexicographic: (problem, solver) => unlikeEachOther(problem, (unlike) => lexicographicBest(problem, unlike, solver)),
  pareto: (problem, solver) => {
    const front = paretoFront(problem, solver);
    const ranked = byKnee(problem, front);
    const shown = problem.demand.front === 'knee' ? 1 : problem.demand.proposals;
    return { found: ranked.slice(0, shown), notes: front.note === undefined ? [] : [front.note] };
  },
  topsis: (problem, solver) => {
    const front = paretoFront(problem, solver);
    const notes = front.note === undefined ? [] : [front.note];
    return { found: byCloseness(problem, front).slice(0, problem.demand.proposals), notes };
  },
};

function oneAfterAnother(problem: Problem, solver: Solver): Ranking {
  const bounds = boundsFor(problem, solver);
  return unlikeEachOther(problem, (unlike) => settledBest(problem, unlike, solver, bounds));
}

/** The best, the best unlike it, and so on. */
function unlikeEachOther({ demand }: Problem, next: (unlike: readonly Found['plan'][]) => RankedPlan | undefined): Ranking {
  const found: RankedPlan[] = [];
  while (found.length < demand.proposals) {
    const best = next(found.map(({ plan }) => plan));
    if (!best) break;
    found.push(best);
    if (best.plan.length === 0) break;
  }
  return { found, notes: [] };
}
