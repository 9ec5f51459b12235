import { metricOf } from '../vocabulary/metrics.js';
import type { Dimension } from '../vocabulary/quantity.js';
import type { BusinessValue, Exception, Guarantee, MeasuredGuarantee } from './call.js';
import { exactly } from './exactly.js';

/** A value of a call document: as plain as JSON. */
export type FieldValue = string | number | readonly FieldValue[] | { readonly [name: string]: FieldValue | undefined };
export type FieldValues = Readonly<Record<string, FieldValue | undefined>>;

/** A guarantee as a call document has it, every default that it was read with written out. What the reader makes of it is the same guarantee. */
export const guaranteeFields = (guarantee: Guarantee): FieldValues => ({
  term: guarantee.term,
  of: guarantee.of,
  ...measureFields(guarantee),
  ...boundFields(guarantee),
  ...conditionFields(guarantee),
  ...worthFields(guarantee),
});

/** What is measured, and over which machines. */
function measureFields(guarantee: Guarantee): FieldValues {
  const { scope } = guarantee;
  const own =
    guarantee.term === 'availability'
      ? { counted: guarantee.counted }
      : { metric: guarantee.metric, value: guarantee.value, percentile: guarantee.percentile, statistic: guarantee.statistic };
  return { ...own, as: scope.as, min_up: scope.as === 'group' ? scope.minUp : undefined };
}

/** The bounds, in the dimension of what is measured. */
export function boundFields(guarantee: Guarantee): { readonly at_most?: string; readonly at_least?: string } {
  const dimension = boundDimension(guarantee);
  const atMost = guarantee.term === 'availability' ? undefined : guarantee.atMost;
  const { atLeast } = guarantee;
  return {
    ...(atMost !== undefined && { at_most: exactly(atMost, dimension) }),
    ...(atLeast !== undefined && { at_least: exactly(atLeast, dimension) }),
  };
}

type Measured = Pick<MeasuredGuarantee, 'metric' | 'statistic'> & { readonly term: Guarantee['term'] };

/** What the bounds of a guarantee are quantities of. */
export function boundDimension({ term, metric, statistic }: Measured): Dimension {
  switch (term) {
    case 'response_time':
      return 'duration';
    case 'throughput':
      return 'rate';
    case 'expression':
      return 'number';
    case 'metric':
      if (statistic === 'rate') return 'rate';
      return statistic === 'count' ? 'number' : metricOf(metric ?? '').dimension;
    default:
      return 'fraction';
  }
}

/** Over which window, and when it counts. */
function conditionFields(guarantee: Guarantee): FieldValues {
  const { over, slices, by, during, holidays, except, least } = guarantee;
  const window = typeof over === 'number' ? { over: time(over) } : { over: over.period, time_zone: over.zone };
  return {
    ...window,
    slices: slices && { each: time(slices.each), at_least: optional(slices.atLeast, 'fraction') },
    ...{ by, during, holidays, except: except?.map(exceptionField), least },
    ...judgingFields(guarantee),
  };
}

/** What is made of it. */
function judgingFields({ when, missing, recover, horizon }: Guarantee): FieldValues {
  return {
    when: when?.by === undefined ? when?.holds : { holds: when.holds, by: when.by },
    missing: missing && { as: missing.as, after: time(missing.after) },
    recover: recover && { margin: optional(recover.margin, 'fraction'), after: optional(recover.after, 'duration') },
    horizon: optional(horizon, 'duration'),
  };
}

const optional = (value: number | undefined, dimension: Dimension): string | undefined =>
  value === undefined ? undefined : exactly(value, dimension);

const exceptionField = (exception: Exception): FieldValue =>
  'during' in exception ? exception.during : { from: isoTime(exception.from), until: isoTime(exception.until) };

function worthFields({ importance, penalty, reward }: Guarantee): FieldValues {
  return { importance, penalty: penalty && valueFields(penalty), reward: reward && valueFields(reward) };
}

const valueFields = (value: BusinessValue): FieldValue => ({
  ...('amount' in value
    ? { amount: exactly(value.amount, 'money') }
    : { credit: exactly(value.credit, 'fraction'), of: value.of }),
  per: value.per,
  cap: value.cap < 1 ? exactly(value.cap, 'fraction') : undefined,
});

const time = (ms: number): string => exactly(ms, 'duration');
const isoTime = (at: number): string => new Date(at).toISOString();
