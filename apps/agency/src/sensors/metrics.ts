import { AgencyError } from '@cloud-agency/errors';
import {
  type AttributeDefinition,
  categoryId,
  type EntityChange,
  type JsonValue,
  metricId,
  metrics,
  type Mixin,
} from '@cloud-agency/occi';

/** The metric's attributes that its client may set, by full name. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

const known = `There are: ${metrics.map(categoryId).join(', ')}.`;

/** @throws AgencyError invalid-request unless there is exactly one. */
export function metricOf(mixins: readonly string[]): Mixin {
  const metric = metricAmong(mixins);
  if (metric) return metric;
  throw new AgencyError('invalid-request', { message: `A collector has exactly one metric, this has none. ${known}` });
}

/** The OGF's own mixin `metric` says nothing more. @throws AgencyError invalid-request for more than one, and for a mixin that is none. */
export function metricAmong(mixins: readonly string[]): Mixin | undefined {
  const found = mixins
    .filter((id) => id !== metricId)
    .map((id) => metrics.find((metric) => categoryId(metric) === id) ?? noMetric(id));
  if (found.length > 1)
    throw new AgencyError('invalid-request', {
      message: `A collector has exactly one metric, this has ${String(found.length)}: ${found.map(({ term }) => term).join(', ')}.`,
    });
  return found[0];
}

function noMetric(id: string): never {
  throw new AgencyError('invalid-request', { message: `${id.slice(0, 200)} is no metric. ${known}` });
}

/** Those given, and for the others the metric's own defaults. */
export const settingsOf = (metric: Mixin, given: EntityChange['attributes']): Settings =>
  Object.fromEntries(
    settable(metric).flatMap(([name, { default: preset }]) => {
      const value = given[name] ?? preset;
      return isPlain(value) ? [[name, value]] : [];
    }),
  );

const settable = ({ attributes }: Mixin): [string, AttributeDefinition][] =>
  Object.entries(attributes).filter(([, { mutable }]) => mutable);

const isPlain = (value: JsonValue | undefined): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);
