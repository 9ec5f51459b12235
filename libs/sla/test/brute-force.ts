import type { Assignment, Comparison, Constraint, Demand, Need, Offer } from '../src/index.js';
import { type BruteForceCriterion, contains, criteriaOf, isOutside, type Machines } from './brute-criteria.js';
import { ranked } from './brute-rankings.js';

/** The definitions of CFP.md 4, read literally, over every plan there is. Slow, and independent of the code it judges. */

export interface BruteForcePlan {
  readonly assignments: readonly Assignment[];
  readonly ids: string;
  readonly cost: number;
  /** By objective and preference, 0..1 where 1 is best. */
  readonly shares: readonly number[];
}

/** What CFP.md 4 calls the answer, by trying every plan. */
export function bestPlans(demand: Demand, offers: readonly Offer[]): readonly BruteForcePlan[] {
  const feasible = new Map(demand.needs.map((need) => [need.item, offers.filter((offer) => isFeasible(need, demand, offer))]));
  const criteria = criteriaOf(demand, feasible);
  const plans = combinations(demand, feasible)
    .filter((machines) => isPossible(demand, machines))
    .map((machines) => planOf(demand, criteria, machines));
  return ranked(demand, criteria, plans);
}

export function isFeasible(need: Need, demand: Demand, offer: Offer): boolean {
  const levelsUsed = [
    ...need.spread,
    ...need.apartFrom,
    ...demand.needs.flatMap(({ apartFrom }) => apartFrom.filter(({ item }) => item === need.item)),
  ].map(({ over }) => over);
  const known =
    !(levelsUsed.includes('country') && offer.country === null) &&
    !(levelsUsed.includes('continent') && offer.continent === null);
  return known && need.require.every((constraint) => isMet(constraint, offer));
}

function isMet(constraint: Constraint, offer: Offer): boolean {
  switch (constraint.type) {
    case 'number':
      return isCompared(constraint.attribute === 'cores' ? offer.cores : offer.memory, constraint.comparison, constraint.value);
    case 'text':
      return isListed(offer.architecture, constraint);
    case 'numbers':
      return isListed(constraint.attribute === 'cores' ? offer.cores : offer.memory, constraint);
    case 'price':
      return offer.price <= constraint.atMost;
    case 'place':
      return contains(constraint.within, offer) && isOutside(constraint.not, offer);
  }
}

function isListed<T>(
  value: T | null,
  { anyOf, noneOf }: { readonly anyOf?: readonly T[]; readonly noneOf?: readonly T[] },
): boolean {
  return value !== null && anyOf?.includes(value) !== false && noneOf?.includes(value) !== true;
}

function isCompared(value: number | null, comparison: Comparison, wanted: number): boolean {
  if (value === null) return false;
  return {
    '=': value === wanted,
    '!=': value !== wanted,
    '<': value < wanted,
    '<=': value <= wanted,
    '>': value > wanted,
    '>=': value >= wanted,
  }[comparison];
}

function combinations(demand: Demand, feasible: ReadonlyMap<string, readonly Offer[]>): readonly Machines[] {
  return demand.needs.reduce<readonly Machines[]>(
    (before, need) => {
      const own = multisets(
        [...(feasible.get(need.item) ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1)),
        need.count,
      );
      return before.flatMap((machines) => own.map((offers) => ({ ...machines, [need.item]: offers })));
    },
    [{}],
  );
}

function multisets(offers: readonly Offer[], count: number): readonly (readonly Offer[])[] {
  if (count === 0) return [[]];
  return offers.flatMap((offer, index) => multisets(offers.slice(index), count - 1).map((rest) => [offer, ...rest]));
}

export function place(offer: Offer, level: string): string {
  if (level === 'region') return `${offer.vendor}|${offer.region}`;
  if (level === 'zone') return `${offer.vendor}|${offer.region}|${offer.zone}`;
  return String(level === 'vendor' ? offer.vendor : level === 'country' ? offer.country : offer.continent);
}

function isPossible(demand: Demand, machines: Machines): boolean {
  const all = Object.values(machines).flat();
  const spread = demand.needs.every(({ item, spread: spreads }) =>
    spreads.every(
      ({ over, atMost }) => Math.max(0, ...tally((machines[item] ?? []).map((offer) => place(offer, over)))) <= atMost,
    ),
  );
  const apart = demand.needs.every(({ item, apartFrom }) =>
    apartFrom.every(
      ({ item: other, over }) =>
        !(machines[item] ?? []).some((offer) =>
          (machines[other] ?? []).some((theirs) => place(theirs, over) === place(offer, over)),
        ),
    ),
  );
  const capacity = all.every(
    (offer) => offer.capacity === null || all.filter(({ pool }) => pool === offer.pool).length <= offer.capacity,
  );
  return spread && apart && capacity && costOf(all) <= (demand.budget?.atMost ?? Infinity) + 1e-6;
}

function tally(keys: readonly string[]): readonly number[] {
  return [...new Set(keys)].map((key) => keys.filter((other) => other === key).length);
}

function costOf(offers: readonly Offer[]): number {
  return offers.reduce((sum, { price }) => sum + price * 730, 0);
}

function planOf(demand: Demand, criteria: readonly BruteForceCriterion[], machines: Machines): BruteForcePlan {
  const assignments = demand.needs.flatMap(({ item }) => (machines[item] ?? []).map((offer) => ({ item, offer, count: 1 })));
  const ids = demand.needs.map(({ item }) => (machines[item] ?? []).map(({ id }) => id).join(' ')).join('\n');
  return { assignments, ids, cost: costOf(Object.values(machines).flat()), shares: criteria.map(({ share }) => share(machines)) };
}
