import { attributes } from '../vocabulary/attributes.js';
import type { AttributeName, PlaceSet } from '../vocabulary/names.js';
import { formatQuantity, hoursPerMonth } from '../vocabulary/quantity.js';
import { type KnownPlace, placeAllowed } from '../vocabulary/place.js';
import type { Demand, Objective, Preference } from '../documents/call.js';
import type { Range } from './answer.js';
import type { Offer } from './offer.js';

/**
 * One thing a plan is scored by: an objective over all items, or a preference of one. `value` is that of one machine, in `unit`; a plan's is
 * the sum of `additive(value)` over its machines.
 */
export interface Criterion {
  /** `cost`, `availability`, or `<item>.<preference>`. */
  readonly key: string;
  /** The item that it is about; null: all. */
  readonly item: string | null;
  readonly weight: number;
  readonly better: 'more' | 'less';
  readonly reads: { readonly attribute: AttributeName } | { readonly within: PlaceSet; readonly not: PlaceSet };
  /** From the attribute to the value: prices become USD a month. */
  readonly valueOf: (attribute: number) => number;
  /** From the value to what is summed: availabilities multiply, so their logarithms are summed (CFP.md 4). */
  readonly additive: (value: number) => number;
  /** The inverse of `additive`, of a sum. */
  readonly total: (sum: number) => number;
  readonly unit: string;
  /** A plan's value, or a difference of two, in words. */
  readonly words: (value: number) => string;
}

/** What the demand scores plans by. The policy lowest-cost scores by cost alone. */
export function criteriaOf(demand: Demand): readonly Criterion[] {
  if (demand.policy === 'lowest-cost') return [cost(1)];
  const preferences = demand.needs.flatMap((need) => need.prefer.map((preference) => preferred(need.item, preference)));
  return [...demand.objectives.map(objective), ...preferences];
}

/** The criteria that look at this item. */
export function criteriaFor(criteria: readonly Criterion[], item: string): readonly Criterion[] {
  return criteria.filter((criterion) => criterion.item === null || criterion.item === item);
}

/** The value of one machine at this offer; null when unknown. */
export function valueAt(criterion: Criterion, offer: Offer): number | null {
  if (!('attribute' in criterion.reads)) return isPreferred(criterion.reads, offer) ? 1 : 0;
  const attribute = attributeOf(offer, criterion.reads.attribute);
  return attribute === null ? null : criterion.valueOf(attribute);
}

export function isPreferred(set: { readonly within: PlaceSet; readonly not: PlaceSet }, place: KnownPlace): boolean {
  return placeAllowed(place, set.within, set.not);
}

/** An offer's attribute; null when it is unknown or when offers do not carry it. */
export function attributeOf(offer: Offer, attribute: AttributeName): number | null {
  if (attribute === 'cpu_speed' || attribute === 'io_speed' || attribute === 'latency' || attribute === 'performance')
    return null;
  return offer[attribute];
}

/** The smallest range that holds both. */
export function widest(a: Range | undefined, b: Range): Range {
  return a ? { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) } : b;
}

const itself = (value: number) => value;

function objective({ of, weight }: Objective): Criterion {
  return of === 'cost' ? cost(weight) : availability(weight);
}

function cost(weight: number): Criterion {
  return {
    key: 'cost',
    item: null,
    weight,
    better: 'less',
    reads: { attribute: 'price' },
    valueOf: (price) => price * hoursPerMonth,
    additive: itself,
    total: itself,
    unit: 'USD/month',
    words: (value) => `${value.toFixed(2)} USD a month`,
  };
}

/** Below this an availability counts as this: the logarithm of 0 would outweigh everything. */
const leastAvailability = 1e-9;

function availability(weight: number): Criterion {
  return {
    key: 'availability',
    item: null,
    weight,
    better: 'more',
    reads: { attribute: 'availability' },
    valueOf: itself,
    additive: (value) => Math.log(Math.max(value, leastAvailability)),
    total: Math.exp,
    unit: 'fraction',
    words: (value) => `${(value * 100).toFixed(4)} %`,
  };
}

function preferred(item: string, preference: Preference): Criterion {
  const common = {
    key: `${item}.${preference.text}`,
    item,
    weight: preference.weight,
    valueOf: itself,
    additive: itself,
    total: itself,
  };
  if (preference.type === 'place') {
    const words = (value: number) => `${value} ${value === 1 ? 'machine' : 'machines'}`;
    return { ...common, better: 'more', reads: { within: preference.within, not: preference.not }, unit: 'machines', words };
  }
  const { dimension } = attributes[preference.attribute];
  return {
    ...common,
    better: preference.direction === 'max' ? 'more' : 'less',
    reads: { attribute: preference.attribute },
    unit: formatQuantity(0, dimension).replace('0', '').trim(),
    words: (value) => formatQuantity(value, dimension),
  };
}
