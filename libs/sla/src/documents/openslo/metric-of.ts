import { type Metric, type MetricSource as Who, metricNamePattern, metricOf, metricSources } from '../../vocabulary/metrics.js';
import { choice, mapping, text } from '../fields.js';
import type { Problems } from '../problems.js';
import type { Mapping, Source } from '../source.js';
import type { DataSource, MetricSource, OpenSloObjects, Placed } from './objects.js';
import { placed } from './parts.js';

/** A metric that a guarantee can be about, and whose measurements of it count; `by` undefined: as for any guarantee. */
export interface NamedMetric {
  readonly name: Placed<string>;
  readonly by?: Placed<Who>;
  readonly metric: Metric;
}

/** Our own, and those whose metrics a machine can expose or push under the names that they have there. */
export const ownType = 'CloudAgency';
const exposed = ['Prometheus', 'OpenTelemetry', 'OpenMetrics'];

const metricName = text(100, { matches: metricNamePattern, wanted: 'the name of a metric' });
const who = placed(choice(metricSources));

/** Which metric a metricSource names (docs/openslo.md). What would have to be asked of another system is refused as unsupported. */
export function metricIn(source: MetricSource, { dataSources }: OpenSloObjects, problems: Problems): NamedMetric | undefined {
  const connection = source.ref && dataSources.get(source.ref.value);
  if (source.ref && !connection) {
    problems.add(source.ref.place, `there is no DataSource "${source.ref.value}" in this file`, known([...dataSources.keys()]));
    return undefined;
  }
  const type = typeOf(source, connection, problems);
  if (!type) return undefined;
  if (exposed.includes(type.value)) return exposedMetric(source.spec, type.value, problems);
  if (type.value === ownType) return ownMetric(source.spec, connection?.connection, problems);
  problems.unsupported(
    type.place,
    `the Agency does not read ${type.value}: name a metric by type ${ownType}, or one that the machine exposes itself by type ${exposed.join(' or ')}`,
  );
  return undefined;
}

/** Its own, or that of its DataSource. */
function typeOf(
  { type, place }: MetricSource,
  connection: DataSource | undefined,
  problems: Problems,
): Placed<string> | undefined {
  if (!type && !connection) problems.add(place, 'neither "type" nor "metricSourceRef" is there', `e.g. type: ${ownType}`);
  if (!type || !connection || connection.type.value === type.value) return type ?? connection?.type;
  problems.add(
    type.place,
    `the DataSource "${connection.metadata.name}" is of type ${connection.type.value}, and not ${type.value}`,
    'leave one of the two out',
  );
  return undefined;
}

const known = (names: readonly string[]): string => (names.length > 0 ? `there are ${names.join(', ')}` : 'there is none');

/** `{ metric: response_time, by: probe }`; `by` may be said of the DataSource, for all. */
function ownMetric(spec: Mapping, connection: Source | undefined, problems: Problems): NamedMetric | undefined {
  const shared = connection && mapping((fields) => ({ by: fields.optional('by', who) }))(connection, problems);
  return mapping((fields) => {
    const name = fields.required('metric', placed(metricName));
    const by = fields.optional('by', who) ?? shared?.by;
    return name && { name, metric: metricOf(name.value), ...(by && { by }) };
  })(spec, problems);
}

function exposedMetric(spec: Mapping, type: string, problems: Problems): NamedMetric | undefined {
  const others = spec.entries.filter(({ name }) => name !== 'metric');
  for (const { at, value } of others)
    problems.unsupported(
      { path: value.path, at },
      `the Agency asks no ${type}: give "metric" alone, a name that the machine itself exposes or pushes`,
    );
  if (others.length > 0) return undefined;
  return mapping((fields) => {
    const name = fields.required('metric', placed(metricName));
    return name && { name, metric: metricOf(name.value), by: { value: 'resource' as const, place: name.place } };
  })(spec, problems);
}
