import { grouped } from '../grouped.js';
import type { SeriesChoice } from '../documents/call.js';
import type { Counters } from './counters.js';
import { percentiles } from './percentiles.js';
import { type MetricValue, seriesKey, type SeriesValue } from './series.js';

interface Telling {
  /** Whose series they are. */
  readonly of: string;
  readonly counters: Counters;
  /** When they came, ms. */
  readonly now: number;
}

/**
 * What the series of one resource come to: one value for each metric and time. Counters become one that only grows, however many series it is made
 * of and whichever of them begins again; a histogram gives its percentiles beside `_count` and `_sum`. Series of one name and one time are summed,
 * whatever their labels, unless `choices` say which of them make what. One series has one value at one time: the first that is told.
 */
export function metricValues(
  told: readonly SeriesValue[],
  telling: Telling,
  choices?: readonly SeriesChoice[],
): readonly MetricValue[] {
  const { of, counters, now } = telling;
  counters.forget(now);
  const grown = inTime(told, now).flatMap((series) => {
    if (series.kind === 'gauge') return [series];
    const value = counters.growth(of, series, now);
    return value === undefined ? [] : [{ ...series, kind: 'increase' as const, value }];
  });
  const byName = grouped([...grown, ...percentiles(grown)], ({ name }) => name);
  return (choices ?? everyName(byName.keys())).flatMap((choice) => {
    const chosen = (byName.get(choice.series) ?? []).filter((series) => isChosen(series, choice));
    return combined(chosen, choice, telling);
  });
}

/** In the order of their times, as a counter has to be followed. */
function inTime(told: readonly SeriesValue[], now: number): readonly SeriesValue[] {
  const once = new Map<string, SeriesValue>();
  for (const series of told) {
    const key = `${String(series.at ?? now)} ${seriesKey(series)}`;
    if (!once.has(key)) once.set(key, series);
  }
  return [...once.values()].sort(({ at: a = now }, { at: b = now }) => a - b);
}

/** Buckets are for percentiles. */
const everyName = (names: Iterable<string>): readonly SeriesChoice[] =>
  [...names].filter((name) => !name.endsWith('_bucket')).map((name) => ({ as: name, series: name, labels: {}, combine: 'sum' }));

const isChosen = ({ labels }: SeriesValue, { labels: wanted }: SeriesChoice): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);

function combined(
  series: readonly SeriesValue[],
  { as: metric, combine }: SeriesChoice,
  { of, counters, now }: Telling,
): readonly MetricValue[] {
  const byTime = [...grouped(series, ({ at = now }) => at)].sort(([a], [b]) => a - b);
  return byTime.map(([at, together]) => {
    const value = combinations[combine](together.map((one) => one.value));
    return { metric, at, value: together[0]?.kind === 'increase' ? counters.total(of, metric, value, now) : value };
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const combinations: Readonly<Record<SeriesChoice['combine'], (values: readonly number[]) => number>> = {
  sum,
  mean: (values) => sum(values) / values.length,
  max: (values) => values.reduce((most, value) => Math.max(most, value)),
  min: (values) => values.reduce((least, value) => Math.min(least, value)),
};
