import { choice, type Fields, flag, list, mapping, type Reader, text } from '../fields.js';
import type { Place, Problems } from '../problems.js';
import { inlinePolicy, refOr } from './alerting.js';
import {
  type AlertPolicy,
  type BudgetingMethod,
  budgetingMethods,
  type Named,
  type Objective,
  operators,
  type Placed,
  type Sli,
  type Slo,
  type Window,
} from './objects.js';
import { description, duration, numberIn, oneOf, placed } from './parts.js';
import { inlineSli } from './sli.js';

const indicator = { inline: 'indicator', ref: 'indicatorRef', read: inlineSli } as const;

/** The `spec` of an SLO. */
export const sloSpec: Reader<Omit<Slo, 'metadata'>> = mapping((fields, problems) => {
  description(fields);
  // A text, though the name of a Service is narrower: an annotation may say which item is meant.
  const service = fields.required('service', placed(text()));
  const window = fields.required('timeWindow', timeWindow);
  const budgeting = fields.required('budgetingMethod', placed(choice(budgetingMethods)));
  const objectives = fields.required('objectives', list(objective(budgeting?.value))) ?? [];
  const policies = fields.optional('alertPolicies', list(alertPolicy)) ?? [];
  const measures = indicatorOf(fields, objectives, problems);
  checkObjectives(objectives, measures, fields.placeOf('objectives'), problems);
  if (!service || !window || !budgeting) return undefined;
  return { service, window, budgeting, objectives, policies, ...(measures && { indicator: measures }) };
});

/** At the top, or in each objective of a composite, never at both. */
function indicatorOf(fields: Fields, objectives: readonly Objective[], problems: Problems): Named<Sli> | undefined {
  const isAtTop = fields.has('indicator') || fields.has('indicatorRef');
  const inside = objectives.filter((one) => one.indicator !== undefined);
  if (!isAtTop && inside.length > 0 && inside.length === objectives.length) return undefined;
  const [first] = inside;
  if (!first) return oneOf(fields, problems, indicator);
  problems.add(first.place, 'an indicator is given at the top or in every objective, never at both');
  fields.source('indicator');
  fields.source('indicatorRef');
  return undefined;
}

function checkObjectives(
  objectives: readonly Objective[],
  shared: Named<Sli> | undefined,
  place: Place,
  problems: Problems,
): void {
  if (objectives.length === 0) problems.add(place, 'an SLO without an objective promises nothing');
  for (const one of objectives) {
    const measures = one.indicator ?? shared;
    if (measures && 'object' in measures) checkBound(one, measures.object, problems);
  }
  const second = objectives[1];
  if (second && shared && 'object' in shared && 'threshold' in shared.object)
    problems.add(second.place, 'a thresholdMetric has one objective', 'give each its own indicator, or write an SLO for each');
}

/**
 * What an objective says of a bound, by what it is about: checked again where the indicator stands elsewhere. The text's own examples give ratios an `op: gt`,
 * which says what holds of every ratio: it is good above its target.
 */
export function checkBound({ place, op, value }: Objective, sli: Sli, problems: Problems): void {
  if (!('threshold' in sli)) {
    const given = value ?? (op?.value.startsWith('l') ? op : undefined);
    if (given) problems.add(given.place, 'a ratioMetric has no op but gt and gte, and no value: its target is the bound');
  } else if (!op || !value) problems.add(place, 'a thresholdMetric needs op and value', 'e.g. op: lte, value: 200');
}

const timeWindow: Reader<Window> = (source, problems) => {
  if (source.kind === 'list' && source.items.length !== 1) {
    problems.add(source, `has ${source.items.length} windows; there must be exactly one`);
    return undefined;
  }
  return list(window)(source, problems)?.[0];
};

const window: Reader<Window> = mapping((fields, problems) => {
  const length = fields.required('duration', duration);
  const isRolling = fields.optional('isRolling', flag) ?? false;
  const calendar = fields.optional('calendar', calendarOf);
  if (isRolling && fields.has('calendar')) problems.add(fields.placeOf('calendar'), 'a rolling window has no calendar');
  if (!isRolling && !fields.has('calendar'))
    problems.add(fields.place, 'a window that does not roll needs a calendar', 'or write isRolling: true');
  return length && { place: fields.place, duration: length, ...(calendar && { calendar }) };
});

const calendarOf: Reader<NonNullable<Window['calendar']>> = mapping((fields) => {
  const startTime = fields.required('startTime', placed(instant));
  const timeZone = fields.required('timeZone', text(64));
  return startTime && timeZone !== undefined ? { startTime, timeZone } : undefined;
});

/** One that there is: the 30th of February is none. */
const instant: Reader<string> = (source, problems) => {
  const written = text(19)(source, problems);
  if (written === undefined || written === readBack(written)) return written;
  problems.add(source, `"${written}" is not an instant: 2026-11-01 00:00:00`);
  return undefined;
};

function readBack(written: string): string | undefined {
  const read = new Date(`${written.replace(' ', 'T')}Z`);
  return Number.isNaN(read.getTime()) ? undefined : read.toISOString().slice(0, 19).replace('T', ' ');
}

const alertPolicy: Reader<Named<AlertPolicy>> = refOr('alertPolicyRef', inlinePolicy);

const objective = (method: BudgetingMethod | undefined): Reader<Objective> =>
  mapping((fields, problems) => {
    fields.optional('displayName', text(63));
    const target = targetOf(fields, problems);
    const op = fields.optional('op', placed(choice(operators)));
    const value = fields.optional('value', placed(numberIn(() => true, 'a number')));
    const slices = slicesOf(fields, method);
    const own = fields.has('indicator') || fields.has('indicatorRef') ? oneOf(fields, problems, indicator) : undefined;
    const weight = fields.optional('compositeWeight', placed(numberIn((one) => one > 0, 'a number above 0')));
    return (
      target && {
        place: fields.place,
        target,
        ...(op && { op }),
        ...(value && { value }),
        ...slices,
        ...(own && { indicator: own }),
        ...(weight && { compositeWeight: weight }),
      }
    );
  });

function targetOf(fields: Fields, problems: Problems): Placed<number> | undefined {
  if (fields.has('target') === fields.has('targetPercent')) {
    problems.add(fields.place, 'either "target" or "targetPercent" must be there, and not both', 'e.g. target: 0.999');
    fields.source('target');
    fields.source('targetPercent');
    return undefined;
  }
  const target = fields.optional('target', placed(numberIn((one) => one >= 0 && one < 1, 'a number from 0 to below 1')));
  const percent = fields.optional(
    'targetPercent',
    placed(numberIn((one) => one >= 0 && one < 100, 'a number from 0 to below 100')),
  );
  return target ?? (percent && { ...percent, value: Number((percent.value / 100).toFixed(12)) });
}

function slicesOf(fields: Fields, method: BudgetingMethod | undefined): Pick<Objective, 'timeSliceTarget' | 'timeSliceWindow'> {
  const target = placed(numberIn((one) => one > 0 && one <= 1, 'a number above 0, at most 1'));
  const timeSliceTarget =
    method === 'Timeslices' ? fields.required('timeSliceTarget', target) : fields.optional('timeSliceTarget', target);
  const timeSliceWindow =
    method === undefined || method === 'Occurrences'
      ? fields.optional('timeSliceWindow', placed(slice))
      : fields.required('timeSliceWindow', placed(slice));
  return { ...(timeSliceTarget && { timeSliceTarget }), ...(timeSliceWindow && { timeSliceWindow }) };
}

/** A bare number is minutes. */
const slice: Reader<NonNullable<Objective['timeSliceWindow']>['value']> = (source, problems) => {
  if (source.kind !== 'scalar' || typeof source.value !== 'number') return duration(source, problems);
  const count = numberIn((one) => Number.isInteger(one) && one > 0, 'a duration, or a whole number of minutes')(source, problems);
  return count === undefined ? undefined : { count, unit: 'm' };
};
