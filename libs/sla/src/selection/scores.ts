import type { Demand } from '../documents/call.js';
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
  if (criterion.key === 'availability' && plan.some(({ offer }) => valueAt(criterion, offer) === null)) return 0;
  const sum = plan.reduce((total, { offer, count }) => {
    const value = valueAt(criterion, offer);
    return value === null ? total : total + count * criterion.additive(value);
  }, 0);
  return criterion.total(sum);
}

function normalised({ items, sums }: Problem, criterion: Criterion, plan: readonly Assignment[]): number {
  const sum = plan.reduce((total, { item, offer, count }) => {
    const ranges = items.find(({ need }) => need.item === item)?.answer.ranges ?? {};
    return total + count * share(criterion, valueAt(criterion, offer), ranges[criterion.key], sums.get(criterion.key));
  }, 0);
  return Math.min(1, Math.max(0, sum));
}

/** The weighted sum, 0..1. */
export function weighted(scores: readonly Score[]): number {
  const weights = scores.reduce((sum, { weight }) => sum + weight, 0);
  return scores.reduce((sum, { weight, normalised: value }) => sum + (weight / weights) * value, 0);
}

/** Whether the score sees what a plan costs; if not, the cheaper of two equal plans is better. */
export function scoresCost({ policy, objectives }: Demand): boolean {
  return policy === 'lowest-cost' || objectives.some(({ of }) => of === 'cost');
}
