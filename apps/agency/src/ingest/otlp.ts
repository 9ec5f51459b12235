import type { SeriesValue } from '@cloud-agency/sla';
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

/** Reads an ExportMetricsServiceRequest. @throws Error when it is none. */
export function readExports(body: Buffer, form: 'protobuf' | 'json'): ReadExports {
  const { resourceMetrics } = requestOf(body, form) as Request;
  const reasons: string[] = [];
  const exports = resourceMetrics.map(({ resource, scopeMetrics }): Export => {
    const attributes = labelsOf(resource?.attributes ?? []);
    const own = Object.fromEntries(identifying.flatMap((key) => (attributes[key] === undefined ? [] : [[key, attributes[key]]])));
    const metrics = scopeMetrics.flatMap((scope) => scope.metrics);
    const named = attributes['agency.resource'];
    return {
      ...(named === undefined ? {} : { resource: named }),
      series: metrics.flatMap((metric) => seriesIn(metric, own, reasons)),
    };
  });
  return { exports, rejected: reasons.length, ...(reasons[0] === undefined ? {} : { why: reasons[0] }) };
}

const noRecordedValue = 1;

function seriesIn(metric: Metric, own: Readonly<Record<string, string>>, reasons: string[]): readonly SeriesValue[] {
  const name = (metric.name ?? '').replace(/[-/]/g, '_');
  const [told, read] = readerOf(metric);
  return (told?.dataPoints ?? []).flatMap((point) => {
    // A series that has ended says so: it is just told no more.
    if (((point.flags ?? 0) & noRecordedValue) !== 0) return [];
    const series = /^[A-Za-z_][\w.:]{0,99}$/.test(name)
      ? read(point, told)
      : `"${name.slice(0, 60)}" cannot be the name of a metric`;
    if (typeof series === 'string') {
      reasons.push(series);
      return [];
    }
    const about = { ...own, ...labelsOf(point.attributes as readonly Attribute[]) };
    return series.map(({ suffix = '', labels, ...one }) => ({
      ...one,
      name: `${name}${suffix}`,
      labels: { ...about, ...labels },
    }));
  });
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
