import type { Constraint, Demand, Need, Offer, PlaceConstraint } from '../src/index.js';
import { place } from './brute-force.js';

/** CFP.md 3, read literally: for every plan there is, what would have to be loosened for it. Slow, and independent of the code it judges. */

export interface SmallestChange {
  readonly constraints: number;
  readonly size: number;
  readonly cost: number;
}

/** The smallest change that makes a plan possible; undefined when none does. */
export function smallestChange(demand: Demand, offers: readonly Offer[]): SmallestChange | undefined {
  let smallest: SmallestChange | undefined;
  for (const machines of everyPlan(demand, offers)) {
    const change = changeFor(demand, machines);
    if (change && (!smallest || isSmaller(change, smallest))) smallest = change;
  }
  return smallest;
}

function isSmaller(a: SmallestChange, b: SmallestChange): boolean {
  if (a.constraints !== b.constraints) return a.constraints < b.constraints;
  if (Math.abs(a.size - b.size) > 1e-6) return a.size < b.size;
  return a.cost < b.cost;
}

type Machines = readonly (readonly Offer[])[];

function everyPlan({ needs }: Demand, offers: readonly Offer[]): readonly Machines[] {
  return needs.reduce<readonly Machines[]>(
    (before, { count }) => before.flatMap((plan) => multisets(offers, count).map((own) => [...plan, own])),
    [[]],
  );
}

function multisets(offers: readonly Offer[], count: number): readonly (readonly Offer[])[] {
  if (count === 0) return [[]];
  return offers.flatMap((offer, index) => multisets(offers.slice(index), count - 1).map((rest) => [offer, ...rest]));
}

function changeFor(demand: Demand, machines: Machines): SmallestChange | undefined {
  const all = machines.flat();
  if (all.some((offer) => offer.capacity !== null && all.filter(({ pool }) => pool === offer.pool).length > offer.capacity))
    return undefined;
  const cost = all.reduce((sum, { price }) => sum + price * 730, 0);
  const changes = demand.needs.flatMap((need, index) => {
    const own = machines[index] ?? [];
    return [
      ...need.require.map((constraint) => requirementChange(constraint, own)),
      ...need.spread.map(({ over, atMost }) => spreadChange(own, over, atMost)),
      ...need.apartFrom.map(({ item, over }) => apartChange(own, machines[indexOf(demand, item)] ?? [], over)),
    ];
  });
  const atMost = demand.budget?.atMost ?? Infinity;
  if (cost > atMost + 1e-6) changes.push((Math.ceil(cost * 100 - 1e-6) / 100 - atMost) / atMost);
  if (changes.some((size) => size === Infinity)) return undefined;
  const made = changes.filter((size) => size !== undefined);
  return { constraints: made.length, size: made.reduce((sum, size) => sum + size, 0), cost };
}

function indexOf({ needs }: Demand, item: string): number {
  return needs.findIndex((need: Need) => need.item === item);
}

/** Undefined: it is met as it is. */
function requirementChange(constraint: Constraint, own: readonly Offer[]): number | undefined {
  switch (constraint.type) {
    case 'number': {
      const values = own.map((offer) => (constraint.attribute === 'cores' ? offer.cores : offer.memory));
      return numberChange(constraint.comparison, constraint.value, values);
    }
    case 'price':
      return numberChange(
        '<=',
        constraint.atMost,
        own.map(({ price }) => price),
      );
    case 'text': {
      const words = own.map(({ architecture }) => architecture);
      return added(words, constraint.anyOf ?? []);
    }
    case 'place':
      return placeChange(constraint, own);
    case 'numbers':
      throw new Error('the brute force knows no sets of numbers');
  }
}

function numberChange(comparison: string, wanted: number, values: readonly (number | null)[]): number | undefined {
  if (values.includes(null)) return 1;
  const known = values.filter((value) => value !== null);
  const below = Math.max(0, ...known.map((value) => wanted - value)) / wanted;
  const above = Math.max(0, ...known.map((value) => value - wanted)) / wanted;
  const equal = known.includes(wanted);
  const unless = (met: boolean, size: number) => (met ? undefined : size);
  const changes: Readonly<Record<string, number | undefined>> = {
    '>=': unless(below === 0, below),
    '>': unless(below === 0 && !equal, below),
    '<=': unless(above === 0, above),
    '<': unless(above === 0 && !equal, above),
    '!=': unless(!equal, 1),
    '=': unless(below + above === 0, below + above),
  };
  return changes[comparison];
}

function added(names: readonly (string | null)[], members: readonly string[]): number | undefined {
  if (names.includes(null)) return 1;
  return new Set(names.filter((name) => name !== null && !members.includes(name))).size || undefined;
}

/** The market's calls name one level at a time. */
function placeChange({ within, not }: PlaceConstraint, own: readonly Offer[]): number | undefined {
  for (const level of ['continent', 'country', 'zone'] as const) {
    const names = own.map((offer) => offer[level]);
    if (within[level]) return added(names, within[level]);
    if (!not[level]) continue;
    if (names.includes(null)) return 1;
    return new Set(names.filter((name) => name !== null && not[level]?.includes(name))).size || undefined;
  }
  return undefined;
}

function spreadChange(own: readonly Offer[], over: string, atMost: number): number | undefined {
  if (own.some((offer) => isUnknown(offer, over))) return Infinity;
  const counts = own.map((offer) => own.filter((other) => place(other, over) === place(offer, over)).length);
  const most = Math.max(...counts);
  return most > atMost ? (most - atMost) / atMost : undefined;
}

function apartChange(own: readonly Offer[], others: readonly Offer[], over: string): number | undefined {
  const unknown = [...own, ...others].some((offer) => isUnknown(offer, over));
  const shared = own.some((offer) => others.some((other) => place(offer, over) === place(other, over)));
  return unknown || shared ? 1 : undefined;
}

function isUnknown(offer: Offer, over: string): boolean {
  return (over === 'country' && offer.country === null) || (over === 'continent' && offer.continent === null);
}
