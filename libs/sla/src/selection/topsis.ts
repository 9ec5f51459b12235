import type { Front } from './front.js';
import { byText } from './candidates.js';
import type { Problem } from './problem.js';
import type { Found } from './solve.js';

/**
 * TOPSIS (Hwang and Yoon, 1981): for each alternative, a row of `criteria` values of 0..1 where 1 is best, how close it is to the ideal (all 1)
 * as against the worst (all 0), 0..1. The bounds are given, so that an alternative more or less changes nothing for the others.
 */
export function topsis(alternatives: Float64Array, weights: readonly number[]): Float64Array {
  const criteria = weights.length;
  const closeness = new Float64Array(criteria === 0 ? 0 : alternatives.length / criteria);
  for (let row = 0; row < closeness.length; row += 1) {
    let toIdeal = 0;
    let toWorst = 0;
    for (let column = 0; column < criteria; column += 1) {
      const value = alternatives[row * criteria + column] ?? 0;
      const weight = weights[column] ?? 0;
      toIdeal += (weight * (1 - value)) ** 2;
      toWorst += (weight * value) ** 2;
    }
    const [far, near] = [Math.sqrt(toIdeal), Math.sqrt(toWorst)];
    closeness[row] = far + near === 0 ? 0 : near / (far + near);
  }
  return closeness;
}

/** The plans of a front by their closeness to the ideal. */
export function byCloseness(problem: Problem, front: Front): RankedFront {
  const { weights } = problem.focus;
  const rank = (shares: readonly number[]) => topsis(Float64Array.from(wholeShares(problem, shares)), weights)[0] ?? 0;
  const ceiling = front.whole ? 0 : closestBelow(front.leftBelow + weightedFixed(problem), weights);
  const found = ranked(front.found, rank).map((each) => ({ ...each, gap: Math.max(0, ceiling - each.rankedBy) }));
  return { found, rank };
}

/** Plans in order, and what they are ranked by. */
export interface RankedFront {
  readonly found: readonly (Found & { readonly rankedBy: number })[];
  readonly rank: (shares: readonly number[]) => number;
}

/** How close to the ideal a plan can come whose weighted sum is at most this: what a front that was cut leaves open. */
function closestBelow(sum: number, weights: readonly number[]): number {
  const near = Math.min(sum, Math.hypot(...weights));
  const far = Math.max(0, 1 - sum) / Math.sqrt(weights.length);
  return near + far === 0 ? 0 : near / (near + far);
}

/** The plans of a front, its knee first: by the mean of their shares within the front's own ranges, the distance from the plane through its ends. */
export function byKnee(problem: Problem, { found }: Front): RankedFront {
  const ranges = problem.criteria.map((_, index) => {
    const shares = found.map((each) => each.shares[index] ?? 0);
    return { min: Math.min(...shares), max: Math.max(...shares) };
  });
  const open = ranges.flatMap(({ min, max }, index) => (max - min > 1e-9 ? [{ index, min, width: max - min }] : []));
  const rank = (shares: readonly number[]) =>
    open.length === 0
      ? 1
      : open.reduce((sum, { index, min, width }) => sum + ((shares[index] ?? 0) - min) / width, 0) / open.length;
  return { found: ranked(found, rank), rank };
}

function ranked(found: readonly Found[], rank: RankedFront['rank']): RankedFront['found'] {
  return found
    .map((each) => ({ ...each, rankedBy: rank(each.shares) }))
    .sort((a, b) => apart(b.rankedBy, a.rankedBy, 1e-9) || apart(a.cost, b.cost, 1e-6) || byText(idsOf(a), idsOf(b)));
}

function apart(a: number, b: number, tolerance: number): number {
  return Math.abs(a - b) <= tolerance ? 0 : a - b;
}

function idsOf({ plan }: Found): string {
  return plan.flatMap(({ item, offer, count }) => new Array<string>(count).fill(`${item} ${offer.id}`)).join('\n');
}

/** Of the whole plan, fixed machines included. */
export function wholeShares({ criteria, fixedShares }: Problem, shares: readonly number[]): readonly number[] {
  return shares.map((share, index) => (criteria[index]?.aggregate === 'sum' ? share + (fixedShares[index] ?? 0) : share));
}

function weightedFixed({ criteria, fixedShares, focus }: Problem): number {
  return criteria.reduce(
    (sum, { aggregate }, index) => (aggregate === 'sum' ? sum + (focus.weights[index] ?? 0) * (fixedShares[index] ?? 0) : sum),
    0,
  );
}
