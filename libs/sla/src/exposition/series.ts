/** One value of one series, as an exposition or an exporter tells it. */
export interface SeriesValue {
  /** Of the series, e.g. `http_requests_total`. */
  readonly name: string;
  /** What tells it from others of that name. */
  readonly labels: Readonly<Record<string, string>>;
  /** gauge: what is now. counter: the sum of everything since it began, which may begin again. increase: what came since the last one. */
  readonly kind: 'gauge' | 'counter' | 'increase';
  readonly value: number;
  /** When, by the clock of who tells it, ms; absent: now. */
  readonly at?: number;
  /** When a counter began, ms, where it says so. */
  readonly since?: number;
}

/** A metric of a resource at a time: what its series come to together. */
export interface MetricValue {
  readonly metric: string;
  readonly at: number;
  readonly value: number;
}

/** A series by all that tells it from others; the same whatever the order of its labels. */
export const seriesKey = ({ name, labels }: Pick<SeriesValue, 'name' | 'labels'>): string =>
  JSON.stringify([name, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
