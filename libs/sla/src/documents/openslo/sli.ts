import { choice, type Fields, flag, mapping, type Reader, text } from '../fields.js';
import type { Problems } from '../problems.js';
import type { Mapping } from '../source.js';
import type { Metadata, MetricSource, Sli } from './objects.js';
import { description, metadata, objectName, placed } from './parts.js';

type Measures = Sli extends infer One ? (One extends { readonly metadata: Metadata } ? Omit<One, 'metadata'> : never) : never;

/** The `spec` of an SLI: one metric against a threshold, or a ratio of two. */
export const sliSpec: Reader<Measures> = mapping((fields, problems) => {
  description(fields);
  if (fields.has('thresholdMetric') === fields.has('ratioMetric')) {
    problems.add(fields.place, 'either "thresholdMetric" or "ratioMetric" must be there, and not both');
    fields.skip();
    return undefined;
  }
  const threshold = fields.optional('thresholdMetric', metric);
  const ratio = fields.optional('ratioMetric', ratioMetric);
  return threshold ? { threshold } : ratio;
});

/** An SLI that stands inside something: `metadata` and `spec`. */
export const inlineSli: Reader<Sli> = mapping((fields) => {
  const named = fields.required('metadata', metadata);
  const measures = fields.required('spec', sliSpec);
  return named && measures && { metadata: named, ...measures };
});

const ratioMetric: Reader<Measures> = mapping((fields, problems) => {
  const counter = fields.optional('counter', flag) ?? false;
  if (fields.has('raw') === fields.has('total')) {
    problems.add(fields.place, 'either "total" with "good" or "bad", or "raw" must be there, and not both');
    fields.skip();
    return undefined;
  }
  return fields.has('raw') ? rawRatio(fields) : countedRatio(fields, counter, problems);
});

function rawRatio(fields: Fields): Measures | undefined {
  const raw = fields.required('raw', metric);
  const rawType = fields.required('rawType', choice(['success', 'failure']));
  return raw && rawType && { raw, rawType };
}

function countedRatio(fields: Fields, counter: boolean, problems: Problems): Measures | undefined {
  const total = fields.required('total', metric);
  if (fields.has('good') === fields.has('bad')) {
    problems.add(fields.place, 'beside "total" there must be either "good" or "bad", and not both');
    fields.skip();
    return undefined;
  }
  const counts = fields.has('good') ? 'good' : 'bad';
  const part = fields.required(counts, metric);
  return total && part && { total, part, counts, counter };
}

/** `{ metricSource: … }` */
const metric: Reader<MetricSource> = mapping((fields) => fields.required('metricSource', metricSource));

const metricSource: Reader<MetricSource> = mapping((fields) => {
  const ref = fields.optional('metricSourceRef', placed(objectName));
  const type = fields.optional('type', placed(text()));
  const spec = fields.required('spec', filled);
  return spec && { place: fields.place, ...(ref && { ref }), ...(type && { type }), spec };
});

const filled: Reader<Mapping> = (source, problems) => {
  if (source.kind === 'mapping' && source.entries.length > 0) return source;
  problems.add(source, 'must be fields with values, at least one', 'e.g. { metric: response_time }');
  return undefined;
};
