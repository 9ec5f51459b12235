import { type Focus, focused, type Limit, type Problem, weightedSum } from './problem.js';
import { settledBest } from './settle.js';
import type { Found, Solver } from './solve.js';

/** Two shares closer than this are equal. */
const equal = 1e-9;

/**
 * The plan that is best by the first objective; among those within its tolerance of that, best by the second; and so on, what the items prefer
 * last, together, by weight. What tolerances left open is then decided by the objectives in their order once more, strictly. Each stage is
 * solved exactly, with the bounds of those before it as constraints.
 */
export function lexicographicBest(problem: Problem, unlike: readonly Found['plan'][], solver: Solver): Found | undefined {
  let found: Found | undefined;
  let gap = 0;
  const limits: Limit[] = [];
  for (const { weights, tolerated } of stages(problem)) {
    const stage = settledBest(focused(problem, { weights, limits: [...limits], exceeding: [] }), unlike, solver);
    // A stage only adds bounds that the plan before it meets: that one stands when rounding gets in the way.
    if (!stage) return found && { ...found, gap: 1 };
    found = stage;
    gap = Math.max(gap, stage.gap);
    const best = weightedSum(weights, stage.shares);
    limits.push({ weights, atLeast: (tolerated === undefined ? best : tolerable(problem, tolerated, best)) - equal });
  }
  return found && { ...found, gap };
}

interface Stage {
  readonly weights: Focus['weights'];
  /** The criterion whose tolerance counts; none for a strict stage. */
  readonly tolerated?: number;
}

function stages({ criteria }: Problem): readonly Stage[] {
  const alone = (criterion: number) => criteria.map((_, index) => Number(index === criterion));
  const objectives = criteria.flatMap(({ item }, index) => (item === null ? [index] : []));
  const preferred = criteria.reduce((sum, { item, weight }) => (item === null ? sum : sum + weight), 0);
  const preferences = criteria.map(({ item, weight }) => (item === null ? 0 : weight / preferred));
  return [
    ...objectives.map((index) => ({ weights: alone(index), tolerated: index })),
    ...(preferred > 0 ? [{ weights: preferences }] : []),
    ...objectives.filter((index) => (criteria[index]?.tolerance ?? 0) > 0).map((index) => ({ weights: alone(index) })),
  ];
}

/** The least share of a criterion that is within its tolerance of `best`; both of what is not fixed. */
function tolerable({ criteria, sums, fixedShares }: Problem, index: number, best: number): number {
  const criterion = criteria[index];
  const range = criterion && sums.get(criterion.key);
  if (!criterion || !range || criterion.tolerance === 0 || range.max - range.min <= 1e-12) return best;
  const fixed = criterion.aggregate === 'sum' ? (fixedShares[index] ?? 0) : 0;
  const whole = best + fixed;
  const width = range.max - range.min;
  const sum = criterion.better === 'more' ? range.min + whole * width : range.max - whole * width;
  const worse = criterion.worseBy(sum, criterion.tolerance);
  const share = criterion.better === 'more' ? (worse - range.min) / width : (range.max - worse) / width;
  return Math.min(best, share - fixed);
}
