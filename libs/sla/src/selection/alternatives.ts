import { violations } from './check.js';
import { valueAt } from './criteria.js';
import { siteKey } from './model.js';
import type { Alternative, Assignment } from './plan.js';
import { broughtBy, type Candidate, type ItemProblem, type Problem, weightedSum } from './problem.js';

const shown = 5;
/** So many of the winner's machines are tried for the exchange, the least missed first. */
const besides = 3;

/**
 * For one item the best of the offers that lost: those that could take the place of one machine of the winning plan at the least loss of its
 * weighted score, of different sizes and places where there are such. Nothing is solved for it.
 */
export function alternativesOf(problem: Problem, item: ItemProblem, plan: readonly Assignment[]): readonly Alternative[] {
  const chosen = chosenOf(problem, plan);
  const winners = chosen
    .filter(({ candidate }) => item.candidates.includes(candidate))
    .sort((a, b) => a.candidate.score - b.candidate.score)
    .slice(0, besides);
  const [weakest] = winners;
  if (!weakest) return [];
  const used = new Set(plan.filter((each) => each.item === item.need.item).map(({ offer }) => offer.id));
  const loss = lossOf(problem, chosen, weakest.candidate);
  const lost = item.candidates
    .filter(({ offer }) => !used.has(offer.id))
    .map((candidate) => ({ candidate, loses: loss(candidate) }))
    .sort((a, b) => a.loses - b.loses);
  return diverse(lost.map(({ candidate }) => candidate)).map((candidate) =>
    alternative(problem, plan, chosen, winners, candidate),
  );
}

interface Chosen {
  readonly candidate: Candidate;
  readonly count: number;
}

/** The plan's machines as candidates; what is fixed at an offer that is gone is none. */
export function chosenOf({ items }: Problem, plan: readonly Assignment[]): readonly Chosen[] {
  return plan.flatMap(({ item, offer, count }) => {
    const own = items.find(({ need }) => need.item === item)?.candidates ?? [];
    return own.filter((candidate) => candidate.offer.id === offer.id).map((candidate) => ({ candidate, count }));
  });
}

/** What the weighted score loses when one machine of the winner goes to another offer. */
function lossOf(problem: Problem, chosen: readonly Chosen[], winner: Candidate): (candidate: Candidate) => number {
  const { focus, criteria } = problem;
  const rest = chosen
    .map((each) => (each.candidate === winner ? { ...each, count: each.count - 1 } : each))
    .filter(({ count }) => count > 0);
  const before = weightedSum(focus.weights, broughtBy(problem, chosen));
  const without = broughtBy(problem, rest);
  const isSum = criteria.map(({ aggregate }) => aggregate === 'sum');
  // Plain loops: this runs over every candidate of every call.
  return ({ shares }) => {
    let after = 0;
    for (let index = 0; index < shares.length; index += 1) {
      const [others, own] = [without[index] ?? 0, shares[index] ?? 0];
      after += (focus.weights[index] ?? 0) * (isSum[index] ? others + own : Math.min(others, own));
    }
    return before - after;
  };
}

/** The first few in this order, those of a new size at a new place before those of a new size or place, and these before the rest. */
function diverse(candidates: readonly Candidate[]): readonly Candidate[] {
  const picked = new Set<Candidate>();
  const [sizes, places] = [new Set<string>(), new Set<string>()];
  const isNew = [
    (size: string, place: string) => !sizes.has(size) && !places.has(place),
    (size: string, place: string) => !sizes.has(size) || !places.has(place),
    () => true,
  ];
  for (const accepts of isNew) {
    for (const candidate of candidates) {
      if (picked.size >= shown) break;
      const [size, place] = [candidate.offer.instanceType, siteKey(candidate.offer)];
      if (picked.has(candidate) || !accepts(size, place)) continue;
      picked.add(candidate);
      sizes.add(size);
      places.add(place);
    }
  }
  return candidates.filter((candidate) => picked.has(candidate));
}

/** Beside the machine of the winner that it can replace without breaking anything, if there is one. */
function alternative(
  problem: Problem,
  plan: readonly Assignment[],
  chosen: readonly Chosen[],
  winners: readonly Chosen[],
  candidate: Candidate,
): Alternative {
  const [first, ...others] = winners.map((each) => each.candidate);
  const broken = (winner: Candidate) => brokenBy(problem, plan, winner, candidate);
  const breaksFirst = first && broken(first);
  const free = breaksFirst === undefined ? first : others.find((winner) => broken(winner) === undefined);
  const winner = free ?? first ?? candidate;
  const breaks = free ? undefined : breaksFirst;
  return {
    offer: candidate.offer.id,
    beside: winner.offer.id,
    loses: lossOf(problem, chosen, winner)(candidate),
    ...(breaks !== undefined && { breaks }),
    scores: problem.criteria
      .filter(({ item }) => item === null || item === problem.items[candidate.item]?.need.item)
      .map((criterion) => ({
        key: criterion.key,
        value: valueAt(criterion, candidate.offer),
        winner: valueAt(criterion, winner.offer),
        unit: criterion.unit,
      })),
  };
}

function brokenBy(
  { demand, items }: Problem,
  plan: readonly Assignment[],
  winner: Candidate,
  candidate: Candidate,
): string | undefined {
  const item = items[candidate.item]?.need.item ?? '';
  const exchanged = plan.flatMap((each) => {
    if (each.item !== item || each.offer.id !== winner.offer.id) return [each];
    return each.count > 1 ? [{ ...each, count: each.count - 1 }] : [];
  });
  return violations(demand, [...exchanged, { item, offer: candidate.offer, count: 1 }], {})[0];
}
