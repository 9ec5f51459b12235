import type { Demand, Traffic } from '../documents/call.js';
import { placeKey } from '../vocabulary/place.js';
import { hoursPerMonth } from '../vocabulary/quantity.js';
import type { Discount, Offer } from './offer.js';
import type { Assignment } from './plan.js';

/** What runs already, and what it costs to move it (CFP.md 3, Renegotiation). */
export interface Running {
  /** Each at the offer that was agreed, price included. */
  readonly assignments: readonly Assignment[];
  /** USD a month for each machine that is moved. */
  readonly switching: number;
  /** Nothing moves for less: a share of the cost where plans are ranked by it alone, else a difference of their scores. */
  readonly leastGain: number;
}

/** What is placed and stays, and what a plan adds to it. */
export interface Placed {
  readonly fixed: readonly Assignment[];
  readonly plan: readonly Assignment[];
}

/** USD a month; `all` is their sum. */
export interface Cost {
  readonly machines: number;
  readonly traffic: number;
  readonly moving: number;
  readonly all: number;
}

/** What rounding may add to a plan's cost, USD a month: far below a cent. */
export const costTolerance = 1e-6;

/** What a plan costs (CFP.md 4): its machines at the price that each assignment has, what flows between them, and the machines that it moves. */
export function costOf(demand: Demand, { fixed, plan }: Placed, running?: Running): Cost {
  const placed = [...fixed, ...plan];
  const machines = totalCost(placed);
  const traffic = trafficCost(demand, placed);
  const moving = running ? movingCost(demand, { fixed, plan }, running) : 0;
  return { machines, traffic, moving, all: machines + traffic + moving };
}

/** What is in a whole plan beside the fixed machines. */
export function beside(fixed: readonly Assignment[], whole: readonly Assignment[]): readonly Assignment[] {
  if (fixed.length === 0) return whole;
  return joined(whole)
    .map((assignment) => {
      const there = fixed.filter(({ item, offer }) => item === assignment.item && sameTerms(offer, assignment.offer));
      return { ...assignment, count: assignment.count - unitsOf(there, assignment.item) };
    })
    .filter(({ count }) => count > 0);
}

/** USD a month of one machine at list price. */
export function monthly(offer: Offer): number {
  return offer.price * hoursPerMonth;
}

/** USD a month of machines alone, discounts taken off. */
export function totalCost(assignments: readonly Assignment[]): number {
  return assignments.reduce((sum, { offer, count, off = 0 }) => sum + count * monthly(offer) * (1 - off), 0);
}

/** The assignments, each with what the tier takes off that all of them together reach. Where an offer's discount is not known, what was agreed stays. */
export function priced(assignments: readonly Assignment[], discounts: readonly Discount[]): readonly Assignment[] {
  if (discounts.length === 0) return assignments;
  const offs = new Map(discounts.map((discount) => [discount.id, offReached(discount, assignments)]));
  return assignments.map((assignment) => {
    const { item, offer, count } = assignment;
    const off = offer.discount === undefined ? undefined : offs.get(offer.discount);
    return off === undefined ? assignment : { item, offer, count, ...(off > 0 && { off }) };
  });
}

function offReached({ id, by, tiers }: Discount, assignments: readonly Assignment[]): number {
  const reached = measured(id, by, assignments);
  return tiers.reduce((off, tier) => (reached >= tier.from - costTolerance ? Math.max(off, tier.off) : off), 0);
}

/** What counts towards a discount's tiers: machines, or their cost at list price. */
export function measured(id: string, by: Discount['by'], assignments: readonly Assignment[]): number {
  return assignments.reduce(
    (sum, { offer, count }) => (offer.discount === id ? sum + count * (by === 'machines' ? 1 : monthly(offer)) : sum),
    0,
  );
}

/** The volume is shared evenly by all pairs of a machine that sends and one that receives; the sender's vendor charges it. */
function trafficCost(demand: Demand, placed: readonly Assignment[]): number {
  return (demand.traffic ?? []).reduce((sum, flow) => {
    const pair = pairVolume(demand, flow);
    const receivers = placed.filter(({ item }) => item === flow.to);
    const senders = placed.filter(({ item }) => item === flow.from);
    return sum + senders.reduce((sent, from) => sent + receivers.reduce((own, to) => own + pair * charge(from, to), 0), 0);
  }, 0);
}

function charge(from: Assignment, to: Assignment): number {
  return from.count * to.count * egressRate(from.offer, to.offer);
}

/** GiB a month between one machine that sends and one that receives. */
export function pairVolume({ needs }: Demand, { from, to, volume }: Traffic): number {
  const count = (name: string) => needs.find(({ item }) => item === name)?.count ?? 0;
  const pairs = count(from) * count(to);
  return pairs === 0 ? 0 : volume / pairs;
}

/** USD a GiB from a machine at one offer to one at another. What is unknown costs nothing here: such an offer is for the checks to refuse. */
export function egressRate(from: Offer, to: Offer): number {
  const { internet, region, zone } = from.egress ?? { internet: 0, region: 0, zone: 0 };
  const shared = (level: 'vendor' | 'region' | 'zone') => placeKey(from, level) === placeKey(to, level);
  if (shared('zone')) return 0;
  if (shared('region')) return zone;
  return shared('vendor') ? region : internet;
}

function movingCost(demand: Demand, { fixed, plan }: Placed, running: Running): number {
  const kept = joined(plan).reduce((sum, assignment) => sum + keptOf(assignment, running), 0);
  const left = demand.needs.reduce((sum, { item }) => sum + mustMove(demand, item, fixed, running), 0);
  return running.switching * (left - kept);
}

/** Machines of an item that run, at most those that it still needs: what is not kept of them moves. */
export function mustMove({ needs }: Demand, item: string, fixed: readonly Assignment[], { assignments }: Running): number {
  const count = needs.find((need) => need.item === item)?.count ?? 0;
  return Math.max(0, Math.min(unitsOf(assignments, item), count - unitsOf(fixed, item)));
}

/**
 * How many machines of an assignment run there already, at this price; it has to hold all of the item's there. They take nothing from pools
 * and quotas any more.
 */
export function keptOf({ item, offer, count }: Assignment, running: Running | undefined): number {
  const there = (running?.assignments ?? []).filter((each) => each.item === item && sameTerms(each.offer, offer));
  return Math.min(count, unitsOf(there, item));
}

/** One assignment for each item and offer, where the first of them stands. */
export function joined(assignments: readonly Assignment[]): readonly Assignment[] {
  const byTerms = new Map<string, Assignment>();
  for (const assignment of assignments) {
    const key = `${assignment.item} ${assignment.offer.id} ${assignment.offer.price}`;
    const before = byTerms.get(key);
    byTerms.set(key, before ? { ...before, count: before.count + assignment.count } : assignment);
  }
  return [...byTerms.values()];
}

/** The same thing at the same price: an offer may be made again at another. */
export function sameTerms(a: Offer, b: Offer): boolean {
  return a.id === b.id && a.price === b.price;
}

export function unitsOf(assignments: readonly Assignment[], item: string): number {
  return assignments.reduce((sum, assignment) => sum + (assignment.item === item ? assignment.count : 0), 0);
}
