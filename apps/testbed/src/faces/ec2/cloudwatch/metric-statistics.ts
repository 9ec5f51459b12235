import type { QueryCall } from '../query-service.js';
import { Markup, fields, type XmlFields } from '../xml.js';
import { measuredBy, missing, spanOf, statisticCalled, timestampOf } from './asking.js';
import { datapointsOf } from './samples.js';

/** CloudWatch API reference, GetMetricStatistics. Datapoints come in no particular order there; here the newest comes first. */
export function getMetricStatistics(call: QueryCall): XmlFields {
  const { testbed, query } = call;
  const wanted = query.list('Statistics.member').map((name) => ({ name, compute: statisticCalled(name) }));
  const measured = measuredBy(call, '');
  const span = spanOf(call, 'Period');
  if (wanted.length === 0) throw missing('Statistics');
  const datapoints = measured ? datapointsOf(measured, span, testbed.clock.now()).reverse() : [];
  const members = datapoints.map(({ at, samples }) => ({
    Timestamp: timestampOf(at),
    ...Object.fromEntries(wanted.map(({ name, compute }) => [name, compute(samples)])),
    Unit: measured?.metric.unit,
  }));
  return { Datapoints: listed(members), Label: query.get('MetricName') };
}

/** The query protocol's way with lists: `<name><member>…</member></name>`. */
export const listed = (members: readonly (XmlFields | string | number)[]): Markup =>
  new Markup(members.map((member) => fields({ member })).join(''));
