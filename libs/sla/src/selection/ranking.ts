import type { Policy } from '../documents/call.js';
import { type Front, paretoFront } from './front.js';
import { lexicographicBest } from './lexicographic.js';
import { type Problem, weightedSum } from './problem.js';
import { settling } from './settle.js';
import type { Found, Solver } from './solve.js';
import { staying, type Weighed } from './staying.js';
import { byCloseness, byKnee, type RankedFront, wholeShares } from './topsis.js';

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
    const shown = problem.demand.front === 'knee' ? 1 : problem.demand.proposals;
    return ofFront(problem, front, byKnee(problem, front), shown);
  },
  topsis: (problem, solver) => {
    const front = paretoFront(problem, solver);
    return ofFront(problem, front, byCloseness(problem, front), problem.demand.proposals);
  },
};

function ofFront(problem: Problem, { note }: Front, { found, rank }: RankedFront, shown: number): Ranking {
  const [best] = found;
  const stays = best && staying(problem, best, rank);
  const plans = best && stays ? [stayingPut(stays, best), ...found.filter(({ plan }) => !isSamePlan(plan, stays.plan))] : found;
  return { found: plans.slice(0, shown), notes: note === undefined ? [] : [note] };
}

function oneAfterAnother(problem: Problem, solver: Solver): Ranking {
  return unlikeEachOther(problem, settling(problem, solver));
}

/** The best, or what runs when moving gains too little; then the best unlike it, and so on. */
function unlikeEachOther(problem: Problem, next: (unlike: readonly Found['plan'][]) => Found | undefined): Ranking {
  const found: RankedPlan[] = [];
  while (found.length < problem.demand.proposals) {
    const best = next(found.map(({ plan }) => plan));
    if (!best) break;
    found.push(found.length === 0 ? firstOf(problem, best) : best);
    if (best.plan.length === 0) break;
  }
  return { found, notes: [] };
}

function firstOf(problem: Problem, best: Found): RankedPlan {
  const rank = (shares: readonly number[]) => weightedSum(problem.focus.weights, wholeShares(problem, shares));
  const weighed = { ...best, rankedBy: rank(best.shares) };
  const stays = staying(problem, weighed, rank);
  if (!stays || isSamePlan(stays.plan, best.plan)) return best;
  return stayingPut(stays, weighed);
}

/** It may be worse than the best there is, and says by how much. */
function stayingPut(stays: Weighed, best: Weighed & Found): RankedPlan {
  return { ...stays, score: stays.rankedBy, gap: best.gap + Math.abs(best.rankedBy - stays.rankedBy) };
}

function isSamePlan(a: Found['plan'], b: Found['plan']): boolean {
  const told = (plan: Found['plan']) =>
    plan.map(({ item, offer, count }) => `${item} ${offer.id} ${offer.price} ${count}`).sort();
  return told(a).join('\n') === told(b).join('\n');
}
