import { exactly } from '../exactly.js';
import type { Problems } from '../problems.js';
import type { Mapping, Source } from '../source.js';
import { fieldsOf, said } from './fields-of-call.js';
import { metricIn, type NamedMetric } from './metric-of.js';
import type { MetricSource, Objective, OpenSloObjects, Operator, Placed, Sli, Slo } from './objects.js';
import type { OwnField } from './own-fields.js';
import { atLeastRank } from './ranks.js';
import { firstAbove, lastBelow } from './strict-bounds.js';
import { milliseconds } from './windows.js';

type Fields = Readonly<Record<string, Source | undefined>>;

/** What is known of an objective before it is looked at what it measures. */
export interface Promised {
  readonly slo: Slo;
  readonly objective: Objective;
  readonly window: Fields;
  readonly own: ReadonlyMap<OwnField, Source>;
}

/** A guarantee of a call for one objective, as its document would have it; undefined where that is refused. */
export function guaranteeFor(promised: Promised, sli: Sli, objects: OpenSloObjects, problems: Problems): Mapping | undefined {
  const { slo, objective, window, own } = promised;
  const measured =
    'threshold' in sli ? byThreshold(sli.threshold, promised, objects, problems) : byRatio(sli, promised, objects, problems);
  if (!measured) return undefined;
  const of = own.get('of') ?? said(slo.service.place, slo.service.value);
  return fieldsOf(objective.place, { ...measured, ...window, ...Object.fromEntries(own), of });
}

/** What the measurements are held against: the target, of Timeslices that of one slice. */
const shareOf = ({ slo, objective }: Promised): Placed<number> =>
  slo.budgeting.value === 'Timeslices' ? (objective.timeSliceTarget ?? objective.target) : objective.target;

/** Slices that are good or bad by their own target, or, of RatioTimeslices, that are averaged. */
function slicesOf({ slo, objective }: Promised): Fields {
  const { timeSliceWindow: window, target } = objective;
  if (slo.budgeting.value === 'Occurrences' || !window) return {};
  const each = said(window.place, exactly(milliseconds(window.value), 'duration'));
  const isCounted = slo.budgeting.value === 'Timeslices';
  return {
    slices: fieldsOf(window.place, { each, ...(isCounted && { at_least: said(target.place, target.value) }) }),
  };
}

function byThreshold(source: MetricSource, promised: Promised, objects: OpenSloObjects, problems: Problems): Fields | undefined {
  const { slo, objective } = promised;
  const { op, value } = objective;
  const target = shareOf(promised);
  const metric = metricIn(source, objects, problems);
  if (!metric || !op || !value) return undefined;
  const up = isUp(metric, op.value, value.value);
  if (slo.budgeting.value === 'RatioTimeslices' && up)
    return { term: said(metric.name.place, 'availability'), at_least: said(target.place, target.value), ...byOf(metric) };
  if (!up && target.value === 0) {
    problems.unsupported(target.place, 'a target of 0, which holds whatever is measured: leave the objective out');
    return undefined;
  }
  return { ...(up ? upByTries(metric, target) : byRank(metric, { op, value, target })), ...slicesOf(promised) };
}

/** It is 1 or 0. */
function isUp({ name }: NamedMetric, op: Operator, value: number): boolean {
  if (name.value !== 'up') return false;
  return op === 'gte' ? value === 1 : op === 'gt' && value === 0;
}

type Bound = Pick<Objective, 'target'> & { readonly [name in 'op' | 'value']: NonNullable<Objective[name]> };

/** So many samples within a value are a percentile within it. */
function byRank(metric: NamedMetric, { op, value, target }: Bound): Fields {
  const isMost = op.value === 'lte' || op.value === 'lt';
  return {
    ...termOf(metric),
    percentile: said(target.place, isMost ? percent(target.value) : atLeastRank(target.value)),
    [isMost ? 'at_most' : 'at_least']: said(value.place, boundOf(metric, within[op.value](value.value))),
    ...byOf(metric),
  };
}

/** The last value that is still good. */
const within: Readonly<Record<Operator, (value: number) => number>> = {
  lte: (value) => value,
  gte: (value) => value,
  lt: lastBelow,
  gt: firstAbove,
};

/** Each probe is a request: how many of them were answered. */
const upByTries = ({ name, by }: NamedMetric, target: Placed<number>): Fields => ({
  term: said(name.place, 'availability'),
  counted: said(name.place, 'requests'),
  at_least: said(target.place, target.value),
  by: by ? said(by.place, by.value) : said(name.place, 'probe'),
});

/** The service level of a ratio is the share itself; each of the two may count what is good or what is bad. */
function byRatio(
  sli: Exclude<Sli, { readonly threshold: MetricSource }>,
  promised: Promised,
  objects: OpenSloObjects,
  problems: Problems,
): Fields | undefined {
  const share = shareOf(promised);
  if ('raw' in sli) {
    const mean = byRaw(sli, share, objects, problems);
    return mean && { ...mean, ...slicesOf(promised) };
  }
  const [part, total] = [metricIn(sli.part, objects, problems), metricIn(sli.total, objects, problems)];
  const ratio = part && total && byParts(sli, { part, total }, share, problems);
  return ratio && { ...ratio, ...slicesOf(promised) };
}

function byParts(
  sli: Counted,
  { part, total }: { readonly part: NamedMetric; readonly total: NamedMetric },
  target: Placed<number>,
  problems: Problems,
): Fields | undefined {
  const isOurs = sli.counts === 'bad' && part.name.value === 'errors' && total.name.value === 'requests';
  if (!checkCounters(sli, [part, total], isOurs, problems) || ![part, total].every((one) => checkName(one, problems)))
    return undefined;
  if (part.by && total.by && part.by.value !== total.by.value) {
    problems.unsupported(part.by.place, 'both metrics of a ratio are to be measured by the same source');
    return undefined;
  }
  const bound = { at_least: said(target.place, target.value), ...byOf(part), ...byOf(total) };
  const { place } = total.name;
  if (isOurs) return { term: said(place, 'availability'), counted: said(place, 'requests'), ...bound };
  const share = `${part.name.value} / ${total.name.value}`;
  return { term: said(place, 'expression'), value: said(place, sli.counts === 'good' ? share : `1 - ${share}`), ...bound };
}

/** The two stand in an expression, whose names are plain. */
function checkName({ name }: NamedMetric, problems: Problems): boolean {
  if (/^[A-Za-z_]\w*$/.test(name.value)) return true;
  problems.unsupported(
    name.place,
    `"${name.value}" in a ratio: the names of its metrics have letters, digits and _ alone. Let the application tell it under such a name`,
  );
  return false;
}

type Counted = Extract<Sli, { readonly total: MetricSource }>;

/** What grows for ever has to be said to; that of an application of its own cannot be carried out in a ratio. */
function checkCounters(
  { counter, total }: Counted,
  metrics: readonly NamedMetric[],
  isOurs: boolean,
  problems: Problems,
): boolean {
  const growing = metrics.find(({ metric }) => metric.kind === 'counter');
  if (counter && !isOurs && metrics.some(({ metric }) => metric.kind !== 'counter')) {
    problems.unsupported(
      total.place,
      'counters of an application in a ratio: only requests and errors are counted so, or metrics that tell how many there were since the last time',
    );
    return false;
  }
  if (!counter && growing) {
    problems.add(growing.name.place, `${growing.name.value} is a counter`, 'write counter: true');
    return false;
  }
  return true;
}

function byRaw(
  { raw, rawType }: Extract<Sli, { readonly raw: MetricSource }>,
  target: Placed<number>,
  objects: OpenSloObjects,
  problems: Problems,
): Fields | undefined {
  const metric = metricIn(raw, objects, problems);
  if (!metric) return undefined;
  if (metric.metric.dimension === 'duration') {
    problems.add(
      metric.name.place,
      `${metric.name.value} is a duration, and a raw ratio a share from 0 to 1`,
      'write a thresholdMetric',
    );
    return undefined;
  }
  const [bound, value] = rawType === 'success' ? ['at_least', target.value] : ['at_most', Number((1 - target.value).toFixed(12))];
  return {
    ...termOf(metric),
    [bound]: said(target.place, value),
    ...byOf(metric),
  };
}

/** Metrics that are terms of their own. */
const asTerms = ['response_time', 'cpu_utilisation', 'memory_utilisation', 'disk_utilisation'];

const termOf = ({ name }: NamedMetric): Fields =>
  asTerms.includes(name.value)
    ? { term: said(name.place, name.value) }
    : { term: said(name.place, 'metric'), metric: said(name.place, name.value) };

const byOf = ({ by }: NamedMetric): Fields => (by ? { by: said(by.place, by.value) } : {});

/** In the metric's own unit, which a duration has to be told. */
const boundOf = ({ metric }: NamedMetric, value: number): string | number =>
  metric.dimension === 'duration' ? `${value} ms` : value;

const percent = (fraction: number): number => Number((fraction * 100).toFixed(10));
