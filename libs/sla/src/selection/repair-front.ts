import type { Demand, Need, QuotaUnit } from '../documents/call.js';
import type { PlaceLevel } from '../vocabulary/names.js';
import { placeKey } from '../vocabulary/place.js';
import type { Answer } from './answer.js';
import { takes } from './candidates.js';
import { hasTarget, sendsTraffic } from './filter.js';
import { missesOf, type Step } from './misses.js';
import type { Offer, Quota } from './offer.js';
import { byText } from './problem.js';

/** What a vendor's account may still take, or, without an account, the tenant. */
export type Limit = Pick<Quota, 'of' | 'left'> & Partial<Pick<Quota, 'agent' | 'region'>>;

/** All limits there are on what a plan takes, when one machine takes at most so much. */
export function limitsOf(demand: Demand, quotas: readonly Quota[], most: (of: QuotaUnit) => number): FrontOptions {
  const machines = demand.needs.reduce((sum, { count }) => sum + count, 0);
  const limits: readonly Limit[] = [...quotas, ...(demand.quotas ?? [])];
  return { limits, binding: limits.filter(({ of, left }) => machines * most(of) > left) };
}

/** The same for the offers of an answer. */
export function limitsIn(demand: Demand, { offers, quotas = [] }: Answer): FrontOptions {
  return limitsOf(demand, quotas, (of) => offers.reduce((most, offer) => Math.max(most, takes(offer, of) ?? 0), 0));
}

export interface FrontOptions {
  readonly limits: readonly Limit[];
  /** Those that some plan could come up against: what counts for different ones of these is not exchanged, nor small machines for large ones. */
  readonly binding: readonly Limit[];
}

/**
 * Of the offers for one item those that a smallest repair can need: the Pareto front over how far each constraint is missed, the price, and what
 * else the joint constraints read (CFP.md 3). Compared are only offers that the joint constraints take for the same place and that miss the
 * same members of sets: putting the better for the other keeps every plan possible, as in prune.ts.
 */
export class RepairFront {
  private readonly groups = new Map<string, Entry[]>();
  private readonly levels: readonly PlaceLevel[];
  private readonly machines: number;
  private readonly units: readonly QuotaUnit[];
  private readonly targeted: boolean;
  /** Whether something is sent to it, or by it. */
  private readonly flows: boolean;

  constructor(
    private readonly need: Need,
    private readonly demand: Demand,
    private readonly options: FrontOptions,
  ) {
    this.levels = [...new Set([...need.spread.map(({ over }) => over), ...pairedLevels(need, demand)])];
    this.units = [...new Set(options.binding.map(({ of }) => of))];
    this.machines = demand.needs.reduce((sum, { count }) => sum + count, 0);
    this.targeted = hasTarget(need, demand);
    this.flows = demand.traffic?.some(({ from, to }) => from === need.item || to === need.item) === true;
  }

  add(offer: Offer): void {
    if (!this.isUsable(offer)) return;
    const steps = this.need.require.map((constraint) => missesOf(constraint, offer));
    const key = this.keyOf(offer, steps);
    const group = this.groups.get(key) ?? [];
    const entry = { offer, values: this.valuesOf(offer, steps) };
    if (group.some((other) => dominates(other, entry))) return;
    this.groups.set(key, [...group.filter((other) => !dominates(entry, other)), entry]);
  }

  /** By offer id. */
  offers(): readonly Offer[] {
    return [...this.groups.values()].flatMap((group) => group.map(({ offer }) => offer)).sort((a, b) => byText(a.id, b.id));
  }

  /** What no repair can change: a place that spread has to know, what it costs to send traffic, how much it takes of a quota. */
  private isUsable(offer: Offer): boolean {
    const counted = this.options.limits.every((limit) => !counts(limit, offer) || takes(offer, limit.of) !== null);
    const known = this.need.spread.every(({ over }) => placeKey(offer, over) !== null);
    return counted && known && (offer.egress !== undefined || !sendsTraffic(this.need, this.demand));
  }

  /** What must be equal for one offer to take another's place. Put together by hand: it is for each of hundreds of thousands of offers. */
  private keyOf(offer: Offer, steps: readonly (readonly Step[])[]): string {
    let key = this.placesOf(offer);
    if (this.need.onDemandAtLeast !== undefined) key += `\n${offer.market}`;
    if (this.targeted) key += `\n${String(offer.availability === null)}`;
    if (offer.discount !== undefined) key += `\ndiscount ${offer.discount}`;
    if (this.flows) key += `\n${JSON.stringify([offer.vendor, offer.region, offer.zone, offer.egress])}`;
    for (const each of steps) {
      key += '\n';
      for (const step of each) key += step.loosen === 'member' ? JSON.stringify(step) : step.loosen;
    }
    return key;
  }

  /** Where it is, as far as the joint constraints read that, and what it takes of. */
  private placesOf(offer: Offer): string {
    let key = '';
    for (const level of this.levels) key += `\n${placeKey(offer, level) ?? ''}`;
    if (offer.capacity !== null && offer.capacity < this.machines) key += `\npool ${offer.pool}`;
    for (const limit of this.options.binding) key += counts(limit, offer) ? '1' : '0';
    return key;
  }

  /** The less the better. */
  private valuesOf(offer: Offer, steps: readonly (readonly Step[])[]): readonly number[] {
    const values = [offer.price];
    for (const each of steps) for (const step of each) if ('size' in step) values.push(step.size);
    for (const of of this.units) values.push(takes(offer, of) ?? 0);
    if (this.targeted) values.push(-(offer.availability ?? 0));
    return values;
  }
}

function counts({ agent, region }: Limit, offer: Offer): boolean {
  return (agent ?? offer.agent) === offer.agent && (region ?? offer.region) === offer.region;
}

interface Entry {
  readonly offer: Offer;
  readonly values: readonly number[];
}

function dominates(a: Entry, b: Entry): boolean {
  let better = a.offer.id < b.offer.id;
  for (let index = 0; index < a.values.length; index += 1) {
    const difference = (a.values[index] ?? 0) - (b.values[index] ?? 0);
    if (difference > 0) return false;
    if (difference < 0) better = true;
  }
  return better;
}

/** The levels by which machines of this item are kept apart from, or with, those of others; said once, it holds both ways. */
function pairedLevels(need: Need, demand: Demand): readonly PlaceLevel[] {
  return demand.needs.flatMap((other) =>
    [...other.apartFrom, ...(other.with ?? [])]
      .filter(({ item }) => other.item === need.item || item === need.item)
      .map(({ over }) => over),
  );
}
