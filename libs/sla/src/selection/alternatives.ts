import { beside } from './cost.js';
import { looksAt, valueAt } from './criteria.js';
import { siteKey } from './model.js';
import { broken, type Chosen, outcomeOf } from './outcome.js';
import type { Alternative, Assignment } from './plan.js';
import { type Candidate, type ItemProblem, type Problem, weightedSum } from './problem.js';

const shown = 5;
/** So many of the winner's machines are tried for the exchange, the least missed first. */
const besides = 3;

/**
 * For one item the best of the offers that lost: those that could take the place of one machine of the winning plan at the least loss of its
 * weighted score, of different sizes and places where there are such. Nothing is solved for it.
 */
export function alternativesOf(problem: Problem, item: ItemProblem, plan: readonly Assignment[]): readonly Alternative[] {
  const chosen = chosenOf(problem, beside(problem.fixed, plan));
  const winners = chosen
    .map(({ candidate }) => candidate)
    .filter((candidate) => item.candidates.includes(candidate))
    .sort((a, b) => a.score - b.score)
    .slice(0, besides);
  const [weakest] = winners;
  if (!weakest) return [];
  const used = new Set(plan.filter((each) => each.item === item.need.item).map(({ offer }) => offer.id));
  const loss = lossOf(problem, chosen, weakest);
  const lost = item.candidates
    .filter(({ offer }) => !used.has(offer.id))
    .map((candidate) => ({ candidate, loses: loss(candidate) }))
    .sort((a, b) => a.loses - b.loses);
  const before = weightedSum(problem.focus.weights, outcomeOf(problem, chosen).shares);
  return diverse(lost.map(({ candidate }) => candidate))
    .map((candidate) => alternative(problem, { chosen, before, winners }, candidate))
    .sort((a, b) => a.loses - b.loses);
}

/** The plan's machines as candidates, at whatever tier: an outcome looks at the offers. What is fixed is none. */
export function chosenOf({ items }: Problem, plan: readonly Assignment[]): Chosen {
  return plan.flatMap(({ item, offer, count }) => {
    const own = items.find(({ need }) => need.item === item)?.candidates ?? [];
    const candidate = own.find((each) => each.offer.id === offer.id && each.offer.price === offer.price);
    return candidate ? [{ candidate, count }] : [];
  });
}

/** About what the weighted score loses when one machine of the winner goes to another offer: traffic and discounts as each machine by itself has them. */
export function lossOf(problem: Problem, chosen: Chosen, winner: Candidate): (candidate: Candidate) => number {
  const { focus, criteria } = problem;
  const without = outcomeOf(problem, less(chosen, winner)).shares;
  const isSum = criteria.map(({ aggregate }) => aggregate === 'sum');
  // Plain loops: this runs over every candidate of every call.
  return ({ shares }) => {
    let after = 0;
    for (let index = 0; index < shares.length; index += 1) {
      const [others, own] = [without[index] ?? 0, shares[index] ?? 0];
      after += (focus.weights[index] ?? 0) * (isSum[index] ? others + own : Math.min(others, own));
    }
    return -after;
  };
}

/** One machine less at the winner's. */
export function less(chosen: Chosen, winner: Candidate): Chosen {
  return chosen
    .map((each) => (each.candidate === winner ? { ...each, count: each.count - 1 } : each))
    .filter(({ count }) => count > 0);
}

/** The first few in this order, those of a new size at a new place before those of a new size or place, and these before the rest. */
function diverse(candidates: readonly Candidate[]): readonly Candidate[] {
  const picked = new Map<string, Candidate>();
  const [sizes, places] = [new Set<string>(), new Set<string>()];
  const isNew = [
    (size: string, place: string) => !sizes.has(size) && !places.has(place),
    (size: string, place: string) => !sizes.has(size) || !places.has(place),
    () => true,
  ];
  for (const accepts of isNew) {
    for (const candidate of candidates) {
      if (picked.size >= shown) break;
      const { id, instanceType } = candidate.offer;
      const place = siteKey(candidate.offer);
      if (picked.has(id) || !accepts(instanceType, place)) continue;
      picked.set(id, candidate);
      sizes.add(instanceType);
      places.add(place);
    }
  }
  return [...picked.values()];
}

interface Winning {
  readonly chosen: Chosen;
  /** What it scores. */
  readonly before: number;
  /** Machines of the item, the least missed first. */
  readonly winners: readonly Candidate[];
}

/** Beside the machine of the winner that it can replace without breaking anything, if there is one. */
function alternative(problem: Problem, { chosen, before, winners }: Winning, candidate: Candidate): Alternative {
  let held: Alternative | undefined;
  for (const winner of winners) {
    const { plan, shares } = outcomeOf(problem, [...less(chosen, winner), { candidate, count: 1 }]);
    const [breaks] = broken(problem, plan);
    const loses = before - weightedSum(problem.focus.weights, shares);
    const exchange = { loses, ...(breaks !== undefined && { breaks }), ...besideEachOther(problem, winner, candidate) };
    if (breaks === undefined) return exchange;
    held ??= exchange;
  }
  return held ?? { loses: 0, ...besideEachOther(problem, candidate, candidate) };
}

function besideEachOther(
  { criteria, items }: Problem,
  winner: Candidate,
  candidate: Candidate,
): Pick<Alternative, 'offer' | 'beside' | 'scores'> {
  const item = items[candidate.item]?.need.item ?? '';
  return {
    offer: candidate.offer.id,
    beside: winner.offer.id,
    scores: criteria
      .filter((criterion) => looksAt(criterion, item))
      .map((criterion) => ({
        key: criterion.key,
        value: valueAt(criterion, candidate.offer),
        winner: valueAt(criterion, winner.offer),
        unit: criterion.unit,
      })),
  };
}
