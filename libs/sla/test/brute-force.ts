import type { Assignment, Comparison, Constraint, Demand, Need, Offer, PlaceSet } from '../src/index.js';

/** The definitions of CFP.md 4, read literally, over every plan there is. Slow, and independent of the code it judges. */

const levels = ['vendor', 'region', 'zone', 'city', 'country', 'continent'] as const;

export interface BruteForcePlan {
  readonly assignments: readonly Assignment[];
  readonly ids: string;
  readonly cost: number;
  readonly score: number;
}

/** The best plans in order: by score, then (if cost is no objective) by cost, then by offer ids; each in places unlike those before. */
export function bestPlans(demand: Demand, offers: readonly Offer[]): readonly BruteForcePlan[] {
  const feasible = new Map(demand.needs.map((need) => [need.item, offers.filter((offer) => isFeasible(need, demand, offer))]));
  const scoresCost = demand.policy === 'lowest-cost' || demand.objectives.some(({ of }) => of === 'cost');
  const plans = combinations(demand, feasible)
    .filter((machines) => isPossible(demand, machines))
    .map((machines) => planOf(demand, feasible, machines));
  const chosen: BruteForcePlan[] = [];
  while (chosen.length < demand.proposals) {
    const open = plans.filter((plan) => chosen.every((earlier) => placesOf(earlier) !== placesOf(plan)));
    const best = keep(open, ({ score }) => score, 1e-9);
    const cheapest = scoresCost ? best : keep(best, ({ cost }) => -cost, 1e-6);
    const [first] = [...cheapest].sort((a, b) => (a.ids < b.ids ? -1 : 1));
    if (!first) break;
    chosen.push(first);
  }
  return chosen;
}

function keep(
  plans: readonly BruteForcePlan[],
  worth: (plan: BruteForcePlan) => number,
  tolerance: number,
): readonly BruteForcePlan[] {
  const best = Math.max(...plans.map(worth));
  return plans.filter((plan) => worth(plan) >= best - tolerance);
}

type Machines = Readonly<Record<string, readonly Offer[]>>;

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
      return offer.architecture !== null && (constraint.anyOf?.includes(offer.architecture) ?? true);
    case 'price':
      return offer.price <= constraint.atMost;
    case 'place':
      return contains(constraint.within, offer) && isOutside(constraint.not, offer);
  }
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

function contains(set: PlaceSet, offer: Offer): boolean {
  return levels.every((level) => !set[level] || (offer[level] !== null && set[level].includes(offer[level])));
}

function isOutside(set: PlaceSet, offer: Offer): boolean {
  const read = levels.filter((level) => set[level]);
  return read.length === 0 || read.some((level) => offer[level] !== null && !set[level]?.includes(offer[level]));
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

function place(offer: Offer, level: string): string {
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

function planOf(demand: Demand, feasible: ReadonlyMap<string, readonly Offer[]>, machines: Machines): BruteForcePlan {
  const assignments = demand.needs.flatMap(({ item }) => (machines[item] ?? []).map((offer) => ({ item, offer, count: 1 })));
  const ids = demand.needs.map(({ item }) => (machines[item] ?? []).map(({ id }) => id).join(' ')).join('\n');
  return { assignments, ids, cost: costOf(Object.values(machines).flat()), score: scoreOf(demand, feasible, machines) };
}

function scoreOf(demand: Demand, feasible: ReadonlyMap<string, readonly Offer[]>, machines: Machines): number {
  const items = demand.needs.map(({ item, count }) => ({ item, count }));
  const objectives = demand.policy === 'lowest-cost' ? [{ of: 'cost' as const, weight: 1 }] : demand.objectives;
  const parts = objectives.map(({ of, weight }) => ({
    weight,
    value:
      of === 'cost'
        ? normalised(items, feasible, machines, ({ price }) => -price)
        : normalised(items, feasible, machines, ({ availability }) => (availability === null ? null : Math.log(availability))),
  }));
  const wishes =
    demand.policy === 'lowest-cost'
      ? []
      : demand.needs.flatMap(({ item, count, prefer }) =>
          prefer.map((wish) => ({
            weight: wish.weight,
            value: normalised([{ item, count }], feasible, machines, (offer) => {
              if (wish.type === 'place') return contains(wish.within, offer) && isOutside(wish.not, offer) ? 1 : 0;
              const value = wish.attribute === 'cores' ? offer.cores : offer.memory;
              return value === null ? null : wish.direction === 'max' ? value : -value;
            }),
          })),
        );
  const all = [...parts, ...wishes];
  return all.reduce((sum, { weight, value }) => sum + weight * value, 0) / all.reduce((sum, { weight }) => sum + weight, 0);
}

/** From Σ q·min to Σ q·max over the feasible offers; more is better; unknown is the worst. */
function normalised(
  items: readonly { readonly item: string; readonly count: number }[],
  feasible: ReadonlyMap<string, readonly Offer[]>,
  machines: Machines,
  worth: (offer: Offer) => number | null,
): number {
  let [least, most, sum] = [0, 0, 0];
  for (const { item, count } of items) {
    const known = (feasible.get(item) ?? []).map(worth).filter((value) => value !== null);
    if (known.length === 0) continue;
    least += count * Math.min(...known);
    most += count * Math.max(...known);
    sum += (machines[item] ?? []).reduce((total, offer) => total + (worth(offer) ?? Math.min(...known)), 0);
  }
  return most - least <= 1e-12 ? 0 : (sum - least) / (most - least);
}

function placesOf({ assignments }: BruteForcePlan): string {
  return assignments
    .map(({ item, offer }) => `${item} ${offer.agent}/${offer.region}/${offer.zone}/${offer.market}`)
    .sort()
    .join('\n');
}
