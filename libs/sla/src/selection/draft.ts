import { placeKey } from '../vocabulary/place.js';
import type { Column, Row, Term } from './linear.js';
import type { Offer } from './offer.js';
import type { Candidate, Problem } from './problem.js';

/** The joint constraints, by the name that explanations use: to see which of them stands in the way, each can be left out. */
export type JointConstraint = 'budget' | 'spread' | 'apart' | 'with' | 'on-demand floor' | 'capacity' | 'quotas' | 'availability';

/** A column beside the candidates that changes what the plan costs, USD a month for one of it. */
export interface Extra {
  readonly column: number;
  readonly cost: number;
}

/** A model in the making: one column for each candidate, how many machines it gets, and helpers after them. */
export class Draft {
  readonly rows: Row[] = [];
  readonly columns: Column[];
  readonly extras: Extra[] = [];
  private readonly byItem: readonly (readonly number[])[];

  constructor(
    readonly problem: Problem,
    readonly candidates: readonly Candidate[],
    readonly without: ReadonlySet<JointConstraint>,
  ) {
    this.columns = candidates.map((candidate) => ({ objective: 0, upper: upperOf(problem, candidate, without) }));
    const byItem = problem.items.map((): number[] => []);
    candidates.forEach(({ item }, column) => byItem[item]?.push(column));
    this.byItem = byItem;
  }

  /** A column of 0 or 1. */
  helper(cost = 0): number {
    return this.extra({ objective: 0, upper: 1 }, cost);
  }

  /** A column of 0..1, fractions included. */
  fraction(cost: number): number {
    return this.extra({ objective: 0, upper: 1, continuous: true }, cost);
  }

  private extra(made: Column, cost: number): number {
    const column = this.columns.push(made) - 1;
    if (cost !== 0) this.extras.push({ column, cost });
    return column;
  }

  value(column: number, objective: number): void {
    const before = this.columns[column];
    if (before) this.columns[column] = { ...before, objective };
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
    return this.byItem[item] ?? [];
  }

  /** The columns of an item by what their candidates have in common. */
  grouped<Key>(item: number, key: (candidate: Candidate) => Key): ReadonlyMap<Key, readonly number[]> {
    const groups = new Map<Key, number[]>();
    for (const column of this.columnsOf(item)) {
      const candidate = this.candidates[column];
      if (!candidate) continue;
      const group = groups.get(key(candidate));
      if (group) group.push(column);
      else groups.set(key(candidate), [column]);
    }
    return groups;
  }

  indexOf(name: string): number {
    return this.problem.items.findIndex(({ need }) => need.item === name);
  }
}

/** How many machines one candidate can get by itself. */
export function upperOf(
  problem: Problem,
  { item, offer, running }: Candidate,
  without: ReadonlySet<JointConstraint> = new Set(),
): number {
  const found = problem.items[item];
  if (!found) return 0;
  const spread = without.has('spread')
    ? []
    : found.need.spread.map(
        ({ over, atMost }) => atMost - placedAt(problem, item, (placed) => placeKey(placed, over) === placeKey(offer, over)),
      );
  const left = without.has('capacity') ? null : offer.capacity;
  return Math.max(0, Math.min(found.count, running ?? left ?? Infinity, ...spread));
}

/** Machines of an item that are placed already at offers of a kind. */
export function placedAt(problem: Problem, item: number, where: (offer: Offer) => boolean): number {
  const name = problem.items[item]?.need.item;
  return problem.fixed.reduce((sum, placed) => sum + (placed.item === name && where(placed.offer) ? placed.count : 0), 0);
}

export function ones(columns: readonly number[]): readonly Term[] {
  return columns.map((column) => ({ column, coefficient: 1 }));
}
