import { shortPage } from '../../mishap.js';
import { Ec2Error } from '../ec2-error.js';
import type { QueryCall } from '../query-service.js';
import type { XmlFields } from '../xml.js';
import { invalid, measuredBy, missing, spanOf, statisticCalled, timestampOf } from './asking.js';
import { listed } from './metric-statistics.js';
import { datapointsOf } from './samples.js';

/** What one request may ask for (CloudWatch API reference, GetMetricData). */
const mostQueries = 500;

interface Result {
  readonly id: string;
  readonly label: string;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/** CloudWatch API reference, GetMetricData: metrics as they were measured; no metric math. The newest comes first unless told otherwise. */
export function getMetricData(call: QueryCall): XmlFields {
  const { query } = call;
  const prefixes = query.structures('MetricDataQueries.member');
  if (prefixes.length === 0) throw missing('MetricDataQueries');
  if (prefixes.length > mostQueries)
    throw invalid(`The collection MetricDataQueries must not have a size greater than ${mostQueries}.`);
  const results = prefixes
    .filter((prefix) => query.get(`${prefix}.ReturnData`) !== 'false')
    .map((prefix) => resultOf(call, prefix));
  const { page, next } = paged(call, results);
  return { MetricDataResults: listed(page.map(view)), Messages: listed([]), NextToken: next };
}

function resultOf(call: QueryCall, prefix: string): Result {
  const { testbed, query } = call;
  const id = query.get(`${prefix}.Id`);
  if (!id) throw missing(`${prefix}.Id`);
  if (!/^[a-z]\w*$/.test(id)) throw invalid(`The value ${id} for parameter ${prefix}.Id is not matching the expected pattern.`);
  if (query.get(`${prefix}.Expression`) !== undefined) throw invalid('The testbed computes no expressions.');
  const stat = query.get(`${prefix}.MetricStat.Stat`);
  if (!stat) throw missing(`${prefix}.MetricStat.Stat`);
  const compute = statisticCalled(stat);
  const measured = measuredBy(call, `${prefix}.MetricStat.Metric.`);
  const span = spanOf(call, `${prefix}.MetricStat.Period`);
  const points = measured ? datapointsOf(measured, span, testbed.clock.now()) : [];
  const oldestFirst = query.get('ScanBy') === 'TimestampAscending';
  return {
    id,
    label: query.get(`${prefix}.Label`) ?? query.get(`${prefix}.MetricStat.Metric.MetricName`) ?? '',
    points: (oldestFirst ? points : points.reverse()).map(({ at, samples }) => ({ at, value: compute(samples) })),
  };
}

const view = ({ id, label, points }: Result): XmlFields => ({
  Id: id,
  Label: label,
  Timestamps: listed(points.map(({ at }) => timestampOf(at))),
  Values: listed(points.map(({ value }) => value)),
  StatusCode: 'Complete',
});

/** Pages hold so many results; a real one counts datapoints. */
function paged({ testbed, cloud, region, query }: QueryCall, results: readonly Result[]) {
  const token = query.get('NextToken');
  const start = token === undefined ? 0 : Number(/^from (\d+)$/.exec(Buffer.from(token, 'base64').toString())?.[1] ?? NaN);
  if (Number.isNaN(start)) throw new Ec2Error('InvalidNextToken', 'The next token specified is invalid.');
  const end = start + (shortPage(testbed, { cloud: cloud.name, region: region.region }) ?? results.length);
  return {
    page: results.slice(start, end),
    next: end < results.length ? Buffer.from(`from ${end}`).toString('base64') : undefined,
  };
}
