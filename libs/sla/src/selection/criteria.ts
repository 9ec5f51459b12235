import { attributes } from '../vocabulary/attributes.js';
import { parseExpression } from '../vocabulary/expression.js';
import type { AttributeName } from '../vocabulary/names.js';
import { formatQuantity, hoursPerMonth } from '../vocabulary/quantity.js';
import type { Demand, Objective, Preference } from '../documents/call.js';
import type { Range } from './answer.js';
import type { Offer } from './offer.js';
import { readingOf, type Reads } from './readings.js';

/** One thing a plan is scored by: an objective over all items, or a preference of one. `value` is that of one machine, in `unit`. */
export interface Criterion {
  /** `cost`, `availability`, or `<item>.<preference>`. */
  readonly key: string;
  /** The item that it is about; null: all. */
  readonly item: string | null;
  readonly weight: number;
  /** For the policy lexicographic: how much of its best may be given up. */
  readonly tolerance: number;
  readonly better: 'more' | 'less';
  readonly reads: Reads;
  /** A plan's value is the sum of `additive(value)` over its machines, or that of its worst machine. */
  readonly aggregate: 'sum' | 'worst';
  /** From what is read to the value: prices become USD a month. */
  readonly valueOf: (reading: number) => number;
  /** From the value to what is summed: availabilities multiply, so their logarithms are summed (CFP.md 4). */
  readonly additive: (value: number) => number;
  /** The inverse of `additive`, of a sum over so many machines. */
  readonly total: (sum: number, machines: number) => number;
  /** The sum that is worse than this one by a share of its total. */
  readonly worseBy: (sum: number, share: number) => number;
  readonly unit: string;
  /** A plan's value, or a difference of two, in words. */
  readonly words: (value: number) => string;
}

/** What the demand scores plans by. The policy lowest-cost scores by cost alone. */
export function criteriaOf(demand: Demand): readonly Criterion[] {
  if (demand.policy === 'lowest-cost') return [objective({ of: 'cost', direction: 'minimise', weight: 1 })];
  const preferences = demand.needs.flatMap((need) => need.prefer.map((preference) => preferred(need.item, preference)));
  return [...demand.objectives.map(objective), ...preferences];
}

/** The criteria that look at this item. */
export function criteriaFor(criteria: readonly Criterion[], item: string): readonly Criterion[] {
  return criteria.filter((criterion) => looksAt(criterion, item));
}

export function looksAt(criterion: Criterion, item: string): boolean {
  return criterion.item === null || criterion.item === item;
}

/** The value of one machine at this offer; null when unknown. */
export function valueAt({ reads, valueOf }: Criterion, offer: Offer): number | null {
  const reading = readingOf(reads, offer);
  return reading === null ? null : valueOf(reading);
}

/** The smallest range that holds both. */
export function widest(a: Range | undefined, b: Range): Range {
  return a ? { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) } : b;
}

const itself = (value: number) => value;

/** A plain sum of what is read. */
function sumOf(
  criterion: Pick<Criterion, 'key' | 'item' | 'weight' | 'better' | 'reads' | 'unit' | 'words'> & {
    readonly tolerance?: number | undefined;
  },
): Criterion {
  const sign = criterion.better === 'less' ? 1 : -1;
  return {
    ...criterion,
    tolerance: criterion.tolerance ?? 0,
    aggregate: 'sum',
    valueOf: itself,
    additive: itself,
    total: itself,
    worseBy: (sum, share) => sum + sign * share * Math.abs(sum),
  };
}

function objective(stated: Objective): Criterion {
  const { of, direction, weight, tolerance } = stated;
  const common = { item: null, weight, tolerance, better: direction === 'minimise' ? 'less' : 'more' } as const;
  switch (of) {
    case 'cost':
      return {
        ...sumOf({ ...common, key: 'cost', reads: { attribute: 'price' }, unit: 'USD/month', words: aMonth }),
        valueOf: (price) => price * hoursPerMonth,
      };
    case 'availability':
      return availability(common);
    case 'latency':
      return { ...latency(stated, common), aggregate: 'worst' };
    case 'carbon':
      return { ...plain('carbon', common), total: (sum, machines) => (machines > 0 ? sum / machines : 0) };
    case 'expression':
      return expression(stated.expression ?? '', common);
    default:
      return plain(of, common);
  }
}

type Common = Pick<Criterion, 'item' | 'weight' | 'better'> & { readonly tolerance: number | undefined };

const aMonth = (value: number) => `${value.toFixed(2)} USD a month`;

function plain(attribute: AttributeName, common: Common): Criterion {
  const { dimension } = attributes[attribute];
  const words = (value: number) => formatQuantity(value, dimension);
  return sumOf({ ...common, key: attribute, reads: { attribute }, unit: unitOf(dimension), words });
}

function latency({ to = { latitude: 0, longitude: 0 } }: Objective, common: Common): Criterion {
  return sumOf({ ...common, key: 'latency', reads: { from: to }, unit: 'ms', words: (value) => `${value.toFixed(1)} ms` });
}

function expression(written: string, common: Common): Criterion {
  const words = (value: number) => String(Number(value.toPrecision(6)));
  return sumOf({ ...common, key: written, reads: { expression: parseExpression(written) }, unit: '', words });
}

/** Below this an availability counts as this: the logarithm of 0 would outweigh everything. */
const leastAvailability = 1e-9;

function availability(common: Common): Criterion {
  return {
    ...sumOf({
      ...common,
      key: 'availability',
      reads: { attribute: 'availability' },
      unit: 'fraction',
      words: (value) => `${(value * 100).toFixed(4)} %`,
    }),
    additive: (value) => Math.log(Math.max(value, leastAvailability)),
    total: Math.exp,
    worseBy: (sum, share) => sum + Math.log(Math.max(1 - share, leastAvailability)),
  };
}

function preferred(item: string, preference: Preference): Criterion {
  const common = { key: `${item}.${preference.text}`, item, weight: preference.weight };
  if (preference.type !== 'extreme') {
    const words = (value: number) => `${value} ${value === 1 ? 'machine' : 'machines'}`;
    const { within, not, near } = preference.type === 'place' ? preference : { within: {}, not: {}, near: undefined };
    const reads = preference.type === 'place' ? { within, not, ...(near && { near }) } : { wish: preference.constraint };
    return sumOf({ ...common, better: 'more', reads, unit: 'machines', words });
  }
  const { dimension } = attributes[preference.attribute];
  return sumOf({
    ...common,
    better: preference.direction === 'max' ? 'more' : 'less',
    reads: { attribute: preference.attribute },
    unit: unitOf(dimension),
    words: (value) => formatQuantity(value, dimension),
  });
}

function unitOf(dimension: Parameters<typeof formatQuantity>[1]): string {
  return formatQuantity(0, dimension).replace('0', '').trim();
}
