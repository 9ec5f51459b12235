import { Ec2Error } from '../ec2-error.js';
import type { QueryCall } from '../query-service.js';
import { type Measured, metrics, type Span, statistics } from './samples.js';

const minuteMs = 60_000;
/** The most that one request gets (CloudWatch API reference, GetMetricStatistics). */
const mostDatapoints = 1_440;

export const missing = (name: string): Ec2Error => new Ec2Error('MissingParameter', `The parameter ${name} is required.`);

export const invalid = (message: string): Ec2Error => new Ec2Error('InvalidParameterValue', message);

/**
 * The span of StartTime and EndTime with a period of whole minutes. As CloudWatch does for a start of the last 15 days, it begins with a
 * whole minute (CloudWatch API reference, GetMetricStatistics, StartTime).
 * @throws Ec2Error
 */
export function spanOf({ query }: QueryCall, periodName: string): Span {
  const [start, end] = [timeOf(query.get('StartTime'), 'StartTime'), timeOf(query.get('EndTime'), 'EndTime')];
  if (start >= end) throw invalid('The parameter StartTime must be less than the parameter EndTime.');
  const seconds = Number(query.get(periodName) ?? missingNumber(periodName));
  if (!Number.isInteger(seconds) || seconds < 60 || seconds % 60 !== 0)
    throw invalid(`The parameter ${periodName} must be a multiple of 60.`);
  const span = { start: Math.floor(start / minuteMs) * minuteMs, end, period: seconds * 1_000 };
  if ((span.end - span.start) / span.period > mostDatapoints)
    throw new Ec2Error(
      'InvalidParameterCombination',
      `You have requested up to ${Math.ceil((span.end - span.start) / span.period)} datapoints, which exceeds the limit of ${mostDatapoints}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  return span;
}

function missingNumber(name: string): never {
  throw missing(name);
}

function timeOf(text: string | undefined, name: string): number {
  if (text === undefined) throw missing(name);
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalid(`The parameter ${name} must be a timestamp.`);
  return time;
}

/**
 * What the parameters below a prefix name: a metric of one machine. Undefined for a metric, a dimension or a machine that nobody has
 * reported: CloudWatch then has no datapoints, and no error.
 * @throws Ec2Error MissingParameter
 */
export function measuredBy(call: QueryCall, prefix: string): Measured | undefined {
  const required = (name: string): string => {
    const value = call.query.get(`${prefix}${name}`);
    if (!value) throw missing(`${prefix}${name}`);
    return value;
  };
  const [namespace, name] = [required('Namespace'), required('MetricName')];
  const metric = namespace === 'AWS/EC2' && Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  const machine = machineOf(call, `${prefix}Dimensions.member`);
  return metric && machine && { ...machine, metric };
}

function machineOf({ cloud, region, query }: QueryCall, dimensions: string): Omit<Measured, 'metric'> | undefined {
  const [only, ...others] = query.structures(dimensions);
  if (only === undefined || others.length > 0 || query.get(`${only}.Name`) !== 'InstanceId') return undefined;
  const instance = cloud.instance(region.region, query.get(`${only}.Value`) ?? '');
  const size = instance && cloud.size(region.region, instance.size);
  return instance && size && { instance, size };
}

/** @throws Ec2Error InvalidParameterValue for a statistic that there is not. */
export function statisticCalled(name: string): (samples: readonly number[]) => number {
  const statistic = Object.hasOwn(statistics, name) ? statistics[name] : undefined;
  if (!statistic) throw invalid(`The value ${name} for parameter Statistics is not supported.`);
  return statistic;
}

export const timestampOf = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');
