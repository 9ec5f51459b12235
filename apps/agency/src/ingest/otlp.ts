import { mostValues, type SeriesValue } from '@cloud-agency/sla';
import { tooMany } from './ingest.js';
import { type DataPoint, histogramSeries, numberSeries, summarySeries } from './otlp-points.js';
import { requestOf } from './otlp-schema.js';

/** What one resource of a request tells. */
export interface Export {
  /** The compute that its attribute `agency.resource` names; absent: it names none. */
  readonly resource?: string;
  readonly series: readonly SeriesValue[];
}

export interface ReadExports {
  readonly exports: readonly Export[];
  /** Points that nothing can be made of, and why the first of them cannot be. */
  readonly rejected: number;
  readonly why?: string;
}

interface Attribute {
  readonly key: string;
  readonly value?: Readonly<Record<string, string | number | boolean>>;
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
    readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[];
  }[];
}

/** What tells processes on one machine apart, whose series are not to be taken for each other's. */
const identifying = ['service.namespace', 'service.name', 'service.instance.id'];

/** AggregationTemporality. */
const delta = 1;

/** What was made of a request so far. */
interface Progress {
  readonly reasons: string[];
  values: number;
}

/** Reads an ExportMetricsServiceRequest. @throws AgencyError too-large; Error when it is none. */
export function readExports(body: Buffer, form: 'protobuf' | 'json'): ReadExports {
  const { resourceMetrics } = requestOf(body, form) as Request;
  const progress: Progress = { reasons: [], values: 0 };
  const { reasons } = progress;
  const exports = resourceMetrics.map(({ resource, scopeMetrics }): Export => {
    const attributes = labelsOf(resource?.attributes ?? []);
    const own = Object.fromEntries(identifying.flatMap((key) => (attributes[key] === undefined ? [] : [[key, attributes[key]]])));
    const metrics = scopeMetrics.flatMap((scope) => scope.metrics);
    const named = attributes['agency.resource'];
    return {
      ...(named === undefined ? {} : { resource: named }),
      series: metrics.flatMap((metric) => seriesIn(metric, own, progress)),
    };
  });
  return { exports, rejected: reasons.length, ...(reasons[0] === undefined ? {} : { why: reasons[0] }) };
}

const noRecordedValue = 1;
/** Each series of a point has them all. 128 is what OpenTelemetry's own libraries allow; characters as in a line of OpenMetrics. */
const mostAttributes = 128;
const longestAttributes = 8_192;

function seriesIn(metric: Metric, own: Readonly<Record<string, string>>, progress: Progress): readonly SeriesValue[] {
  const name = (metric.name ?? '').replace(/[-/]/g, '_');
  const [told, read] = readerOf(metric);
  return (told?.dataPoints ?? []).flatMap((point) => {
    // A series that has ended says so: it is just told no more.
    if (((point.flags ?? 0) & noRecordedValue) !== 0) return [];
    const about = { ...own, ...labelsOf(point.attributes.slice(0, mostAttributes) as readonly Attribute[]) };
    const series = problemOf(name, point, about) ?? read(point, told);
    if (typeof series === 'string') {
      progress.reasons.push(series);
      return [];
    }
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

const isDelta = (told: Told | undefined): boolean => told?.aggregationTemporality === delta;

function readerOf(metric: Metric): readonly [Told | undefined, Read] {
  if (metric.gauge) return [metric.gauge, (point) => numberSeries(point, 'gauge')];
  if (metric.sum) return [metric.sum, sumSeries];
  const histogram = metric.histogram ?? metric.exponentialHistogram;
  if (histogram) return [histogram, (point, told) => histogramSeries(point, isDelta(told) ? 'increase' : 'counter')];
  return [metric.summary, summarySeries];
}

function sumSeries(point: DataPoint, told: Told | undefined): ReturnType<typeof numberSeries> {
  if (told?.isMonotonic) return numberSeries(point, isDelta(told) ? 'increase' : 'counter');
  return isDelta(told)
    ? 'changes of a sum that goes up and down say nothing by themselves: export it as cumulative'
    : numberSeries(point, 'gauge');
}

function labelsOf(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(
    attributes.flatMap(({ key, value = {} }) => {
      const [content] = Object.values(value);
      return content === undefined ? [] : [[key, String(content)]];
    }),
  );
}
