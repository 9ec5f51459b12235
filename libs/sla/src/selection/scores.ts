import { type Criterion, valueAt } from './criteria.js';
import type { Assignment, Score } from './plan.js';
import { type Problem, share } from './problem.js';

/** What a plan (fixed assignments included) scores, criterion by criterion. */
export function scoresOf(problem: Problem, plan: readonly Assignment[]): readonly Score[] {
  return problem.criteria.map((criterion) => {
    const own = plan.filter(({ item }) => criterion.item === null || criterion.item === item);
    return {
      key: criterion.key,
      value: totalOf(criterion, own),
      unit: criterion.unit,
      normalised: normalised(problem, criterion, own),
      weight: criterion.weight,
    };
  });
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

function normalised({ items, sums }: Problem, criterion: Criterion, plan: readonly Assignment[]): number {
  const shares = plan.map(({ item, offer, count }) => {
    const ranges = items.find(({ need }) => need.item === item)?.answer.ranges ?? {};
    return { count, share: share(criterion, valueAt(criterion, offer), ranges[criterion.key], sums.get(criterion.key)) };
  });
  const all =
    criterion.aggregate === 'sum'
      ? shares.reduce((total, each) => total + each.count * each.share, 0)
      : shares.reduce((worst, each) => Math.min(worst, each.share), 1);
  return Math.min(1, Math.max(0, all));
}

/** The weighted sum, 0..1. */
export function weighted(scores: readonly Score[]): number {
  const weights = scores.reduce((sum, { weight }) => sum + weight, 0);
  return scores.reduce((sum, { weight, normalised: value }) => sum + (weight / weights) * value, 0);
}
