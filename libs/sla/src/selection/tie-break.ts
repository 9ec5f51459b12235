import { placeKey } from '../vocabulary/place.js';
import { siteKey, upperOf } from './model.js';
import type { Assignment } from './plan.js';
import { apartPairs, broughtBy, type Candidate, costTolerance, type Problem, scoreWithin } from './problem.js';
import { type Bounds, tie } from './solve.js';

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
 * A depth-first search in this order; the relaxation's losses say which machines such a plan can still hold. Undefined when it gives up.
 */
export function firstById(
  problem: Problem,
  candidates: readonly Candidate[],
  bounds: Bounds,
  wanted: Wanted,
): readonly Assignment[] | undefined {
  const search = new Search(problem, candidates, bounds, wanted);
  return search.from(0) ? search.plan() : undefined;
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
  /** What criteria of the worst machine can add at most. */
  private readonly worstAtMost: number;
  private loss = 0;
  private score = 0;
  private cost = 0;

  constructor(
    private readonly problem: Problem,
    private readonly candidates: readonly Candidate[],
    private readonly bounds: Bounds,
    private readonly wanted: Wanted,
  ) {
    this.counts = candidates.map(() => 0);
    this.left = problem.items.map(({ count }) => count);
    this.uppers = candidates.map((candidate) => upperOf(problem, candidate));
    this.keys = candidates.map((candidate) => this.limited(candidate));
    this.conflicts = conflictsOf(problem, candidates);
    this.worstAtMost = problem.criteria.reduce((sum, { aggregate }, index) => {
      return aggregate === 'worst' ? sum + (problem.focus.weights[index] ?? 0) * (problem.fixedShares[index] ?? 1) : sum;
    }, 0);
    this.cheapest = problem.items.map((_, item) =>
      Math.min(...candidates.filter((candidate) => candidate.item === item).map(({ cost }) => cost)),
    );
    this.best = problem.items.map((_, item) =>
      Math.max(...candidates.filter((candidate) => candidate.item === item).map(({ score }) => score)),
    );
  }

  plan(): readonly Assignment[] {
    return this.candidates.flatMap(({ item, offer }, index) => {
      const count = this.counts[index] ?? 0;
      return count > 0 ? [{ item: this.problem.items[item]?.need.item ?? '', offer, count }] : [];
    });
  }

  /** Tries candidate `index` with as many machines as can be, then fewer. Candidates come by item, then by id. */
  from(index: number): boolean {
    this.nodes += 1;
    if (this.nodes > patience || !this.promising()) return false;
    const candidate = this.candidates[index];
    if (!candidate) return this.complete();
    const before = this.candidates[index - 1]?.item;
    if (before !== undefined && before !== candidate.item && this.left[before] !== 0) return false;
    for (let count = this.room(index, candidate); count >= 0; count -= 1) {
      this.put(candidate, index, count);
      if (this.from(index + 1)) return true;
      this.put(candidate, index, -count);
    }
    return false;
  }

  private complete(): boolean {
    if (this.left.some((count) => count !== 0)) return false;
    const chosen = this.candidates.flatMap((candidate, index) => {
      const count = this.counts[index] ?? 0;
      return count > 0 ? [{ candidate, count }] : [];
    });
    const score = scoreWithin(this.problem, broughtBy(this.problem, chosen));
    return score !== undefined && score >= this.wanted.score - tie && this.differs();
  }

  private promising(): boolean {
    let score = this.score + this.worstAtMost;
    let cost = this.cost;
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

  private put(candidate: Candidate, index: number, count: number): void {
    const { item, score, cost } = candidate;
    this.counts[index] = (this.counts[index] ?? 0) + count;
    this.left[item] = (this.left[item] ?? 0) - count;
    this.score += count * score;
    this.cost += count * cost;
    this.loss += count * (this.bounds.losses.get(candidate) ?? 0);
    for (const key of this.keys[index] ?? []) this.limits.set(key, (this.limits.get(key) ?? 0) - count);
  }

  private differs(): boolean {
    const plan = this.plan();
    return this.wanted.unlike.every((other) =>
      this.problem.items.some(({ need }) => sites(plan, need.item) !== sites(other, need.item)),
    );
  }

  /** The limits that a candidate shares with others: its spread places and its pool. Notes how much each allows. */
  private limited({ item, offer }: Candidate): readonly string[] {
    const need = this.problem.items[item]?.need;
    const spread = (need?.spread ?? []).map(({ over, atMost }) => {
      const place = placeKey(offer, over) ?? '';
      const key = `${item} ${over} ${place}`;
      const placed = this.problem.fixed.filter((fixed) => fixed.item === need?.item && placeKey(fixed.offer, over) === place);
      this.lower(key, atMost - placed.reduce((sum, { count }) => sum + count, 0));
      return key;
    });
    if (offer.capacity === null) return spread;
    this.lower(`pool ${offer.pool}`, offer.capacity);
    return [...spread, `pool ${offer.pool}`];
  }

  private lower(key: string, limit: number): void {
    this.limits.set(key, Math.min(this.limits.get(key) ?? Infinity, limit));
  }
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

function sites(plan: readonly Assignment[], item: string): string {
  const own = plan.filter((assignment) => assignment.item === item);
  return own
    .flatMap(({ offer, count }) => new Array<string>(count).fill(siteKey(offer)))
    .sort()
    .join(' ');
}
