import type { Range } from './answer.js';
import { type Criterion, valueAt } from './criteria.js';
import { siteKey } from './model.js';
import type { Explanation, Plan, Score } from './plan.js';
import type { Problem } from './problem.js';

type Unexplained = Omit<Plan, 'why'>;

/** Says of each plan why it stands where it does: the best beside its runner-up, every other beside the one before it. */
export function withReasons(problem: Problem, plans: readonly Unexplained[]): readonly Plan[] {
  return plans.map((plan, index) => ({
    ...plan,
    why: index === 0 ? whyFirst(problem, plan, plans[1]) : whyLost(problem, plan, plans[index - 1]),
  }));
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

function whyLost({ criteria }: Problem, plan: Unexplained, before: Unexplained | undefined): string {
  if (!before) return '';
  const gap = before.score - plan.score;
  const where = `differs in ${differences(plan, before)}`;
  const parts = criteria.flatMap((criterion, index) => difference(criterion, plan.scores, before.scores, index));
  if (gap <= 1e-9)
    return `scores the same as proposal ${before.rank} and comes after it by ${plan.cost - before.cost > 1e-6 ? 'cost' : 'offer id'}; ${where}`;
  return `loses to proposal ${before.rank} by ${signed(gap)}: ${parts.join(', ')}; ${where}`;
}

/** `cost 12.40 USD a month more (-0.0310)` */
function difference(criterion: Criterion, scores: readonly Score[], before: readonly Score[], index: number): readonly string[] {
  const [mine, theirs] = [scores[index], before[index]];
  if (!mine || !theirs || Math.abs(mine.value - theirs.value) <= 1e-12) return [];
  const words = criterion.words(Math.abs(mine.value - theirs.value));
  return [
    `${criterion.key} ${words} ${mine.value > theirs.value ? 'more' : 'less'} (${points(share(scores, mine) - share(before, theirs))})`,
  ];
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

export function explain(problem: Problem, plans: readonly Unexplained[], obstacles: readonly string[]): Explanation {
  return {
    items: problem.items.map(({ need, answer, candidates }) => ({
      item: need.item,
      considered: answer.considered,
      feasible: answer.feasible,
      candidates: candidates.length,
      excluded: answer.excluded,
    })),
    bounds: Object.fromEntries(problem.criteria.flatMap((criterion) => boundOf(criterion, problem.sums.get(criterion.key)))),
    notes: [...obstacles, ...(plans.length > 0 ? assumptions(problem, plans) : [])],
  };
}

function boundOf(criterion: Criterion, sums: Range | undefined): readonly (readonly [string, Range])[] {
  return sums ? [[criterion.key, { min: criterion.total(sums.min), max: criterion.total(sums.max) }]] : [];
}

function assumptions({ criteria, demand }: Problem, plans: readonly Unexplained[]): readonly string[] {
  const notes: string[] = [];
  const availability = criteria.find(({ key }) => key === 'availability');
  if (availability) {
    notes.push('Availability is what vendors declare, multiplied over all machines: their failures are taken as independent.');
    const unknown = plans.some(({ assignments }) => assignments.some(({ offer }) => valueAt(availability, offer) === null));
    if (unknown)
      notes.push('Some vendors declare no availability: it counts as the worst, and a plan with such a machine is shown with 0.');
  }
  if (plans.length < demand.proposals) {
    const there = plans.length === 1 ? 'There is one plan' : `There are ${plans.length} plans`;
    notes.push(
      `${there} that differ${plans.length === 1 ? 's' : ''} in account, region, zone or market; ${demand.proposals} proposals were asked for.`,
    );
  }
  return notes;
}
