import type { Demand, Need, QuotaUnit } from '../documents/call.js';
import type { PlaceLevel } from '../vocabulary/names.js';
import { placeKey } from '../vocabulary/place.js';
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

  constructor(
    private readonly need: Need,
    private readonly demand: Demand,
    private readonly options: FrontOptions,
  ) {
    this.levels = [...new Set([...need.spread.map(({ over }) => over), ...pairedLevels(need, demand)])];
    this.units = [...new Set(options.binding.map(({ of }) => of))];
    this.machines = demand.needs.reduce((sum, { count }) => sum + count, 0);
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

  /** What must be equal for one offer to take another's place. */
  private keyOf(offer: Offer, steps: readonly (readonly Step[])[]): string {
    const limited = offer.capacity !== null && offer.capacity < this.machines;
    const flows = this.demand.traffic?.some(({ from, to }) => from === this.need.item || to === this.need.item) === true;
    return JSON.stringify([
      this.levels.map((level) => placeKey(offer, level)),
      limited && offer.pool,
      this.options.binding.map((limit) => counts(limit, offer)),
      this.need.onDemandAtLeast !== undefined && offer.market,
      offer.discount,
      flows && [offer.vendor, offer.region, offer.zone, offer.egress],
      this.isTargeted() && offer.availability === null,
      steps.map((each) => each.map((step) => (step.loosen === 'member' ? step : step.loosen))),
    ]);
  }

  /** The less the better. */
  private valuesOf(offer: Offer, steps: readonly (readonly Step[])[]): readonly number[] {
    const sizes = steps.flatMap((each) => each.flatMap((step) => ('size' in step ? [step.size] : [])));
    const uses = this.units.map((of) => takes(offer, of) ?? 0);
    return [offer.price, ...sizes, ...uses, ...(this.isTargeted() ? [-(offer.availability ?? 0)] : [])];
  }

  private isTargeted(): boolean {
    return hasTarget(this.need, this.demand);
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
