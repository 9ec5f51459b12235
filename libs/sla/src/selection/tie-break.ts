import { placeKey } from '../vocabulary/place.js';
import { apartPairs } from './candidates.js';
import { costTolerance, measured, sameTerms } from './cost.js';
import { upperOf } from './draft.js';
import { weightOfCost } from './objective.js';
import { broken, type Outcome, outcomeOf, scoreWithin } from './outcome.js';
import type { Assignment } from './plan.js';
import type { Candidate, Problem } from './problem.js';
import { type Bounds, tie } from './solve.js';
import { isUnlike } from './unlike-rows.js';

/** Nodes to look at before the solver's own plan, optimal too, is taken. */
const patience = 50_000;

export interface Wanted {
  /** The best score, of what is not fixed. */
  readonly score: number;
  /** USD a month of what is not fixed: where score ignores cost, the least that this score costs. */
  readonly costAtMost: number;
  readonly unlike: readonly (readonly Assignment[])[];
}

/**
 * Of the plans with the best score the first by offer id: as many machines as can be at the smallest id of the first item, then at the next.
 * A depth-first search in this order; the relaxation's losses say which machines such a plan can still hold, and what only whole plans tell
 * (discounts, traffic, availability, quotas) is checked of each that is found. Undefined when it gives up.
 */
export function firstById(
  problem: Problem,
  candidates: readonly Candidate[],
  bounds: Bounds,
  wanted: Wanted,
): Outcome | undefined {
  return new Search(problem, slotsOf(problem, candidates, bounds), bounds, wanted).from(0);
}

/** An offer that machines of an item can be at, whichever tier they get it at: at best so good, and so cheap. */
interface Slot {
  readonly candidate: Candidate;
  readonly score: number;
  readonly cost: number;
  readonly loss: number;
}

function slotsOf(problem: Problem, candidates: readonly Candidate[], { losses }: Bounds): readonly Slot[] {
  const weight = weightOfCost(problem, problem.focus.weights);
  const slots: Slot[] = [];
  for (const candidate of candidates) {
    const score = candidate.score + weight * candidate.spare;
    const cost = candidate.cost - candidate.spare;
    const loss = losses.get(candidate) ?? 0;
    const before = slots[slots.length - 1];
    if (!before || !isSameOffer(before.candidate, candidate)) slots.push({ candidate, score, cost, loss });
    else
      slots[slots.length - 1] = {
        candidate: before.candidate,
        score: Math.max(score, before.score),
        cost: Math.min(cost, before.cost),
        loss: Math.min(loss, before.loss),
      };
  }
  return slots;
}

function isSameOffer(a: Candidate, b: Candidate): boolean {
  return a.item === b.item && a.running === b.running && sameTerms(a.offer, b.offer);
}

class Search {
  private nodes = 0;
  private readonly counts: number[];
  private readonly left: number[];
  private readonly uppers: readonly number[];
  private readonly keys: readonly (readonly string[])[];
  private readonly limits = new Map<string, number>();
  private readonly conflicts: readonly (readonly number[])[];
  private readonly cheapest: readonly number[];
  private readonly best: readonly number[];
  private loss = 0;
  /** What criteria of the worst machine, and a better price for what stays, can add at most. */
  private score: number;
  private cost: number;

  constructor(
    private readonly problem: Problem,
    private readonly slots: readonly Slot[],
    private readonly bounds: Bounds,
    private readonly wanted: Wanted,
  ) {
    this.counts = slots.map(() => 0);
    this.left = problem.items.map(({ count }) => count);
    this.uppers = slots.map(({ candidate }) => upperOf(problem, candidate));
    this.keys = slots.map(({ candidate }) => this.limited(candidate));
    this.conflicts = conflictsOf(
      problem,
      slots.map(({ candidate }) => candidate),
    );
    this.cost = -cheaperStay(problem);
    this.score = worstAtMost(problem) - this.cost * weightOfCost(problem, problem.focus.weights);
    const own = problem.items.map((_, item) => slots.filter(({ candidate }) => candidate.item === item));
    this.cheapest = own.map((of) => Math.min(...of.map(({ cost }) => cost)));
    this.best = own.map((of) => Math.max(...of.map(({ score }) => score)));
  }

  /** Tries slot `index` with as many machines as can be, then fewer. Slots come by item, then by id. */
  from(index: number): Outcome | undefined {
    this.nodes += 1;
    if (this.nodes > patience || !this.promising()) return undefined;
    const slot = this.slots[index];
    if (!slot) return this.complete();
    const before = this.slots[index - 1]?.candidate.item;
    if (before !== undefined && before !== slot.candidate.item && this.left[before] !== 0) return undefined;
    for (let count = this.room(index, slot.candidate); count >= 0; count -= 1) {
      this.put(slot, index, count);
      const found = this.from(index + 1);
      if (found) return found;
      this.put(slot, index, -count);
    }
    return undefined;
  }

  private complete(): Outcome | undefined {
    if (this.left.some((count) => count !== 0)) return undefined;
    const chosen = this.slots.flatMap(({ candidate }, index) => {
      const count = this.counts[index] ?? 0;
      return count > 0 ? [{ candidate, count }] : [];
    });
    const outcome = outcomeOf(this.problem, chosen);
    const score = scoreWithin(this.problem, outcome.shares);
    if (score === undefined || score < this.wanted.score - tie) return undefined;
    if (outcome.cost > this.wanted.costAtMost + costTolerance || !isUnlike(this.problem, outcome.plan, this.wanted.unlike))
      return undefined;
    return broken(this.problem, outcome.plan).length === 0 ? outcome : undefined;
  }

  private promising(): boolean {
    let { score, cost } = this;
    this.left.forEach((count, item) => {
      if (count === 0) return;
      score += count * (this.best[item] ?? 0);
      cost += count * (this.cheapest[item] ?? 0);
    });
    return (
      this.bounds.bound - this.loss >= this.wanted.score - 2 * tie &&
      score >= this.wanted.score - tie &&
      cost <= this.wanted.costAtMost + costTolerance
    );
  }

  private room(index: number, { item }: Candidate): number {
    if (this.conflicts[index]?.some((other) => (this.counts[other] ?? 0) > 0)) return 0;
    const limits = (this.keys[index] ?? []).map((key) => this.limits.get(key) ?? 0);
    return Math.min(this.left[item] ?? 0, this.uppers[index] ?? 0, ...limits);
  }

  private put({ candidate, score, cost, loss }: Slot, index: number, count: number): void {
    this.counts[index] = (this.counts[index] ?? 0) + count;
    this.left[candidate.item] = (this.left[candidate.item] ?? 0) - count;
    this.score += count * score;
    this.cost += count * cost;
    this.loss += count * loss;
    for (const key of this.keys[index] ?? []) this.limits.set(key, (this.limits.get(key) ?? 0) - count);
  }

  /** The limits that a candidate shares with others: its spread places and its pool. Notes how much each allows. */
  private limited({ item, offer, running }: Candidate): readonly string[] {
    const need = this.problem.items[item]?.need;
    const spread = (need?.spread ?? []).map(({ over, atMost }) => {
      const place = placeKey(offer, over) ?? '';
      const key = `${item} ${over} ${place}`;
      const placed = this.problem.fixed.filter((fixed) => fixed.item === need?.item && placeKey(fixed.offer, over) === place);
      this.lower(key, atMost - placed.reduce((sum, { count }) => sum + count, 0));
      return key;
    });
    if (offer.capacity === null || running !== undefined) return spread;
    this.lower(`pool ${offer.pool}`, offer.capacity);
    return [...spread, `pool ${offer.pool}`];
  }

  private lower(key: string, limit: number): void {
    this.limits.set(key, Math.min(this.limits.get(key) ?? Infinity, limit));
  }
}

function worstAtMost({ criteria, focus, fixedShares }: Problem): number {
  return criteria.reduce(
    (sum, { aggregate }, index) => (aggregate === 'worst' ? sum + (focus.weights[index] ?? 0) * (fixedShares[index] ?? 1) : sum),
    0,
  );
}

/** By how much what stays can become cheaper at most, USD a month: by the last tier of each discount. */
function cheaperStay({ discounts, fixed }: Problem): number {
  return discounts.reduce((sum, { id, tiers }) => {
    return sum + measured(id, 'spend', fixed) * tiers.reduce((most, { off }) => Math.max(most, off), 0);
  }, 0);
}

/** For each candidate those before it that apart forbids beside it. */
function conflictsOf(problem: Problem, candidates: readonly Candidate[]): readonly (readonly number[])[] {
  const pairs = apartPairs(problem.demand);
  const name = (candidate: Candidate) => problem.items[candidate.item]?.need.item;
  return candidates.map((candidate, index) =>
    candidates.slice(0, index).flatMap((other, position) => {
      const apart = pairs.some(({ a, b, over }) => {
        const between = (a === name(candidate) && b === name(other)) || (b === name(candidate) && a === name(other));
        return between && placeKey(candidate.offer, over) === placeKey(other.offer, over);
      });
      return apart ? [position] : [];
    }),
  );
}
