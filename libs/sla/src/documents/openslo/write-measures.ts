import { percentileOf, statisticOf } from '../../guarantees/judged.js';
import { metricOf, type MetricSource } from '../../vocabulary/metrics.js';
import type { AvailabilityGuarantee, Guarantee, MeasuredGuarantee } from '../call.js';
import type { Slices } from '../guarantee.js';
import type { BudgetingMethod, Operator } from './objects.js';
import { targetOfRank } from './ranks.js';
import { lowerBound, upperBound } from './strict-bounds.js';
import { isSpelt, spelt } from './write-window.js';

/** What of an SLO says what is measured, and what is wanted of it. */
export interface Measures {
  readonly sli: object;
  readonly budgetingMethod: BudgetingMethod;
  readonly objective: Objective;
}

interface Objective {
  readonly target: number;
  readonly op?: Operator;
  readonly value?: number;
  readonly timeSliceTarget?: number;
  readonly timeSliceWindow?: string;
}

/** As OpenSLO has it, or why it cannot. */
export function measuresOf(guarantee: Guarantee): Measures | string {
  if (!isSpelt(guarantee.over)) return 'OpenSLO has no windows of parts of a minute';
  const measures = guarantee.term === 'availability' ? availability(guarantee) : measured(guarantee);
  if (typeof measures === 'string') return measures;
  const written = guarantee.slices ? bySlices(measures, guarantee.slices) : measures;
  return typeof written === 'string' || written.objective.target < 1 ? written : 'OpenSLO has no target of 100 %';
}

/** The target is that of a slice where slices are counted. */
function bySlices({ sli, objective }: Measures, { each, atLeast }: Slices): Measures | string {
  if (!isSpelt(each)) return 'OpenSLO has no slices of parts of a minute';
  const timeSliceWindow = spelt(each);
  if (atLeast === undefined && objective.value === 1 && objective.op === 'gte' && isOfUp(sli))
    return 'RatioTimeslices of up are availability by time';
  if (atLeast === undefined) return { sli, budgetingMethod: 'RatioTimeslices', objective: { ...objective, timeSliceWindow } };
  if (objective.target === 0) return 'OpenSLO has no slice that is good whatever it measures';
  const counted = { ...objective, target: atLeast, timeSliceTarget: objective.target, timeSliceWindow };
  return { sli, budgetingMethod: 'Timeslices', objective: counted };
}

const isOfUp = (sli: object): boolean => JSON.stringify(sli).includes('"metric":"up"');

function availability({ counted, atLeast, by }: AvailabilityGuarantee): Measures {
  if (counted === undefined)
    return {
      sli: { thresholdMetric: metric('up', by) },
      budgetingMethod: 'RatioTimeslices',
      objective: { op: 'gte', value: 1, target: atLeast, timeSliceWindow: '1m' },
    };
  if (by === 'probe')
    return {
      sli: { thresholdMetric: metric('up', by) },
      budgetingMethod: 'Occurrences',
      objective: { op: 'gte', value: 1, target: atLeast },
    };
  return requestRatio(atLeast, by);
}

/** An error rate is the same promise, told by what fails. */
const requestRatio = (target: number, by: MetricSource | undefined): Measures => ({
  sli: { ratioMetric: { counter: true, bad: metric('errors', by), total: metric('requests', by) } },
  budgetingMethod: 'Occurrences',
  objective: { target },
});

function measured(guarantee: MeasuredGuarantee): Measures | string {
  const { atMost, atLeast } = guarantee;
  if (atMost !== undefined && atLeast !== undefined) return 'OpenSLO has one bound to an objective';
  const statistic = statisticOf(guarantee);
  if (statistic === 'percentile') return byPercentile(guarantee);
  if (statistic === 'mean' && isShare(guarantee)) return meanShare(guarantee);
  if (guarantee.term === 'expression') return ratio(guarantee);
  if (guarantee.term === 'error_rate') return requestRatio(Number((1 - (atMost ?? 1)).toFixed(12)), guarantee.by);
  return `OpenSLO counts what is good, and knows no ${statistic ?? 'such share'}`;
}

/** So many of the samples are within a value. */
function byPercentile(guarantee: MeasuredGuarantee): Measures {
  const { atMost, atLeast = 0, by } = guarantee;
  const rank = percentileOf(guarantee);
  return {
    sli: { thresholdMetric: metric(nameOf(guarantee), by) },
    budgetingMethod: 'Occurrences',
    objective:
      atMost === undefined
        ? { ...lowerBound(atLeast), target: targetOfRank(rank) }
        : { ...upperBound(atMost), target: Number((rank / 100).toFixed(12)) },
  };
}

/** A raw ratio is between 0 and 1, as its mean is. */
const isShare = (guarantee: MeasuredGuarantee): boolean => {
  const { atMost, atLeast } = guarantee;
  const isInside = (bound: number | undefined): boolean => bound === undefined || (bound >= 0 && bound <= 1);
  return (guarantee.term === 'metric' || guarantee.term.endsWith('_utilisation')) && isInside(atMost) && isInside(atLeast);
};

function meanShare(guarantee: MeasuredGuarantee): Measures {
  const { atMost, atLeast, by } = guarantee;
  const rawType = atLeast === undefined ? 'failure' : 'success';
  return {
    sli: { ratioMetric: { raw: metric(nameOf(guarantee), by), rawType } },
    budgetingMethod: 'Occurrences',
    objective: { target: Number((atLeast ?? 1 - (atMost ?? 1)).toFixed(12)) },
  };
}

/** `good / total`, or `1 - bad / total`: of an application's own metrics, or of counters that grow for ever. */
function ratio({ value = '', atLeast, by }: MeasuredGuarantee): Measures | string {
  const [, bad, part = '', total = ''] = /^(1 - )?([A-Za-z_]\w*) \/ ([A-Za-z_]\w*)$/.exec(value) ?? [];
  // This one would be read as the availability that it is.
  const isAvailability = value === '1 - errors / requests';
  if (!areAlike(part, total) || isAvailability || atLeast === undefined)
    return 'OpenSLO has ratios of two metrics, and no other arithmetic';
  const metrics = { [bad ? 'bad' : 'good']: metric(part, by), total: metric(total, by) };
  const counter = metricOf(total).kind === 'counter';
  return {
    sli: { ratioMetric: { ...(counter && { counter }), ...metrics } },
    budgetingMethod: 'Occurrences',
    objective: { target: atLeast },
  };
}

const areAlike = (part: string, total: string): boolean =>
  part !== '' && ['gauge', 'counter'].some((kind) => [part, total].every((name) => metricOf(name).kind === kind));

const nameOf = ({ term, metric: name = '' }: MeasuredGuarantee): string => (term === 'metric' ? name : term);

const metric = (name: string, by: MetricSource | undefined): object => ({
  metricSource: { metricSourceRef: 'cloud-agency', spec: { metric: name, ...(by && { by }) } },
});
