import { placeKey } from '../vocabulary/place.js';
import { byText } from './candidates.js';
import { placedAt, upperOf } from './draft.js';
import { weightOfCost } from './objective.js';
import { broken, type Chosen, outcomeOf, scoreWithin } from './outcome.js';
import type { Assignment } from './plan.js';
import type { Candidate, ItemProblem, Problem } from './problem.js';
import type { Found } from './solve.js';
import { siteKey } from './unlike-rows.js';

/** More than this many ways to differ from the plans before are for the model. */
const mostWays = 1_000;
/** Scores that differ by less are rounding: the same. */
const alike = 1e-11;

/**
 * The problem without what ties items together: each item by itself, at its best candidates first. Its limits (what an offer, a pool, a place
 * may hold) lie within each other, so taking the best as far as they allow is exact (a matroid: Edmonds, 1971). No plan of the whole
 * problem is better; one that breaks none of its joint constraints is therefore its optimum, and the first by offer id of all that are.
 *
 * Undefined where it does not apply: where machines change each other's price or worth.
 */
export function itemByItem(problem: Problem): ItemByItem | undefined {
  const { items } = problem;
  const machines = items.reduce((sum, { count }) => sum + count, 0);
  if (machines === 0 || items.some(({ count }) => count < 0)) return undefined;
  if (!areApart(problem) || !items.every(({ need }) => isNested(need.spread.map(({ over }) => over)))) return undefined;
  return machines === 1 || !weighsWorst(problem) ? new ItemByItem(problem) : undefined;
}

function areApart({ demand, focus, discounts, running }: Problem): boolean {
  return discounts.length === 0 && !running && !demand.traffic && focus.limits.length === 0 && focus.exceeding.length === 0;
}

/** A zone lies in one region and one vendor; what is more than that is for the model. */
function isNested(levels: readonly string[]): boolean {
  return levels.length <= 1 || levels.every((level) => level === 'zone' || level === 'region' || level === 'vendor');
}

function weighsWorst({ criteria, focus }: Problem): boolean {
  return criteria.some(({ aggregate }, index) => aggregate === 'worst' && (focus.weights[index] ?? 0) > 0);
}

/** How many machines each site of an item may have at most, to be unlike what was found before; by item and site. */
type Caps = ReadonlyMap<string, number>;
/** An item's machines, the best first; undefined where they do not all fit. */
type Filled = Chosen | undefined;

export class ItemByItem {
  private readonly ordered: readonly (readonly Candidate[])[];
  private readonly filled = new Map<string, Filled>();
  private readonly seesCost: boolean;

  constructor(private readonly problem: Problem) {
    const worth = worthIn(problem);
    this.seesCost = weightOfCost(problem, problem.focus.weights) > 0;
    this.ordered = problem.items.map(({ candidates }) => inOrder(candidates, worth, this.seesCost));
  }

  /** The best plan unlike some others, or that there is none; undefined when joint constraints have the last word. */
  best(unlike: readonly (readonly Assignment[])[]): { readonly found: Found | undefined } | undefined {
    const ways = this.ways(unlike);
    if (!ways) return undefined;
    let best: Way | undefined;
    for (const caps of ways) {
      const way = this.way(caps);
      if (way && (!best || this.isBefore(way, best))) best = way;
    }
    if (!best) return { found: undefined };
    const { chosen, outcome, score } = best;
    return chosen.length > 0 && broken(this.problem, outcome.plan).length > 0
      ? undefined
      : { found: { ...outcome, score, gap: 0 } };
  }

  /** No plan scores more: what ties items together only takes away. */
  get bound(): number {
    return this.way(new Map())?.score ?? Infinity;
  }

  /** To be unlike a plan is to have fewer machines than it at one of its sites, whichever: each choice of sites is a way. */
  private ways(unlike: readonly (readonly Assignment[])[]): readonly Caps[] | undefined {
    let ways: readonly Caps[] = [new Map()];
    for (const plan of unlike) {
      const sites = [...sitesOf(plan)];
      if (ways.length * sites.length > mostWays) return undefined;
      ways = ways.flatMap((caps) =>
        sites.map(([site, count]) => new Map([...caps, [site, Math.min(count - 1, caps.get(site) ?? Infinity)]])),
      );
    }
    return ways;
  }

  private way(caps: Caps): Way | undefined {
    const chosen: { candidate: Candidate; count: number }[] = [];
    for (const [index, item] of this.problem.items.entries()) {
      const own = this.fill(index, item, caps);
      if (!own) return undefined;
      chosen.push(...own);
    }
    const outcome = outcomeOf(this.problem, chosen);
    const score = scoreWithin(this.problem, outcome.shares);
    return score === undefined ? undefined : { chosen, outcome, score };
  }

  /** Only the caps on its own sites matter to an item. */
  private fill(index: number, item: ItemProblem, caps: Caps): Filled {
    const own = [...caps].filter(([site]) => site.startsWith(`${item.need.item} `));
    const key = `${index} ${own
      .map(([site, cap]) => `${site} ${cap}`)
      .sort()
      .join(' ')}`;
    if (!this.filled.has(key)) this.filled.set(key, filled(this.problem, this.ordered[index] ?? [], item, new Map(own)));
    return this.filled.get(key);
  }

  /** By score, then by cost where the score does not see it, then by offer id: more machines at the first id come first. */
  private isBefore(a: Way, b: Way): boolean {
    if (Math.abs(a.score - b.score) > alike) return a.score > b.score;
    if (!this.seesCost && Math.abs(a.outcome.cost - b.outcome.cost) > 1e-6) return a.outcome.cost < b.outcome.cost;
    return byId(this.problem, a.chosen, b.chosen) < 0;
  }
}

interface Way {
  readonly chosen: Chosen;
  readonly outcome: ReturnType<typeof outcomeOf>;
  readonly score: number;
}

/** What one machine adds; of a single machine what is the worst of all is its own. */
function worthIn({ criteria, focus }: Problem): (candidate: Candidate) => number {
  const worst = criteria.flatMap(({ aggregate }, index) =>
    aggregate === 'worst' ? [{ index, weight: focus.weights[index] ?? 0 }] : [],
  );
  return ({ score, shares }) => worst.reduce((sum, { index, weight }) => sum + weight * (shares[index] ?? 0), score);
}

/** The best first; candidates come by offer id, and of equal ones the first stays first. */
function inOrder(
  candidates: readonly Candidate[],
  worth: (candidate: Candidate) => number,
  seesCost: boolean,
): readonly Candidate[] {
  const worths = new Map(candidates.map((candidate) => [candidate, worth(candidate)]));
  const of = (candidate: Candidate) => worths.get(candidate) ?? 0;
  return [...candidates].sort((a, b) => {
    const better = of(b) - of(a);
    if (Math.abs(better) > alike) return better;
    return seesCost || Math.abs(a.cost - b.cost) <= 1e-9 ? 0 : a.cost - b.cost;
  });
}

function filled(problem: Problem, ordered: readonly Candidate[], item: ItemProblem, caps: Caps): Filled {
  const room = new Map<string, number>();
  const chosen: { candidate: Candidate; count: number }[] = [];
  let left = item.count;
  for (const candidate of ordered) {
    if (left === 0) break;
    const limits = limitsOf(problem, item, candidate, caps);
    const count = Math.min(left, upperOf(problem, candidate), ...limits.map(([key, limit]) => room.get(key) ?? limit));
    if (count <= 0) continue;
    for (const [key, limit] of limits) room.set(key, (room.get(key) ?? limit) - count);
    chosen.push({ candidate, count });
    left -= count;
  }
  return left === 0 ? chosen : undefined;
}

/** What a candidate shares with others of its item, and how much that holds. */
function limitsOf(
  problem: Problem,
  { need }: ItemProblem,
  candidate: Candidate,
  caps: Caps,
): readonly (readonly [string, number])[] {
  const { offer, item } = candidate;
  const limits: (readonly [string, number])[] = need.spread.map(({ over, atMost }) => {
    const place = placeKey(offer, over) ?? '';
    return [`${over} ${place}`, atMost - placedAt(problem, item, (placed) => placeKey(placed, over) === place)];
  });
  if (offer.capacity !== null) limits.push([`pool ${offer.pool}`, offer.capacity]);
  if (caps.size === 0) return limits;
  const site = `${need.item} ${siteKey(offer)}`;
  const cap = caps.get(site);
  return cap === undefined ? limits : [...limits, [site, cap]];
}

function sitesOf(plan: readonly Assignment[]): ReadonlyMap<string, number> {
  const sites = new Map<string, number>();
  for (const { item, offer, count } of plan) {
    const site = `${item} ${siteKey(offer)}`;
    sites.set(site, (sites.get(site) ?? 0) + count);
  }
  return sites;
}

function byId({ items }: Problem, a: Chosen, b: Chosen): number {
  const [idsA, idsB] = [a, b].map((chosen) =>
    items.flatMap((_, item) =>
      chosen
        .filter(({ candidate }) => candidate.item === item)
        .flatMap(({ candidate, count }) => new Array<string>(count).fill(candidate.offer.id))
        .sort(byText),
    ),
  );
  const differs = idsA?.findIndex((id, index) => id !== idsB?.[index]) ?? -1;
  return differs < 0 ? 0 : byText(idsA?.[differs] ?? '', idsB?.[differs] ?? '');
}
