import type { Draft } from './draft.js';
import type { Term } from './linear.js';
import { type Problem } from './problem.js';

/** What to seek: the best score, or the least cost among the plans with at least a score. */
export type Aim = { readonly best: 'score' } | { readonly best: 'cost'; readonly scoreAtLeast?: number };

/** Helper columns that add to the score beside the candidates, and what every plan has of it. */
export interface Worth {
  readonly gains: readonly { readonly column: number; readonly gain: number }[];
  readonly base: number;
}

/**
 * The objective, spread out: each candidate's distance from the best of its item, the farthest at -1000. Good plans differ by millionths of a
 * score, which solvers' tolerances would swallow.
 */
export function aimAt(draft: Draft, aim: Aim, worst: Worth): { readonly scale: number; readonly base: number } {
  const { problem, candidates } = draft;
  const gains = [...worst.gains, ...costGains(draft)];
  if (aim.best === 'cost' && aim.scoreAtLeast !== undefined) scoreRow(draft, aim.scoreAtLeast - worst.base, gains);
  const counted = aim.best === 'score' ? gains : draft.extras.map(({ column, cost }) => ({ column, gain: -cost }));
  const values = candidates.map((candidate) => (aim.best === 'score' ? candidate.score : -candidate.cost));
  const best = problem.items.map(() => -Infinity);
  candidates.forEach(({ item }, column) => (best[item] = Math.max(best[item] ?? -Infinity, values[column] ?? 0)));
  const below = candidates.map(({ item }, column) => (values[column] ?? 0) - (best[item] ?? 0));
  const farthest = counted.reduce(
    (most, { gain }) => Math.max(most, Math.abs(gain)),
    below.reduce((most, distance) => Math.max(most, -distance), 0),
  );
  const scale = farthest > 0 ? 1000 / farthest : 1;
  below.forEach((distance, column) => {
    draft.value(column, distance * scale);
  });
  for (const { column, gain } of counted) draft.value(column, gain * scale);
  const base = problem.items.reduce((sum, { count }, item) => sum + (count > 0 ? count * (best[item] ?? 0) : 0), 0);
  return { scale, base: base + (aim.best === 'score' ? worst.base : 0) };
}

/** What the columns that change the cost do to the score. */
function costGains({ problem, extras }: Draft): Worth['gains'] {
  const weight = weightOfCost(problem, problem.focus.weights);
  return weight === 0 ? [] : extras.map(({ column, cost }) => ({ column, gain: -cost * weight }));
}

/** What a USD a month takes from a weighted sum of the criteria. */
export function weightOfCost({ criteria, worthOfCost }: Problem, weights: readonly number[]): number {
  return criteria.reduce((sum, { key }, index) => (key === 'cost' ? sum + (weights[index] ?? 0) * worthOfCost : sum), 0);
}

function scoreRow(draft: Draft, atLeast: number, gains: Worth['gains']): void {
  const { candidates, problem } = draft;
  const worst = candidates.reduce((least, { score }) => Math.min(least, score), Infinity);
  const width = candidates.reduce((most, { score }) => Math.max(most, score), -Infinity) - worst;
  const unit = gains.reduce((most, { gain }) => Math.max(most, Math.abs(gain)), width);
  if (unit <= 0) return;
  const machines = problem.items.reduce((sum, { count }) => sum + count, 0);
  const terms: Term[] = candidates.map(({ score }, column) => ({ column, coefficient: (score - worst) / unit }));
  draft.add(
    [...terms, ...gains.map(({ column, gain }) => ({ column, coefficient: gain / unit }))],
    '>=',
    (atLeast - machines * worst) / unit,
  );
}

/** What may be spent, by whole plans: all that changes the cost is in it. */
export function budgetRow(draft: Draft): void {
  const { costCap } = draft.problem;
  if (costCap === Infinity || draft.without.has('budget')) return;
  const unit = Math.max(1, Math.abs(costCap));
  draft.add(
    [
      ...draft.candidates.map(({ cost }, column) => ({ column, coefficient: cost / unit })),
      ...draft.extras.map(({ column, cost }) => ({ column, coefficient: cost / unit })),
    ],
    '<=',
    costCap / unit,
  );
}
