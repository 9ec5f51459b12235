import type { AvailabilityTarget, Need } from '../documents/call.js';
import { availabilityTolerance, mustBeUp } from './availability.js';
import { type Elastic, one } from './elastic.js';
import { relative } from './misses.js';
import { type Joint, machines, type Placeable, scaled } from './repair-joint.js';

/** A target falls by tenths of the unavailability that it allows; falling by all of that counts as much as taking it out. */
const tenths = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/**
 * Each availability target with what loosens it. Gives the columns that take out those that are not linear, of items that are up while some but
 * not all of their machines are: the model does not see these.
 */
export function elasticAvailability(joint: Joint): readonly number[] {
  return (joint.demand.availability ?? []).flatMap((target, index) => availability(joint, target, index));
}

function availability(
  { elastic, demand, placeable }: Joint,
  { items, atLeast }: AvailabilityTarget,
  index: number,
): readonly number[] {
  const own = placeable.filter(({ need }) => items.includes(need.item));
  const out = elastic.loosening(1);
  const steps = tenths
    .map((tenth) => 1 - (1 - atLeast) * (1 + tenth / 10))
    .filter((lower) => lower > 0)
    .map((lower) => ({ column: elastic.loosening(0.1), atLeast: lower }));
  steps.slice(1).forEach(({ column }, before) => {
    elastic.add([one(column), ...scaled(steps[before]?.column ?? column, -1)], '<=', 0);
  });
  elastic.relaxable([out, ...steps.map(({ column }) => column)], (value) => {
    const lowest = steps.filter(({ column }) => value(column) > 0).at(-1);
    if (value(out) > 0) return { of: 'availability', index, atLeast: null, size: 1 };
    return (
      lowest && { of: 'availability', index, atLeast: lowest.atLeast, size: relative(atLeast - lowest.atLeast, 1 - atLeast) }
    );
  });
  const unknown = own.filter(({ offer }) => offer.availability === null);
  const count = demand.needs.reduce((sum, need) => (items.includes(need.item) ? sum + need.count : sum), 0);
  if (unknown.length > 0) elastic.add([...unknown.map(machines), ...scaled(out, -count)], '<=', 0);
  const levels = [
    { atLeast, next: steps[0]?.column ?? out },
    ...steps.map((step, index) => ({ ...step, next: steps[index + 1]?.column ?? out })),
  ];
  const needs = demand.needs.filter(({ item }) => items.includes(item));
  const seen = levels.map((level) => reached(elastic, { own, needs, count }, level, out));
  return seen.every(Boolean) ? [] : [out];
}

/**
 * One level of a target, unless a lower one is taken: Σ x·log a ≥ log A for machines that must all be up, Σ x·log(1−a) ≤ log(1−A) for one item of which
 * one machine is enough (CFP.md 4). False for what is neither.
 */
function reached(
  elastic: Elastic,
  { own, needs, count }: { readonly own: readonly Placeable[]; readonly needs: readonly Need[]; readonly count: number },
  { atLeast, next }: { readonly atLeast: number; readonly next: number },
  out: number,
): boolean {
  const unless = [...new Set([next, out])];
  if (needs.every((need) => mustBeUp(need) === need.count)) {
    const unit = -Math.log(atLeast - availabilityTolerance);
    const downs = own.map(({ offer, column }) => ({ column, coefficient: -log(offer.availability ?? 1) / unit }));
    const most = count * downs.reduce((worst, { coefficient }) => Math.max(worst, coefficient), 1);
    elastic.add([...downs, ...unless.flatMap((column) => scaled(column, -most))], '<=', 1);
    return true;
  }
  if (needs.length > 1 || needs.some((need) => mustBeUp(need) !== 1)) return false;
  const unit = -Math.log(1 - atLeast + availabilityTolerance);
  const ups = own.map(({ offer, column }) => ({ column, coefficient: Math.min(1, -log(1 - (offer.availability ?? 0)) / unit) }));
  elastic.add([...ups, ...unless.map(one)], '>=', 1);
  return true;
}

function log(share: number): number {
  return Math.log(Math.max(share, 1e-15));
}
