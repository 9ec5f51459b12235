import { placeKey } from '../vocabulary/place.js';
import { CriterionRows } from './criterion-rows.js';
import type { Column, LinearModel, Row, Term } from './linear.js';
import type { Offer } from './offer.js';
import type { Assignment } from './plan.js';
import { apartPairs, type Candidate, type Problem } from './problem.js';

/** The joint constraints, by the name that explanations use: to see which of them stands in the way, each can be left out. */
export type JointConstraint = 'budget' | 'spread' | 'apart' | 'capacity';

export interface ModelOptions {
  /** Plans that the solution must differ from in some item's account, region, zone or market. */
  readonly unlike?: readonly (readonly Assignment[])[];
  readonly without?: ReadonlySet<JointConstraint>;
  readonly aim?: Aim;
}

/** What to seek: the best score, or the least cost among the plans with at least a score. */
export type Aim = { readonly best: 'score' } | { readonly best: 'cost'; readonly scoreAtLeast?: number };

export interface Model extends LinearModel {
  /** Column n, for n below their number, is how many machines candidate n gets; the rest are helpers. */
  readonly candidates: readonly Candidate[];
  /** From the objective's scale, in which solvers tell good plans apart, to the score or (negated) cost. */
  readonly unscaled: (objective: number) => number;
  readonly scale: number;
}

/** The integer model of CFP.md 4 over some of the candidates. */
export function modelOf(
  problem: Problem,
  candidates: readonly Candidate[],
  { unlike = [], without = new Set(), aim = { best: 'score' } }: ModelOptions = {},
): Model {
  const draft = new Draft(problem, candidates, without);
  draft.counts();
  draft.joint();
  for (const plan of unlike) draft.unlike(plan);
  const criteria = new CriterionRows(problem, draft);
  const worst = criteria.worstMachines();
  criteria.limits();
  criteria.exceeding();
  const { scale, base } = draft.aimAt(aim, worst);
  return { columns: draft.columns, rows: draft.rows, candidates, scale, unscaled: (objective) => objective / scale + base };
}

/** Helper columns that add to the score beside the candidates, and what every plan has of it. */
export interface Worth {
  readonly gains: readonly { readonly column: number; readonly gain: number }[];
  readonly base: number;
}

/** How many machines one candidate can get by itself. */
export function upperOf(problem: Problem, { item, offer }: Candidate, without: ReadonlySet<JointConstraint> = new Set()): number {
  const found = problem.items[item];
  if (!found) return 0;
  const spread = without.has('spread')
    ? []
    : found.need.spread.map(
        ({ over, atMost }) => atMost - placedAt(problem, item, (placed) => placeKey(placed, over) === placeKey(offer, over)),
      );
  const capacity = without.has('capacity') ? null : offer.capacity;
  return Math.max(0, Math.min(found.count, capacity ?? Infinity, ...spread));
}

/** Machines of an item that are placed already at offers of a kind. */
export function placedAt(problem: Problem, item: number, where: (offer: Offer) => boolean): number {
  const name = problem.items[item]?.need.item;
  return problem.fixed.reduce((sum, placed) => sum + (placed.item === name && where(placed.offer) ? placed.count : 0), 0);
}

/** By what two proposals differ (CFP.md 4, Exact). */
export function siteKey({ agent, region, zone, market }: Offer): string {
  return `${agent}/${region}/${zone}/${market}`;
}

export class Draft {
  readonly rows: Row[] = [];
  readonly columns: Column[];

  constructor(
    readonly problem: Problem,
    readonly candidates: readonly Candidate[],
    private readonly without: ReadonlySet<JointConstraint>,
  ) {
    this.columns = candidates.map((candidate) => ({ objective: 0, upper: upperOf(problem, candidate, without) }));
  }

  /**
   * The objective, spread out: each candidate's distance from the best of its item, the farthest at -1000. Good plans differ by millionths of a
   * score, which solvers' tolerances would swallow.
   */
  aimAt(aim: Aim, { gains, base }: Worth): { readonly scale: number; readonly base: number } {
    const worth = (candidate: Candidate) => (aim.best === 'score' ? candidate.score : -candidate.cost);
    const best = this.problem.items.map(() => -Infinity);
    for (const candidate of this.candidates) best[candidate.item] = Math.max(best[candidate.item] ?? -Infinity, worth(candidate));
    const below = this.candidates.map((candidate) => worth(candidate) - (best[candidate.item] ?? 0));
    const counted = aim.best === 'score' ? gains : [];
    const farthest = Math.min(
      below.reduce((least, distance) => Math.min(least, distance), 0),
      -counted.reduce((sum, { gain }) => sum + gain, 0),
    );
    const scale = farthest < 0 ? -1000 / farthest : 1;
    below.forEach((distance, column) => {
      this.value(column, distance * scale);
    });
    for (const { column, gain } of counted) this.value(column, gain * scale);
    if (aim.best === 'cost' && aim.scoreAtLeast !== undefined) this.scores(aim.scoreAtLeast - base, gains);
    const best0 = this.problem.items.reduce((sum, { count }, item) => sum + (count > 0 ? count * (best[item] ?? 0) : 0), 0);
    return { scale, base: best0 + (aim.best === 'score' ? base : 0) };
  }

  private value(column: number, objective: number): void {
    const { upper = 1 } = this.columns[column] ?? {};
    this.columns[column] = { objective, upper };
  }

  counts(): void {
    this.problem.items.forEach(({ count }, item) => {
      this.add(ones(this.columnsOf(item)), '=', count);
    });
  }

  joint(): void {
    if (!this.without.has('spread')) this.spreads();
    if (!this.without.has('apart')) this.aparts();
    if (!this.without.has('capacity')) this.pools();
    if (!this.without.has('budget')) this.costs();
  }

  private spreads(): void {
    this.problem.items.forEach(({ need, count }, item) => {
      for (const { over, atMost } of need.spread) {
        for (const [place, columns] of this.grouped(item, (offer) => placeKey(offer, over) ?? '')) {
          const left = Math.max(0, atMost - placedAt(this.problem, item, (offer) => placeKey(offer, over) === place));
          if (left < count && columns.length > 1) this.add(ones(columns), '<=', left);
        }
      }
    });
  }

  /** One of two items has a place: at most one of them is there at all. */
  private aparts(): void {
    for (const { a, b, over } of apartPairs(this.problem.demand)) {
      const [first, second] = [a, b].map((name) => this.grouped(this.indexOf(name), (offer) => placeKey(offer, over) ?? ''));
      for (const [place, ofA] of first ?? []) {
        const ofB = second?.get(place);
        if (ofB) this.exclude(ofA, ofB);
      }
    }
  }

  private exclude(ofA: readonly number[], ofB: readonly number[]): void {
    const [mostA, mostB] = [this.most(ofA), this.most(ofB)];
    if (mostA <= 1 && mostB <= 1) {
      this.add([...ones(ofA), ...ones(ofB)], '<=', 1);
      return;
    }
    const chosen = this.helper();
    this.add([...ones(ofA), { column: chosen, coefficient: -mostA }], '<=', 0);
    this.add([...ones(ofB), { column: chosen, coefficient: mostB }], '<=', mostB);
  }

  private pools(): void {
    const pools = new Map<string, { columns: number[]; left: number }>();
    this.candidates.forEach(({ offer }, column) => {
      if (offer.capacity === null) return;
      const pool = pools.get(offer.pool) ?? { columns: [], left: offer.capacity };
      pools.set(offer.pool, { columns: [...pool.columns, column], left: Math.min(pool.left, offer.capacity) });
    });
    const wanted = this.problem.items.reduce((sum, { count }) => sum + count, 0);
    for (const { columns, left } of pools.values()) if (left < wanted) this.add(ones(columns), '<=', left);
  }

  private costs(): void {
    const { costCap } = this.problem;
    if (costCap === Infinity) return;
    const unit = Math.max(1, costCap);
    this.add(
      this.candidates.map(({ cost }, column) => ({ column, coefficient: cost / unit })),
      '<=',
      costCap / unit,
    );
  }

  private scores(atLeast: number, gains: Worth['gains']): void {
    const worst = Math.min(...this.candidates.map(({ score }) => score));
    const width = Math.max(...this.candidates.map(({ score }) => score)) - worst;
    const unit = Math.max(width, ...gains.map(({ gain }) => gain));
    if (unit <= 0) return;
    const machines = this.problem.items.reduce((sum, { count }) => sum + count, 0);
    this.add(
      [
        ...this.candidates.map(({ score }, column) => ({ column, coefficient: (score - worst) / unit })),
        ...gains.map(({ column, gain }) => ({ column, coefficient: gain / unit })),
      ],
      '>=',
      (atLeast - machines * worst) / unit,
    );
  }

  /** In some group of equal account, region, zone and market the new plan has fewer machines than this one: then it differs. */
  unlike(plan: readonly Assignment[]): void {
    const groups = this.problem.items.flatMap(({ need }, item) => {
      const counts = new Map<string, number>();
      for (const { offer, count } of plan.filter((assignment) => assignment.item === need.item)) {
        counts.set(siteKey(offer), (counts.get(siteKey(offer)) ?? 0) + count);
      }
      const columns = this.grouped(item, siteKey);
      return [...counts].map(([key, count]) => ({ count, columns: columns.get(key) ?? [] }));
    });
    const total = groups.reduce((sum, { count }) => sum + count, 0);
    if (groups.every(({ columns, count }) => this.most(columns) <= count)) {
      this.add(ones(groups.flatMap(({ columns }) => columns)), '<=', total - 1);
      return;
    }
    const fewer = groups.map(({ columns, count }) => {
      const most = this.most(columns);
      const helper = this.helper();
      this.add([...ones(columns), { column: helper, coefficient: most - count + 1 }], '<=', most);
      return helper;
    });
    this.add(ones(fewer), '>=', 1);
  }

  /** A column of 0 or 1. */
  helper(): number {
    return this.columns.push({ objective: 0, upper: 1 }) - 1;
  }

  add(terms: readonly Term[], sense: Row['sense'], bound: number): void {
    const [first] = terms;
    if (first) this.rows.push({ terms, sense, bound });
    else if (sense === '=' ? bound !== 0 : sense === '<=' ? bound < 0 : bound > 0) this.rows.push({ terms: [], sense, bound });
  }

  /** How many machines these columns of one item can hold together. */
  most(columns: readonly number[]): number {
    const [first] = columns;
    const item = first === undefined ? undefined : this.candidates[first]?.item;
    const count = item === undefined ? 0 : (this.problem.items[item]?.count ?? 0);
    return Math.min(
      count,
      columns.reduce((sum, column) => sum + (this.columns[column]?.upper ?? 0), 0),
      this.spreadRoom(item, columns),
    );
  }

  /** What spread lets these columns have together. */
  private spreadRoom(item: number | undefined, columns: readonly number[]): number {
    const spread = item === undefined || this.without.has('spread') ? [] : (this.problem.items[item]?.need.spread ?? []);
    return Math.min(
      Infinity,
      ...spread.map(({ over, atMost }) => {
        const places = new Set(
          columns.map((column) => this.candidates[column]).map((candidate) => candidate && placeKey(candidate.offer, over)),
        );
        return atMost * places.size;
      }),
    );
  }

  columnsOf(item: number): readonly number[] {
    return this.candidates.flatMap((candidate, column) => (candidate.item === item ? [column] : []));
  }

  private grouped(item: number, key: (offer: Offer) => string): ReadonlyMap<string, readonly number[]> {
    const groups = new Map<string, number[]>();
    for (const column of this.columnsOf(item)) {
      const candidate = this.candidates[column];
      if (!candidate) continue;
      const group = groups.get(key(candidate.offer));
      if (group) group.push(column);
      else groups.set(key(candidate.offer), [column]);
    }
    return groups;
  }

  private indexOf(name: string): number {
    return this.problem.items.findIndex(({ need }) => need.item === name);
  }
}

function ones(columns: readonly number[]): readonly Term[] {
  return columns.map((column) => ({ column, coefficient: 1 }));
}
