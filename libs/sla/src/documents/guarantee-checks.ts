/** What makes no sense of a guarantee whose fields are each in order: what nobody measures, never counts, or can never be told. */
import { CountedTime } from '../guarantees/counted-time.js';
import { conditionMetrics, isCounter, leastOf, measuredMetrics, sourceOf, statisticOf } from '../guarantees/judged.js';
import { windowLength } from '../guarantees/window.js';
import { metricOf, metrics, type MetricSource } from '../vocabulary/metrics.js';
import { formatQuantity } from '../vocabulary/quantity.js';
import type { Fields } from './fields.js';
import type { Guarantee, MeasuredGuarantee, Slices, Statistic } from './guarantee.js';
import type { Watched } from './guarantees.js';
import type { Problems } from './problems.js';

export function checkGuarantee(guarantee: Guarantee, fields: Fields, { probed }: Watched, problems: Problems): void {
  checkMeasured(guarantee, fields, probed, problems);
  if (guarantee.term !== 'availability') checkStatistic(guarantee, fields, problems);
  else if (guarantee.counted === undefined && guarantee.least !== undefined)
    problems.add(fields.placeOf('least'), 'availability by time counts no samples', 'leave "least" out');
  checkSlices(guarantee, fields, probed.get(guarantee.of), problems);
  checkTimes(guarantee, fields, problems);
  checkWindow(guarantee, fields, probed.get(guarantee.of), problems);
}

/** That somebody measures what it reads, and can. */
function checkMeasured(guarantee: Guarantee, fields: Fields, probed: Watched['probed'], problems: Problems): void {
  const { of, by, when } = guarantee;
  checkSources(measuredMetrics(guarantee), { by, field: 'by' }, fields, problems);
  checkSources(conditionMetrics(guarantee), { by: when?.by, field: 'when' }, fields, problems);
  const read = [
    ...measuredMetrics(guarantee).map((metric) => sourceOf(metric, by)),
    ...conditionMetrics(guarantee).map((metric) => sourceOf(metric, when?.by)),
  ];
  if (read.includes('probe') && !probed.has(of))
    problems.add(fields.placeOf('of'), `nothing measures ${of}`, `add a probe of ${of}, or say by whom it is measured`);
}

function checkSources(
  names: readonly string[],
  { by, field }: { readonly by: MetricSource | undefined; readonly field: string },
  fields: Fields,
  problems: Problems,
): void {
  if (by === undefined) return;
  for (const name of names) {
    const { sources } = metricOf(name);
    if (!sources.includes(by))
      problems.add(fields.placeOf(field), `${name} is not measured by ${by}`, `it is by ${sources.join(', ')}`);
  }
}

const ofCounters: readonly Statistic[] = ['rate', 'sum'];
const growing: readonly Statistic[] = ['sum', 'count'];

/** A counter has no percentile; what is no counter has no rate. */
function checkStatistic(guarantee: MeasuredGuarantee, fields: Fields, problems: Problems): void {
  const [metric = ''] = measuredMetrics(guarantee);
  const statistic = statisticOf(guarantee);
  if (statistic === undefined) return;
  const place = fields.placeOf(['statistic', 'percentile'].find((name) => fields.has(name)) ?? 'metric');
  const wrong = misfit(guarantee.term, metric, statistic);
  if (wrong) problems.add(place, wrong.message, wrong.hint);
  else if (growing.includes(statistic)) checkGrowing(guarantee, statistic, fields, problems);
}

function misfit(
  term: string,
  metric: string,
  statistic: Statistic,
): { readonly message: string; readonly hint: string } | undefined {
  const isCounted = metricOf(metric).kind === 'counter';
  if (isCounted && !ofCounters.includes(statistic))
    return { message: `${metric} is a counter: it has no ${statistic}`, hint: 'it only grows; write statistic: rate, or sum' };
  if (!isCounted && isKnown(metric) && statistic === 'rate')
    return {
      message: `${metric} is no counter, so it has no rate`,
      hint: 'its mean, a percentile or an extreme can be promised',
    };
  if (term !== 'metric' && growing.includes(statistic))
    return { message: `the ${statistic} of ${term} says nothing`, hint: 'promise its mean, a percentile or an extreme' };
  return undefined;
}

/** What a calendar period comes to in the end is not known before. */
function checkGrowing(guarantee: MeasuredGuarantee, statistic: string, fields: Fields, problems: Problems): void {
  if (guarantee.atLeast !== undefined && typeof guarantee.over !== 'number')
    problems.add(
      fields.placeOf('at_least'),
      `whether the ${statistic} of a ${guarantee.over.period} gets there is not known before its end`,
      'promise it over a rolling window, e.g. over: 1 d',
    );
  if (statistic === 'count' && isCounter(guarantee, guarantee.metric ?? ''))
    problems.add(fields.placeOf('statistic'), 'the samples of a counter are no events', 'write statistic: sum');
}

/** A slice is judged by what was measured in it. */
function checkSlices(guarantee: Guarantee, fields: Fields, every: number | undefined, problems: Problems): void {
  const { slices } = guarantee;
  if (!slices) return;
  const wrong = unfitForSlices(guarantee, slices);
  if (wrong) problems.add(fields.placeOf('slices'), wrong.message, wrong.hint);
  const isProbed = measuredMetrics(guarantee).some((metric) => sourceOf(metric, guarantee.by) === 'probe');
  if (isProbed && every !== undefined && slices.each < every)
    problems.add(
      fields.placeOf('slices'),
      `nothing is measured in so short a slice: ${guarantee.of} is probed every ${formatQuantity(every, 'duration')}`,
      'make it longer',
    );
  const least = leastOf(guarantee);
  if (windowLength(guarantee) < least * slices.each)
    problems.add(
      fields.placeOf('over'),
      `there are fewer than ${least} slices in so short a window`,
      'make it longer, or the slices shorter, or say "least"',
    );
}

function unfitForSlices(guarantee: Guarantee, slices: Slices): { readonly message: string; readonly hint: string } | undefined {
  if (guarantee.term === 'availability')
    return guarantee.counted
      ? undefined
      : {
          message: 'availability by time counts every ms, and needs no slices',
          hint: 'write counted: requests, or leave them out',
        };
  const statistic = statisticOf(guarantee);
  if (statistic !== undefined && growing.includes(statistic))
    return {
      message: `a ${statistic} is of the whole window: a slice in which nothing came would say nothing`,
      hint: 'leave slices out',
    };
  const hasTwoBounds = guarantee.atMost !== undefined && guarantee.atLeast !== undefined;
  if (statistic === 'percentile' && slices.atLeast === undefined && hasTwoBounds)
    return { message: 'two bounds of a percentile cannot be averaged', hint: 'say at_least of the slices' };
  return undefined;
}

const isKnown = (metric: string): boolean => Object.hasOwn(metrics, metric);

const year = 366 * 86_400_000;
/** Some year with all its weekdays, and a 29th of February. */
const someYear = Date.UTC(2028, 0, 1);

function checkTimes(guarantee: Guarantee, fields: Fields, problems: Problems): void {
  const { holidays, except, during } = guarantee;
  if (during === undefined && !except && !holidays) return;
  const recurring = (except ?? []).filter((exception) => 'during' in exception);
  const times = new CountedTime({ ...(during !== undefined && { during }), except: recurring });
  if (times.within(someYear, someYear + year) === 0)
    problems.contradiction(
      fields.placeOf(during === undefined ? 'except' : 'during'),
      'it never holds: all of its time is excepted',
    );
}

/** In its window there has to be enough to go by. */
function checkWindow(guarantee: Guarantee, fields: Fields, every: number | undefined, problems: Problems): void {
  const [metric = ''] = measuredMetrics(guarantee);
  if (every === undefined || sourceOf(metric, guarantee.by) !== 'probe') return;
  const byTime = guarantee.term === 'availability' && guarantee.counted === undefined;
  const needed = byTime || guarantee.slices ? 1 : leastOf(guarantee);
  if (windowLength(guarantee) >= needed * every) return;
  problems.add(
    fields.placeOf('over'),
    `too little is measured in so short a window: ${guarantee.of} is probed every ${formatQuantity(every, 'duration')}`,
    byTime ? 'make it longer' : `nothing is said on fewer than ${needed} samples: make it longer, or say "least"`,
  );
}
