import { grouped } from '../grouped.js';
import { type SeriesValue, seriesKey } from './series.js';

const shares = [50, 95, 99] as const;

interface Bucket {
  readonly upTo: number;
  readonly count: number;
}

/**
 * The percentiles of histograms and summaries, as gauges `NAME_p50`, `NAME_p95` and `NAME_p99`. Of a histogram: of what came since it was told
 * last, over all its label sets together, evenly spread within a bucket, as Prometheus' histogram_quantile has it; what is above the last bound
 * counts as that bound. Of a summary: as it says itself, the greatest where it has several.
 */
export function percentiles(points: readonly SeriesValue[]): readonly SeriesValue[] {
  return [...ofHistograms(points), ...ofSummaries(points)];
}

function ofHistograms(points: readonly SeriesValue[]): readonly SeriesValue[] {
  const buckets = points.filter(
    ({ name, labels, kind }) => kind === 'increase' && name.endsWith('_bucket') && labels.le !== undefined,
  );
  const histograms = grouped(buckets, ({ name, at = -1 }) => seriesKey({ name, labels: { at: String(at) } }));
  return [...histograms.values()].flatMap((of) => {
    const [first] = of;
    const cumulative = bucketsOf(of);
    if (!first || cumulative.length === 0) return [];
    const name = first.name.slice(0, -'_bucket'.length);
    return shares.flatMap((share) => {
      const value = quantile(cumulative, share / 100);
      return value === undefined ? [] : [gauge(`${name}_p${String(share)}`, value, first)];
    });
  });
}

/** Cumulative, by their upper bounds. Each label set is counted by itself before they are added up: it may have bounds of its own. */
function bucketsOf(points: readonly SeriesValue[]): readonly Bucket[] {
  const inside = new Map<number, number>();
  for (const series of grouped(points, ({ name, labels }) => seriesKey({ name, labels: { ...labels, le: '' } })).values()) {
    let below = 0;
    for (const { upTo, count } of inOrder(series.map(({ labels, value }) => ({ upTo: boundOf(labels.le), count: value })))) {
      inside.set(upTo, (inside.get(upTo) ?? 0) + Math.max(0, count - below));
      below = Math.max(below, count);
    }
  }
  let total = 0;
  return inOrder([...inside].map(([upTo, count]) => ({ upTo, count }))).map(({ upTo, count }) => ({
    upTo,
    count: (total += count),
  }));
}

const boundOf = (le: string | undefined): number => (le === '+Inf' ? Infinity : Number(le));

const inOrder = (buckets: readonly Bucket[]): readonly Bucket[] =>
  buckets.filter(({ upTo }) => !Number.isNaN(upTo)).sort((a, b) => a.upTo - b.upTo);

function quantile(buckets: readonly Bucket[], share: number): number | undefined {
  const rank = share * (buckets.at(-1)?.count ?? 0);
  const index = buckets.findIndex(({ count }) => rank > 0 && count >= rank);
  const bucket = buckets[index];
  if (!bucket) return undefined;
  const below = buckets[index - 1];
  if (bucket.upTo === Infinity) return below?.upTo;
  return between(below ?? { upTo: Math.min(0, bucket.upTo), count: 0 }, bucket, rank);
}

function between(below: Bucket, bucket: Bucket, rank: number): number {
  const inside = bucket.count - below.count;
  return inside <= 0 ? bucket.upTo : below.upTo + ((bucket.upTo - below.upTo) * (rank - below.count)) / inside;
}

function ofSummaries(points: readonly SeriesValue[]): readonly SeriesValue[] {
  const told = points.flatMap((point) => {
    const share = shares.find((one) => Number(point.labels.quantile) * 100 === one);
    return share === undefined || point.kind !== 'gauge' ? [] : [{ ...point, name: `${point.name}_p${String(share)}` }];
  });
  const byName = grouped(told, ({ name, at = -1 }) => seriesKey({ name, labels: { at: String(at) } }));
  return [...byName.values()].flatMap((of) => {
    const [first] = of;
    return first ? [gauge(first.name, Math.max(...of.map(({ value }) => value)), first)] : [];
  });
}

const gauge = (name: string, value: number, { at }: SeriesValue): SeriesValue => ({
  name,
  labels: {},
  kind: 'gauge',
  value,
  ...(at === undefined ? {} : { at }),
});
