import type { Constraint, Demand, Need, Offer, PlaceConstraint, Quota } from '../src/index.js';
import { distance } from './brute-criteria.js';
import { place, read } from './brute-force.js';

/**
 * CFP.md 3, read literally: for every plan there is, what would have to be loosened for it. Slow, and independent of the code it judges. Traffic,
 * discounts and availability targets are not for it.
 */

export interface SmallestChange {
  readonly constraints: number;
  readonly size: number;
  readonly cost: number;
}

/** The smallest change that makes a plan possible; undefined when none does. */
export function smallestChange(
  demand: Demand,
  offers: readonly Offer[],
  quotas: readonly Quota[] = [],
): SmallestChange | undefined {
  let smallest: SmallestChange | undefined;
  for (const machines of everyPlan(demand, offers)) {
    const change = isLeft(demand, machines.flat(), quotas) ? changeFor(demand, machines) : undefined;
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

/** What no client can loosen. */
function isLeft(demand: Demand, all: readonly Offer[], quotas: readonly Quota[]): boolean {
  const limits = [
    ...(demand.quotas ?? []).map((quota) => ({ ...quota, own: all })),
    ...quotas.map((quota) => ({
      ...quota,
      own: all.filter(({ agent, region }) => agent === quota.agent && region === (quota.region ?? region)),
    })),
  ];
  const within = limits.every(({ of, left, own }) => {
    const used = own.map((offer) => (of === 'machines' ? 1 : offer[of]));
    return used.every((each) => each !== null) && used.reduce((sum, each) => sum + each, 0) <= left;
  });
  return within && all.every(({ pool, capacity }) => all.filter((other) => other.pool === pool).length <= (capacity ?? Infinity));
}

function changeFor(demand: Demand, machines: Machines): SmallestChange | undefined {
  const all = machines.flat();
  const cost = all.reduce((sum, { price }) => sum + price * 730, 0);
  const changes = demand.needs.flatMap((need, index) => {
    const own = machines[index] ?? [];
    return [
      ...need.require.map((constraint) => requirementChange(constraint, own)),
      ...need.spread.map(({ over, atMost }) => spreadChange(own, over, atMost)),
      ...need.apartFrom.map(({ item, over }) => apartChange(own, machines[indexOf(demand, item)] ?? [], over)),
      ...(need.with ?? []).map(({ item, over }) => withChange(own, machines[indexOf(demand, item)] ?? [], over)),
      floorChange(own, need.onDemandAtLeast ?? 0),
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
      const values = own.map((offer) => read(constraint.attribute, offer));
      return numberChange(constraint.comparison, constraint.value, values);
    }
    case 'price': {
      const { market, atMost } = constraint;
      const bound = own.filter((offer) => (market ?? offer.market) === offer.market);
      return numberChange(
        '<=',
        atMost,
        bound.map(({ price }) => price),
      );
    }
    case 'text': {
      const words = own.map((offer) => (constraint.attribute === 'market' ? offer.market : offer.architecture));
      return setChange(words, constraint);
    }
    case 'place':
      return constraint.near ? nearChange(constraint.near, own) : placeChange(constraint, own);
    case 'numbers': {
      const values = own.map((offer) => read(constraint.attribute, offer));
      return setChange(values, constraint);
    }
  }
}

function nearChange(near: NonNullable<PlaceConstraint['near']>, own: readonly Offer[]): number | undefined {
  return numberChange(
    '<=',
    near.km,
    own.map((offer) => distance(offer, near)),
  );
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

function setChange<T>(
  members: readonly (T | null)[],
  { anyOf, noneOf = [] }: { readonly anyOf?: readonly T[]; readonly noneOf?: readonly T[] },
): number | undefined {
  if (members.includes(null)) return 1;
  const wrong = members.filter((member) => member !== null && (anyOf?.includes(member) === false || noneOf.includes(member)));
  return new Set(wrong).size || undefined;
}

/** The market's calls name one level at a time. */
function placeChange({ within, not }: PlaceConstraint, own: readonly Offer[]): number | undefined {
  for (const level of ['continent', 'country', 'zone'] as const) {
    const names = own.map((offer) => offer[level]);
    if (within[level]) return setChange(names, { anyOf: within[level] });
    if (not[level]) return setChange(names, { noneOf: not[level] });
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

function withChange(own: readonly Offer[], others: readonly Offer[], over: string): number | undefined {
  const unknown = [...own, ...others].some((offer) => isUnknown(offer, over));
  const beside = own.every((offer) => others.some((other) => place(offer, over) === place(other, over)));
  return unknown || !beside ? 1 : undefined;
}

function floorChange(own: readonly Offer[], floor: number): number | undefined {
  const onDemand = own.filter(({ market }) => market === 'on-demand').length;
  return onDemand < floor ? (floor - onDemand) / floor : undefined;
}

function isUnknown(offer: Offer, over: string): boolean {
  return (over === 'country' && offer.country === null) || (over === 'continent' && offer.continent === null);
}
