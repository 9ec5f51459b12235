import type { SeriesValue } from '@cloud-agency/sla';

/** A point of any kind; which of these it has depends on that. Times in ns, as near as a double holds them. */
export interface DataPoint {
  readonly attributes: readonly unknown[];
  readonly startTimeUnixNano?: number;
  readonly timeUnixNano?: number;
  readonly flags?: number;
  readonly asDouble?: number;
  readonly asInt?: number;
  readonly count?: number;
  readonly sum?: number;
  readonly bucketCounts?: readonly number[];
  readonly explicitBounds?: readonly number[];
  readonly scale?: number;
  readonly zeroCount?: number;
  readonly zeroThreshold?: number;
  readonly positive?: Buckets;
  readonly negative?: Buckets;
  readonly quantileValues?: readonly { readonly quantile?: number; readonly value?: number }[];
}

interface Buckets {
  readonly offset?: number;
  readonly bucketCounts: readonly number[];
}

/** A series without the name of its metric, which the suffix is added to, and without the labels of its point. */
export interface Part extends Omit<SeriesValue, 'name' | 'labels'> {
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a point comes to, or why it comes to nothing. */
type Parts = readonly Part[] | string;

const nsPerMs = 1e6;

function timed({ startTimeUnixNano: start = 0, timeUnixNano: time = 0 }: DataPoint): Pick<SeriesValue, 'at' | 'since'> {
  return {
    ...(time > 0 && { at: Math.floor(time / nsPerMs) }),
    ...(start > 0 && { since: Math.floor(start / nsPerMs) }),
  };
}

export function numberSeries(point: DataPoint, kind: SeriesValue['kind']): Parts {
  const value = point.asDouble ?? point.asInt;
  if (value === undefined) return 'a point has no value';
  return Number.isFinite(value) ? [{ kind, value, ...timed(point) }] : 'a point is not a number';
}

/** More than any library makes, and each is a series. */
const mostBuckets = 1_000;

/**
 * Its count, its sum, and its buckets as Prometheus has them: each up to its bound. Those of an exponential one have bounds that can change from
 * one point to the next, so they are told only where the point speaks for itself.
 */
export function histogramSeries(point: DataPoint, kind: 'counter' | 'increase'): Parts {
  const { count = 0, sum, bucketCounts = [], explicitBounds = [] } = point;
  const problem = bucketProblem(point);
  if (problem !== undefined) return problem;
  const part = (suffix: string, value: number, labels = {}): Part => ({ kind, suffix, value, labels, ...timed(point) });
  const bounded = bucketCounts.map((inside, index) => ({ upTo: explicitBounds[index] ?? Infinity, inside }));
  const exponential = kind === 'increase' ? exponentialBuckets(point) : [];
  let below = 0;
  return [
    part('_count', count),
    ...(sum !== undefined && Number.isFinite(sum) ? [part('_sum', sum)] : []),
    ...[...bounded, ...exponential].map(({ upTo, inside }) => {
      below += inside;
      return part('_bucket', below, { le: upTo === Infinity ? '+Inf' : String(upTo) });
    }),
  ];
}

function bucketProblem({ bucketCounts = [], explicitBounds = [], positive, negative }: DataPoint): string | undefined {
  if (bucketCounts.length > 0 && bucketCounts.length !== explicitBounds.length + 1)
    return 'a histogram has other buckets than bounds';
  const all = [bucketCounts, positive?.bucketCounts ?? [], negative?.bucketCounts ?? []];
  if (all.every(({ length }) => length <= mostBuckets)) return undefined;
  return `a histogram has more than ${String(mostBuckets)} buckets`;
}

/**
 * From the lowest up. Bucket i of base 2^(2^-scale) goes from base^i, which is not in it, to base^(i+1), which is (opentelemetry-proto); an empty one says
 * where the first of a side begins, which may be far from 0.
 */
function exponentialBuckets({ scale = 0, zeroCount = 0, zeroThreshold = 0, positive, negative }: DataPoint): readonly Bucket[] {
  if (zeroCount === 0 && !positive && !negative) return [];
  const bound = (index: number): number => 2 ** (index * 2 ** -scale);
  const above = edgesOf(positive).map(({ from, to, inside }) => ({ upTo: bound(to), from: bound(from), inside }));
  const below = edgesOf(negative).map(({ from, to, inside }) => ({ upTo: -bound(from), from: -bound(to), inside }));
  const begin = (side: typeof above): readonly Bucket[] => side.slice(0, 1).map(({ from }) => ({ upTo: from, inside: 0 }));
  below.reverse();
  return [...begin(below), ...below, { upTo: zeroThreshold, inside: zeroCount }, ...begin(above), ...above];
}

interface Bucket {
  readonly upTo: number;
  readonly inside: number;
}

const edgesOf = ({ offset = 0, bucketCounts }: Buckets = { bucketCounts: [] }) =>
  bucketCounts.map((inside, index) => ({ from: offset + index, to: offset + index + 1, inside }));

export function summarySeries(point: DataPoint): Parts {
  const { count = 0, sum, quantileValues = [] } = point;
  if (quantileValues.length > mostBuckets) return `a summary has more than ${String(mostBuckets)} quantiles`;
  const time = timed(point);
  return [
    { kind: 'counter', suffix: '_count', value: count, ...time },
    ...(sum !== undefined && Number.isFinite(sum) ? [{ kind: 'counter' as const, suffix: '_sum', value: sum, ...time }] : []),
    ...quantileValues.map(({ quantile = 0, value = 0 }) => ({
      ...{ kind: 'gauge' as const, value, labels: { quantile: String(quantile) } },
      ...(time.at === undefined ? {} : { at: time.at }),
    })),
  ];
}
