import { mostValues, type SeriesValue } from '@cloud-agency/sla';
import { createHash } from 'node:crypto';
import { tooMany } from './ingest.js';
import { type DataPoint, histogramSeries, numberSeries, summarySeries } from './otlp-points.js';
import { requestOf } from './otlp-schema.js';

/** What one resource of a request tells. */
export interface Export {
  /** The compute that its attribute `agency.resource` names; absent: it names none. */
  readonly resource?: string;
  readonly series: readonly SeriesValue[];
  /** That the series were made of. */
  readonly points: number;
}

export interface ReadExports {
  readonly exports: readonly Export[];
  /** Points that nothing can be made of, and why the first of them cannot be. */
  readonly rejected: number;
  readonly why?: string;
}

interface Attribute {
  readonly key: string;
  readonly value?: AnyValue;
}
/** One of them at most. */
interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: number;
  readonly doubleValue?: number;
  /** Base64. */
  readonly bytesValue?: string;
  readonly arrayValue?: { readonly values: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values: readonly Attribute[] };
}
interface Told {
  readonly dataPoints: readonly DataPoint[];
  readonly aggregationTemporality?: number;
  readonly isMonotonic?: boolean;
}
interface Metric {
  readonly name?: string;
  readonly gauge?: Told;
  readonly sum?: Told;
  readonly histogram?: Told;
  readonly exponentialHistogram?: Told;
  readonly summary?: Told;
}
interface Request {
  readonly resourceMetrics: readonly {
    readonly resource?: { readonly attributes: readonly Attribute[] };
    readonly scopeMetrics: readonly { readonly scope?: { readonly name?: string }; readonly metrics: readonly Metric[] }[];
  }[];
}

/** AggregationTemporality. */
const temporalities = { delta: 1, cumulative: 2 } as const;

/** What was made of a request so far. */
interface Progress {
  readonly reasons: string[];
  points: number;
  values: number;
}

/** Reads an ExportMetricsServiceRequest. @throws AgencyError too-large; Error when it is none. */
export function readExports(body: Buffer, form: 'protobuf' | 'json'): ReadExports {
  const { resourceMetrics } = requestOf(body, form) as Request;
  const progress: Progress = { reasons: [], points: 0, values: 0 };
  const { reasons } = progress;
  const exports = resourceMetrics.map(({ resource, scopeMetrics }): Export => {
    const attributes = labelsOf(resource?.attributes ?? []);
    const named = attributes['agency.resource'];
    const before = progress.points;
    const series = scopeMetrics.flatMap(({ scope, metrics }) => {
      const own = { 'otel.source': sourceOf(attributes, scope?.name) };
      return metrics.flatMap((metric) => seriesIn(metric, own, progress));
    });
    return { ...(named === undefined ? {} : { resource: named }), series, points: progress.points - before };
  });
  return { exports, rejected: reasons.length, ...(reasons[0] === undefined ? {} : { why: reasons[0] }) };
}

/**
 * What tells processes on one machine, and libraries in one process, apart, whose series are not to be taken for each other's: a resource and a scope are part of
 * a series' identity (OpenTelemetry, Metrics Data Model). They can be long, and are kept for each series, so this is short.
 */
function sourceOf(attributes: Readonly<Record<string, string>>, scope = ''): string {
  const identity = JSON.stringify([scope, ...Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))]);
  return createHash('sha256').update(identity).digest('base64').slice(0, 16);
}

const noRecordedValue = 1;
/** Each series of a point has them all. 128 is what OpenTelemetry's own libraries allow; characters as in a line of OpenMetrics. */
const mostAttributes = 128;
const longestAttributes = 8_192;

function seriesIn(metric: Metric, own: Readonly<Record<string, string>>, progress: Progress): readonly SeriesValue[] {
  const name = (metric.name ?? '').replace(/[-/]/g, '_');
  const [data, read] = readerOf(metric);
  return (data?.dataPoints ?? []).flatMap((point) => {
    // A series that has ended says so: it is just told no more.
    if (((point.flags ?? 0) & noRecordedValue) !== 0) return [];
    const about = { ...own, ...labelsOf(point.attributes.slice(0, mostAttributes) as readonly Attribute[]) };
    const series = problemOf(name, point, about) ?? read(point, data);
    if (typeof series === 'string') {
      progress.reasons.push(series);
      return [];
    }
    progress.points += 1;
    progress.values += series.length;
    if (progress.values > mostValues) throw tooMany();
    return series.map(({ suffix = '', labels, ...one }) => ({
      ...one,
      name: `${name}${suffix}`,
      labels: { ...about, ...labels },
    }));
  });
}

function problemOf(name: string, { attributes }: DataPoint, about: Readonly<Record<string, string>>): string | undefined {
  if (!/^[A-Za-z_][\w.:]{0,99}$/.test(name)) return `"${name.slice(0, 60)}" cannot be the name of a metric`;
  const length = Object.entries(about).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (attributes.length <= mostAttributes && length <= longestAttributes) return undefined;
  return `a point has more than ${String(mostAttributes)} attributes, or more than ${String(longestAttributes)} characters of them`;
}

type Read = (point: DataPoint, told: Told | undefined) => ReturnType<typeof numberSeries>;

/** Which of the two a sum or a histogram is; undefined where it does not say. */
const kindOf = (told: Told | undefined): 'increase' | 'counter' | undefined => {
  if (told?.aggregationTemporality === temporalities.delta) return 'increase';
  return told?.aggregationTemporality === temporalities.cumulative ? 'counter' : undefined;
};
const untold = 'it is not said whether it is of all time or of what came since the last: aggregationTemporality has to be 2 or 1';

function readerOf(metric: Metric): readonly [Told | undefined, Read] {
  if (metric.gauge) return [metric.gauge, (point) => numberSeries(point, 'gauge')];
  if (metric.sum) return [metric.sum, sumSeries];
  const histogram = metric.histogram ?? metric.exponentialHistogram;
  if (!histogram) return [metric.summary, summarySeries];
  const kind = kindOf(histogram);
  return [histogram, (point) => (kind ? histogramSeries(point, kind) : untold)];
}

function sumSeries(point: DataPoint, told: Told | undefined): ReturnType<typeof numberSeries> {
  const kind = kindOf(told);
  if (!kind) return untold;
  if (told?.isMonotonic) return numberSeries(point, kind);
  return kind === 'increase'
    ? 'changes of a sum that goes up and down say nothing by themselves: export it as cumulative'
    : numberSeries(point, 'gauge');
}

function labelsOf(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(
    attributes.flatMap(({ key, value = {} }) => {
      const content = plain(value);
      if (content === undefined) return [];
      return [[key, typeof content === 'object' ? JSON.stringify(content) : String(content)]];
    }),
  );
}

/** Lists and mappings as what they hold. */
function plain({ arrayValue, kvlistValue, ...scalar }: AnyValue): string | number | boolean | object | undefined {
  if (arrayValue) return arrayValue.values.map(plain);
  if (kvlistValue) return Object.fromEntries(kvlistValue.values.map(({ key, value = {} }) => [key, plain(value)]));
  return Object.values(scalar)[0];
}
