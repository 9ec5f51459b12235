import type { Demand, Discount, Near, Need, Objective, Offer, PlaceConstraint, PlaceSet, Preference } from '../src/index.js';
import { type Costs, openOf, type Placing } from './brute-cost.js';
import { isMet } from './brute-force.js';

/** The criteria of CFP.md 4, read literally: what one plan has of each, by the bounds over all feasible offers. */

export type Machines = Readonly<Record<string, readonly Offer[]>>;

export interface BruteForceCriterion {
  readonly key: string;
  readonly item: string | null;
  readonly weight: number;
  readonly tolerance: number;
  /** 0..1, 1 is best. */
  readonly share: (machines: Machines, costs: Costs) => number;
  /** The least share that is worse than this one by no more than the tolerance. */
  readonly tolerable: (share: number) => number;
}

interface Point {
  readonly latitude: number;
  readonly longitude: number;
}
type Feasible = ReadonlyMap<string, readonly Offer[]>;
type Worth = (offer: Offer) => number | null;

export function criteriaOf(
  demand: Demand,
  offered: Feasible,
  discounts: readonly Discount[],
  placing: Placing,
): readonly BruteForceCriterion[] {
  // What runs is an offer like others.
  const feasible: Feasible = new Map(
    demand.needs.map(({ item }) => [item, [...(offered.get(item) ?? []), ...(placing.running[item] ?? [])]]),
  );
  const objectives: readonly Objective[] =
    demand.policy === 'lowest-cost' ? [{ of: 'cost', direction: 'minimise', weight: 1 }] : demand.objectives;
  const preferences =
    demand.policy === 'lowest-cost'
      ? []
      : demand.needs.flatMap((need) => need.prefer.map((wish) => preferred(need, wish, feasible)));
  return [
    ...objectives.map((objective) =>
      objective.of === 'cost' ? cost(objective, demand, feasible, discounts, placing) : criterion(objective, demand, feasible),
    ),
    ...preferences,
  ];
}

/** From all machines at their deepest discount to all at list price, with all traffic leaving at the dearest rate and every machine moved. */
function cost(
  { weight, tolerance = 0 }: Objective,
  demand: Demand,
  feasible: Feasible,
  discounts: readonly Discount[],
  placing: Placing,
): BruteForceCriterion {
  const { needs, traffic = [] } = demand;
  const deepest = ({ discount }: Offer) =>
    Math.max(0, ...discounts.filter(({ id }) => id === discount).flatMap(({ tiers }) => tiers.map(({ off }) => off)));
  const running = (item: string) => placing.running[item] ?? [];
  const least = totals(needs, feasible, (offer) => {
    const isOffered = !needs.some(({ item }) => running(item).includes(offer));
    return offer.price * 730 * (isOffered ? 1 - deepest(offer) : 1);
  })[0];
  const rate = (item: string) => Math.max(0, ...(feasible.get(item) ?? []).map(({ egress }) => egress?.internet ?? 0));
  const known = needs.filter(({ item }) => (feasible.get(item) ?? []).length > 0);
  const everyone = Object.fromEntries(needs.map(({ item, count }) => [item, new Array<Offer>(count)]));
  const most =
    totals(needs, feasible, ({ price }) => price * 730)[1] +
    traffic
      .filter(({ from }) => known.some(({ item }) => item === from))
      .reduce((sum, { from, volume }) => sum + volume * rate(from), 0) +
    known.reduce((sum, { item }) => sum + placing.switching * openOf(item, everyone, placing), 0);
  const width = most - least;
  return {
    key: 'cost',
    item: null,
    weight,
    tolerance,
    share: (_, { all }) => (width <= 1e-12 ? 0 : (most - all) / width),
    tolerable: (share) => {
      const spent = most - share * width;
      return width <= 1e-12 ? 0 : (most - spent - tolerance * Math.abs(spent)) / width;
    },
  };
}

function criterion(objective: Objective, { needs }: Demand, feasible: Feasible): BruteForceCriterion {
  const { of, weight, direction, tolerance = 0 } = objective;
  const sign = direction === 'minimise' ? -1 : 1;
  const worth = worthOf(objective);
  const signed: Worth = (offer) => {
    const value = worth(offer);
    return value === null ? null : sign * value;
  };
  const [least, most] = of === 'latency' ? extremes(needs, feasible, signed) : totals(needs, feasible, signed);
  const width = most - least;
  return {
    key: of,
    item: null,
    weight,
    tolerance,
    share: (machines) => {
      if (width <= 1e-12) return 0;
      if (of !== 'latency') return (total(needs, feasible, machines, signed) - least) / width;
      const all = Object.values(machines).flat();
      return (Math.min(...all.map((offer) => signed(offer) ?? least)) - least) / width;
    },
    tolerable: (share) => {
      if (width <= 1e-12) return 0;
      const sum = least + share * width;
      const worse = of === 'availability' ? sum + Math.log(1 - tolerance) : sum - tolerance * Math.abs(sum);
      return (worse - least) / width;
    },
  };
}

function worthOf({ of, to }: Objective): Worth {
  switch (of) {
    case 'availability':
      return ({ availability }) => (availability === null ? null : Math.log(Math.max(availability, 1e-9)));
    case 'latency':
      return (offer) => roundTrip(offer, to ?? { latitude: 0, longitude: 0 });
    case 'carbon':
      return ({ carbon }) => carbon;
    case 'performance':
      return ({ performance = null }) => performance;
    default:
      return ({ memory, cores }) => (memory === null || cores === null ? null : memory * memory - cores);
  }
}

function roundTrip(offer: Offer, to: Point): number | null {
  const km = distance(offer, to);
  return km === null ? null : km * 0.015;
}

/** By the spherical law of cosines, on the same sphere. */
export function distance({ latitude, longitude }: Offer, to: Point): number | null {
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return null;
  const [a, b, c] = [latitude, to.latitude, longitude - to.longitude].map((degrees) => (degrees * Math.PI) / 180);
  const cosine = Math.sin(a ?? 0) * Math.sin(b ?? 0) + Math.cos(a ?? 0) * Math.cos(b ?? 0) * Math.cos(c ?? 0);
  return Math.acos(Math.min(1, cosine)) * 6371.0088;
}

function preferred({ item, count }: Need, wish: Preference, feasible: Feasible): BruteForceCriterion {
  const worth: Worth = (offer) => {
    if (wish.type === 'constraint') return isMet(wish.constraint, offer) ? 1 : 0;
    if (wish.type === 'place') return isWithin(wish, offer) ? 1 : 0;
    const value = wish.attribute === 'cores' ? offer.cores : offer.memory;
    return value === null ? null : wish.direction === 'max' ? value : -value;
  };
  const own = [{ item, count }];
  const [least, most] = totals(own, feasible, worth);
  const share = (machines: Machines) =>
    most - least <= 1e-12 ? 0 : (total(own, feasible, machines, worth) - least) / (most - least);
  return { key: wish.text, item, weight: wish.weight, tolerance: 0, share, tolerable: (value) => value };
}

type Items = readonly { readonly item: string; readonly count: number }[];

function knownOf(item: string, feasible: Feasible, worth: Worth): readonly number[] {
  return (feasible.get(item) ?? []).map(worth).filter((value) => value !== null);
}

/** From Σ q·min to Σ q·max over the feasible offers. */
function totals(items: Items, feasible: Feasible, worth: Worth): readonly [number, number] {
  const known = items
    .map(({ item, count }) => ({ count, values: knownOf(item, feasible, worth) }))
    .filter(({ values }) => values.length > 0);
  return [
    known.reduce((sum, { count, values }) => sum + count * Math.min(...values), 0),
    known.reduce((sum, { count, values }) => sum + count * Math.max(...values), 0),
  ];
}

function extremes(items: Items, feasible: Feasible, worth: Worth): readonly [number, number] {
  const known = items.flatMap(({ item }) => knownOf(item, feasible, worth));
  return [Math.min(...known), Math.max(...known)];
}

/** Unknown is the worst. */
function total(items: Items, feasible: Feasible, machines: Machines, worth: Worth): number {
  return items.reduce((sum, { item }) => {
    const known = knownOf(item, feasible, worth);
    if (known.length === 0) return sum;
    return (machines[item] ?? []).reduce((own, offer) => own + (worth(offer) ?? Math.min(...known)), sum);
  }, 0);
}

const levels = ['vendor', 'region', 'zone', 'city', 'country', 'continent'] as const;

export function isWithin({ within, not, near }: Pick<PlaceConstraint, 'within' | 'not' | 'near'>, offer: Offer): boolean {
  return contains(within, offer) && isOutside(not, offer) && isNear(near, offer);
}

function contains(set: PlaceSet, offer: Offer): boolean {
  return levels.every((level) => !set[level] || (offer[level] !== null && set[level].includes(offer[level])));
}

function isOutside(set: PlaceSet, offer: Offer): boolean {
  const read = levels.filter((level) => set[level]);
  return read.length === 0 || read.some((level) => offer[level] !== null && !set[level]?.includes(offer[level]));
}

function isNear(near: Near | undefined, offer: Offer): boolean {
  if (!near) return true;
  const km = distance(offer, near);
  return km !== null && km <= near.km;
}
