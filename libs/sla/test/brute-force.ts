import type { Assignment, Comparison, Constraint, Demand, Discount, Need, Offer, Quota } from '../src/index.js';
import { added, type Costs, costsOf, keptOf, type Placing, without } from './brute-cost.js';
import { type BruteForceCriterion, criteriaOf, isWithin, type Machines } from './brute-criteria.js';
import { ranked } from './brute-rankings.js';

/** The definitions of CFP.md 4, read literally, over every plan there is. Slow, and independent of the code it judges. */

export interface BruteForcePlan {
  readonly assignments: readonly Assignment[];
  readonly ids: string;
  readonly cost: number;
  readonly costs: Costs;
  /** By objective and preference, 0..1 where 1 is best. */
  readonly shares: readonly number[];
  readonly machines: Machines;
}

/** All that there is to choose from, and what holds for all of it. */
export interface Bazaar {
  readonly offers: readonly Offer[];
  readonly discounts?: readonly Discount[];
  readonly quotas?: readonly Quota[];
  readonly placing?: Placing;
}

export const nothingPlaced: Placing = { fixed: {}, running: {}, switching: 0, leastGain: 0 };

/** What CFP.md 4 calls the answer, by trying every plan. */
export function bestPlans(demand: Demand, bazaar: Bazaar): readonly BruteForcePlan[] {
  const { plans, criteria } = allPlans(demand, bazaar);
  return ranked(demand, criteria, plans, bazaar.placing ?? nothingPlaced);
}

interface All {
  readonly plans: readonly BruteForcePlan[];
  readonly criteria: readonly BruteForceCriterion[];
}

export function allPlans(demand: Demand, { offers, discounts = [], quotas = [], placing = nothingPlaced }: Bazaar): All {
  const feasible = new Map(demand.needs.map((need) => [need.item, offers.filter((offer) => isFeasible(need, demand, offer))]));
  const criteria = criteriaOf(demand, feasible, discounts, placing);
  const plans = combinations(demand, feasible, placing).flatMap((machines) => {
    const costs = costsOf(demand, machines, discounts, placing);
    const possible = isPossible(demand, machines, placing) && isLeft(demand, machines, quotas, placing);
    const affordable = costs.all <= (demand.budget?.atMost ?? Infinity) + 1e-6;
    return possible && affordable ? [planOf(demand, criteria, machines, costs)] : [];
  });
  return { plans, criteria };
}

export function isFeasible(need: Need, demand: Demand, offer: Offer): boolean {
  const related = (of: Need) => [...of.apartFrom, ...(of.with ?? [])];
  const levelsUsed = [
    ...need.spread,
    ...related(need),
    ...demand.needs.flatMap((other) => related(other).filter(({ item }) => item === need.item)),
  ].map(({ over }) => over);
  const known = (['country', 'continent'] as const).every((level) => !levelsUsed.includes(level) || offer[level] !== null);
  const charged = offer.egress !== undefined || !demand.traffic?.some(({ from }) => from === need.item);
  const rated = offer.availability !== null || !demand.availability?.some(({ items }) => items.includes(need.item));
  return known && charged && rated && need.require.every((constraint) => isMet(constraint, offer));
}

export function isMet(constraint: Constraint, offer: Offer): boolean {
  switch (constraint.type) {
    case 'number':
      return isCompared(read(constraint.attribute, offer), constraint.comparison, constraint.value);
    case 'text':
      return isListed(constraint.attribute === 'market' ? offer.market : offer.architecture, constraint);
    case 'numbers':
      return isListed(read(constraint.attribute, offer), constraint);
    case 'price':
      return (constraint.market ?? offer.market) !== offer.market || offer.price <= constraint.atMost;
    case 'place':
      return isWithin(constraint, offer);
  }
}

/** Of those that are tried here. */
export function read(attribute: string, offer: Offer): number | null {
  return attribute === 'cores' ? offer.cores : attribute === 'availability' ? offer.availability : offer.memory;
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

/** Every choice of machines that has what is fixed, and no more of what runs at other terms than runs. */
function combinations(
  demand: Demand,
  feasible: ReadonlyMap<string, readonly Offer[]>,
  { fixed, running }: Placing,
): readonly Machines[] {
  return demand.needs.reduce<readonly Machines[]>(
    (before, need) => {
      const offers = feasible.get(need.item) ?? [];
      const there = (running[need.item] ?? []).filter((offer) => isFeasible(need, demand, offer));
      const elsewhere = there.filter((offer) => without([offer], offers).length > 0);
      const all = [...offers, ...distinct(elsewhere)].sort((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
      const open = need.count - (fixed[need.item] ?? []).length;
      const own = multisets(all, open).filter((machines) => {
        const old = machines.filter((offer) => elsewhere.includes(offer) || distinct(elsewhere).includes(offer));
        return without(old, elsewhere).length === 0;
      });
      return before.flatMap((machines) =>
        own.map((chosen) => ({ ...machines, [need.item]: [...(fixed[need.item] ?? []), ...chosen].sort(byId) })),
      );
    },
    [{}],
  );
}

function byId(a: Offer, b: Offer): number {
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

function distinct(offers: readonly Offer[]): readonly Offer[] {
  return offers.filter((offer, index) => without([offer], offers.slice(0, index)).length > 0);
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

function isPossible(demand: Demand, machines: Machines, placing: Placing): boolean {
  const of = (item: string) => machines[item] ?? [];
  return (
    demand.needs.every((need) => {
      const own = of(need.item);
      const beside = (other: string, over: string) => (offer: Offer) =>
        of(other).some((theirs) => place(theirs, over) === place(offer, over));
      return (
        need.spread.every(({ over, atMost }) => Math.max(0, ...tally(own.map((offer) => place(offer, over)))) <= atMost) &&
        need.apartFrom.every(({ item, over }) => !own.some(beside(item, over))) &&
        (need.with ?? []).every(({ item, over }) => own.every(beside(item, over))) &&
        own.filter(({ market }) => market === 'on-demand').length >= (need.onDemandAtLeast ?? 0)
      );
    }) &&
    (demand.availability ?? []).every(({ items, atLeast }) => {
      const each = demand.needs.filter(({ item }) => items.includes(item)).map((need) => isUp(need, of(need.item)));
      return each.reduce((product, up) => product * up, 1) >= atLeast - 1e-12;
    }) &&
    isRoom(demand, machines, placing)
  );
}

/** Over all ways in which machines are up or down. */
function isUp({ minUp, count }: Need, machines: readonly Offer[]): number {
  const up = (from: number, needed: number): number => {
    const machine = machines[from];
    if (!machine) return needed <= 0 ? 1 : 0;
    const { availability } = machine;
    return (availability ?? NaN) * up(from + 1, needed - 1) + (1 - (availability ?? NaN)) * up(from + 1, needed);
  };
  return up(0, minUp ?? count);
}

/** What plans take: machines that are neither fixed nor kept where they run. */
function taken(demand: Demand, machines: Machines, placing: Placing): readonly Offer[] {
  return demand.needs.flatMap(({ item }) => {
    const own = added(item, machines, placing);
    return without(own, keptOf(item, own, placing));
  });
}

function isRoom(demand: Demand, machines: Machines, placing: Placing): boolean {
  const all = taken(demand, machines, placing);
  return all.every((offer) => offer.capacity === null || all.filter(({ pool }) => pool === offer.pool).length <= offer.capacity);
}

function isLeft(demand: Demand, machines: Machines, quotas: readonly Quota[], placing: Placing): boolean {
  const all = taken(demand, machines, placing);
  const within = (offers: readonly Offer[], { of, left }: Pick<Quota, 'of' | 'left'>) =>
    offers.reduce((sum, offer) => sum + (of === 'machines' ? 1 : (offer[of] ?? Infinity)), 0) <= left;
  return (
    (demand.quotas ?? []).every((quota) => within(all, quota)) &&
    quotas.every((quota) =>
      within(
        all.filter(({ agent, region }) => agent === quota.agent && region === (quota.region ?? region)),
        quota,
      ),
    )
  );
}

function tally(keys: readonly string[]): readonly number[] {
  return [...new Set(keys)].map((key) => keys.filter((other) => other === key).length);
}

function planOf(demand: Demand, criteria: readonly BruteForceCriterion[], machines: Machines, costs: Costs): BruteForcePlan {
  const assignments = demand.needs.flatMap(({ item }) => (machines[item] ?? []).map((offer) => ({ item, offer, count: 1 })));
  const ids = demand.needs.map(({ item }) => (machines[item] ?? []).map(({ id }) => id).join(' ')).join('\n');
  return { assignments, ids, cost: costs.all, costs, shares: criteria.map(({ share }) => share(machines, costs)), machines };
}
