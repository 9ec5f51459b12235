import type { Policy } from '../documents/call.js';
import type { Criterion } from './criteria.js';
import { siteKey } from './model.js';
import type { Plan, Score } from './plan.js';
import type { Problem } from './problem.js';

type Unexplained = Omit<Plan, 'why'>;

interface Reasons {
  readonly first: (problem: Problem, plan: Unexplained, next: Unexplained | undefined) => string;
  readonly lost: (problem: Problem, plan: Unexplained, before: Unexplained) => string;
}

const reasons: Readonly<Record<Policy, Reasons>> = {
  'lowest-cost': { first: whyFirst, lost: whyLost },
  weighted: { first: whyFirst, lost: whyLost },
  lexicographic: { first: firstInOrder, lost: laterInOrder },
  pareto: { first: knee, lost: elsewhereOnFront },
  topsis: { first: closest, lost: lessClose },
};

/** Says of each plan why it stands where it does: the best by itself or beside its runner-up, every other beside one before it. */
export function withReasons(problem: Problem, plans: readonly Unexplained[]): readonly Plan[] {
  const { first, lost } = reasons[problem.demand.policy];
  return plans.map((plan, index) => {
    const before = plans[index - 1];
    return { ...plan, why: before ? lost(problem, plan, before) : first(problem, plan, plans[1]) };
  });
}

function whyFirst({ criteria }: Problem, plan: Unexplained, next: Unexplained | undefined): string {
  const parts = plan.scores.map(
    (score, index) => `${score.key} ${criteria[index]?.words(score.value) ?? ''} (${points(share(plan.scores, score))})`,
  );
  const score = `scores ${plan.score.toFixed(4)}: ${parts.join(', ')}`;
  if (!next) return `the only plan there is; ${score}`;
  const lead = plan.score - next.score;
  return lead > 1e-9
    ? `${score}; wins by ${signed(lead)} over proposal 2`
    : `${score}; proposal 2 scores the same and comes after by offer id`;
}

function whyLost({ criteria }: Problem, plan: Unexplained, before: Unexplained): string {
  const gap = before.score - plan.score;
  const where = `differs in ${differences(plan, before)}`;
  const parts = criteria.flatMap((criterion, index) => difference(criterion, plan.scores, before.scores, index));
  if (gap <= 1e-9)
    return `scores the same as proposal ${before.rank} and comes after it by ${plan.cost - before.cost > 1e-6 ? 'cost' : 'offer id'}; ${where}`;
  return `loses to proposal ${before.rank} by ${signed(gap)}: ${parts.join(', ')}; ${where}`;
}

function firstInOrder({ criteria }: Problem, plan: Unexplained): string {
  const order = criteria
    .filter(({ item }) => item === null)
    .map(({ key, tolerance }) =>
      tolerance > 0 ? `${key} (up to ${Number((tolerance * 100).toPrecision(6))} % from its best)` : key,
    );
  return `the best by ${order.join(', then by ')}: ${values(criteria, plan)}`;
}

function laterInOrder({ criteria }: Problem, plan: Unexplained, before: Unexplained): string {
  const worse = criteria.findIndex((_, index) => normalisedAt(before, index) - normalisedAt(plan, index) > 1e-9);
  const criterion = criteria[worse];
  const where = `differs in ${differences(plan, before)}`;
  if (!criterion) return `is as good as proposal ${before.rank} and comes after it by cost or offer id; ${where}`;
  return `comes after proposal ${before.rank}: ${compared(criterion, plan.scores, before.scores, worse).join('')}; ${where}`;
}

function knee({ criteria, demand }: Problem, plan: Unexplained): string {
  const kept = demand.front === 'knee' ? 'the knee of the Pareto front' : 'on the Pareto front, and its knee';
  return `${kept}: ${values(criteria, plan)}; nothing is better in one objective without being worse in another`;
}

function elsewhereOnFront({ criteria }: Problem, plan: Unexplained, before: Unexplained): string {
  const parts = criteria.flatMap((criterion, index) => compared(criterion, plan.scores, before.scores, index));
  return `on the Pareto front: as against proposal ${before.rank} ${parts.join(', ')}`;
}

function closest({ criteria }: Problem, plan: Unexplained): string {
  return `the closest to the ideal of the Pareto front, ${plan.score.toFixed(4)} of 1: ${values(criteria, plan)}`;
}

function lessClose({ criteria }: Problem, plan: Unexplained, before: Unexplained): string {
  const parts = criteria.flatMap((criterion, index) => compared(criterion, plan.scores, before.scores, index));
  return `farther from the ideal than proposal ${before.rank} by ${signed(Math.max(0, before.score - plan.score))}: ${parts.join(', ')}`;
}

function values(criteria: readonly Criterion[], { scores }: Unexplained): string {
  return scores.map(({ key, value }, index) => `${key} ${criteria[index]?.words(value) ?? ''}`).join(', ');
}

function normalisedAt({ scores }: Unexplained, index: number): number {
  return scores[index]?.normalised ?? 0;
}

/** `cost 12.40 USD a month more` */
function compared(criterion: Criterion, scores: readonly Score[], before: readonly Score[], index: number): readonly string[] {
  const [mine, theirs] = [scores[index], before[index]];
  if (!mine || !theirs || Math.abs(mine.value - theirs.value) <= 1e-12) return [];
  const words = criterion.words(Math.abs(mine.value - theirs.value));
  return [`${criterion.key} ${words} ${mine.value > theirs.value ? 'more' : 'less'}`];
}

/** `cost 12.40 USD a month more (-0.0310)` */
function difference(criterion: Criterion, scores: readonly Score[], before: readonly Score[], index: number): readonly string[] {
  const [mine, theirs] = [scores[index], before[index]];
  if (!mine || !theirs) return [];
  return compared(criterion, scores, before, index).map(
    (words) => `${words} (${points(share(scores, mine) - share(before, theirs))})`,
  );
}

/** What one criterion adds to the plan's score. */
function share(scores: readonly Score[], { weight, normalised }: Score): number {
  return (weight / scores.reduce((sum, score) => sum + score.weight, 0)) * normalised;
}

function points(value: number): string {
  return `${value < 0 ? '-' : '+'}${signed(Math.abs(value))}`;
}

/** Four decimals, or as many as it takes to show that it is not nothing. */
function signed(value: number): string {
  return value === 0 || value >= 0.00005 ? value.toFixed(4) : value.toExponential(1);
}

function differences(plan: Unexplained, before: Unexplained): string {
  const items = [...new Set(plan.assignments.map(({ item }) => item))];
  return (
    items
      .filter((item) => sitesOf(plan, item) !== sitesOf(before, item))
      .map((item) => `where ${item} goes`)
      .join(' and ') || 'size'
  );
}

function sitesOf({ assignments }: Unexplained, item: string): string {
  return assignments
    .filter((assignment) => assignment.item === item)
    .map(({ offer, count }) => `${siteKey(offer)} ${count}`)
    .sort()
    .join('\n');
}
