import { beside, type Cost, costOf, totalCost } from './cost.js';
import { type Criterion, valueAt } from './criteria.js';
import type { Assignment, Score } from './plan.js';
import type { Problem } from './problem.js';
import { share } from './shares.js';

/** What a plan (fixed assignments included) scores, criterion by criterion. */
export function scoresOf(problem: Problem, plan: readonly Assignment[]): readonly Score[] {
  const cost = wholeCost(problem, plan);
  return problem.criteria.map((criterion) => {
    const own = plan.filter(({ item }) => criterion.item === null || criterion.item === item);
    return {
      key: criterion.key,
      value: criterion.key === 'cost' ? cost.all : totalOf(criterion, own),
      unit: criterion.unit,
      normalised: normalised(problem, criterion, own, cost),
      weight: criterion.weight,
    };
  });
}

/** What a whole plan, fixed assignments included, costs at the prices that its assignments have. */
export function wholeCost({ demand, fixed, running }: Problem, plan: readonly Assignment[]): Cost {
  const added = beside(fixed, plan);
  const stays = beside(added, plan);
  return costOf(demand, { fixed: stays, plan: added }, running);
}

/** The plan's value. Where one machine's availability is unknown nothing is promised for the whole: 0. */
function totalOf(criterion: Criterion, plan: readonly Assignment[]): number {
  const known = plan.flatMap(({ offer, count }) => {
    const value = valueAt(criterion, offer);
    return value === null ? [] : [{ value, count }];
  });
  if (criterion.key === 'availability' && known.length < plan.length) return 0;
  if (criterion.aggregate === 'worst') return known.reduce((worst, { value }) => Math.max(worst, value), 0);
  return criterion.total(
    known.reduce((sum, { value, count }) => sum + count * criterion.additive(value), 0),
    known.reduce((sum, { count }) => sum + count, 0),
  );
}

function normalised(
  { items, sums, worthOfCost }: Problem,
  criterion: Criterion,
  plan: readonly Assignment[],
  cost: Cost,
): number {
  const shares = plan.map((assignment) => {
    const { item, offer, count } = assignment;
    const ranges = items.find(({ need }) => need.item === item)?.answer.ranges ?? {};
    const value = criterion.key === 'cost' ? totalCost([{ ...assignment, count: 1 }]) : valueAt(criterion, offer);
    return { count, share: share(criterion, value, ranges[criterion.key], sums.get(criterion.key)) };
  });
  if (criterion.aggregate === 'worst') return shares.reduce((worst, each) => Math.min(worst, each.share), 1);
  const beyond = criterion.key === 'cost' ? (cost.traffic + cost.moving) * worthOfCost : 0;
  return Math.min(
    1,
    Math.max(
      0,
      shares.reduce((total, each) => total + each.count * each.share, -beyond),
    ),
  );
}

/** The weighted sum, 0..1. */
export function weighted(scores: readonly Score[]): number {
  const weights = scores.reduce((sum, { weight }) => sum + weight, 0);
  return scores.reduce((sum, { weight, normalised: value }) => sum + (weight / weights) * value, 0);
}
