import type { Demand, Need } from '../documents/call.js';
import type { PlaceLevel } from '../vocabulary/names.js';
import { placeKey } from '../vocabulary/place.js';
import { hasTarget, sendsTraffic } from './filter.js';
import { missesOf, type Step } from './misses.js';
import type { Offer } from './offer.js';
import { byText } from './problem.js';

export interface FrontOptions {
  /** Whether vendors' quotas may bind: then offers of different regions are not exchanged for each other, nor small ones for large ones. */
  readonly quotas: boolean;
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

  constructor(
    private readonly need: Need,
    private readonly demand: Demand,
    private readonly options: FrontOptions,
  ) {
    this.levels = [...new Set([...need.spread.map(({ over }) => over), ...pairedLevels(need, demand)])];
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

  /** What no repair can change: a place that spread has to know, and what it costs to send traffic. */
  private isUsable(offer: Offer): boolean {
    const known = this.need.spread.every(({ over }) => placeKey(offer, over) !== null);
    return known && (offer.egress !== undefined || !sendsTraffic(this.need, this.demand));
  }

  /** What must be equal for one offer to take another's place. */
  private keyOf(offer: Offer, steps: readonly (readonly Step[])[]): string {
    const limited = offer.capacity !== null && offer.capacity < this.machines;
    const flows = this.demand.traffic?.some(({ from, to }) => from === this.need.item || to === this.need.item) === true;
    return JSON.stringify([
      this.levels.map((level) => placeKey(offer, level)),
      limited && offer.pool,
      this.options.quotas && [offer.agent, offer.region],
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
    const limited = this.options.quotas || this.demand.quotas !== undefined;
    const uses = limited ? [offer.cores, offer.memory, offer.gpu].map((value) => value ?? Infinity) : [];
    return [offer.price, ...sizes, ...uses, ...(this.isTargeted() ? [-(offer.availability ?? 0)] : [])];
  }

  private isTargeted(): boolean {
    return hasTarget(this.need, this.demand);
  }
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
