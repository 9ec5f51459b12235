import type { Demand, Discount, Offer } from '../src/index.js';
import type { Machines } from './brute-criteria.js';

/** What a plan costs (CFP.md 4), machine by machine. */

/** What is placed: fixed machines stay, running ones may. */
export interface Placing {
  readonly fixed: Machines;
  readonly running: Machines;
  readonly switching: number;
  readonly leastGain: number;
}

export interface Costs {
  readonly all: number;
  readonly traffic: number;
  readonly moving: number;
  /** What each offer's discount takes off, by the discount's id. */
  readonly off: ReadonlyMap<string, number>;
}

export function costsOf(demand: Demand, machines: Machines, discounts: readonly Discount[], placing: Placing): Costs {
  const all = Object.values(machines).flat();
  const off = new Map(discounts.map((discount) => [discount.id, offOf(discount, all)]));
  const prices = all.map(({ price, discount }) => price * 730 * (1 - (off.get(discount ?? '') ?? 0)));
  const traffic = (demand.traffic ?? []).reduce((sum, { from, to, volume }) => {
    const [senders, receivers] = [machines[from] ?? [], machines[to] ?? []];
    const rates = senders.flatMap((sender) => receivers.map((receiver) => rate(sender, receiver)));
    return sum + rates.reduce((own, each) => own + (each * volume) / rates.length, 0);
  }, 0);
  const moving = placing.switching * demand.needs.reduce((sum, { item }) => sum + movedOf(item, machines, placing), 0);
  return { all: prices.reduce((sum, price) => sum + price, 0) + traffic + moving, traffic, moving, off };
}

function offOf({ id, by, tiers }: Discount, all: readonly Offer[]): number {
  const own = all.filter(({ discount }) => discount === id);
  const reached = by === 'machines' ? own.length : own.reduce((sum, { price }) => sum + price * 730, 0);
  return [...tiers].reverse().find(({ from }) => reached >= from - 1e-6)?.off ?? 0;
}

function rate(sender: Offer, receiver: Offer): number {
  const { internet, region, zone } = sender.egress ?? { internet: NaN, region: NaN, zone: NaN };
  if (sender.vendor !== receiver.vendor) return internet;
  if (sender.region !== receiver.region) return region;
  return sender.zone === receiver.zone ? 0 : zone;
}

/** Machines of an item that run and that it still needs, without those that are kept. */
function movedOf(item: string, machines: Machines, placing: Placing): number {
  return openOf(item, machines, placing) - keptOf(item, added(item, machines, placing), placing).length;
}

export function openOf(item: string, machines: Machines, { running, fixed }: Placing): number {
  return Math.min((running[item] ?? []).length, (machines[item] ?? []).length - (fixed[item] ?? []).length);
}

/** The machines beside the fixed ones. */
export function added(item: string, machines: Machines, { fixed }: Placing): readonly Offer[] {
  return without(machines[item] ?? [], fixed[item] ?? []);
}

export function keptOf(item: string, machines: readonly Offer[], { running }: Placing): readonly Offer[] {
  const moved = without(machines, running[item] ?? []);
  return without(machines, moved);
}

/** One of each taken from the others, the same thing at the same price. */
export function without(machines: readonly Offer[], taken: readonly Offer[]): readonly Offer[] {
  const left = [...machines];
  for (const { id, price } of taken) {
    const index = left.findIndex((offer) => offer.id === id && offer.price === price);
    if (index >= 0) left.splice(index, 1);
  }
  return left;
}
