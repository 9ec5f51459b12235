import type { AvailabilityGuarantee, Guarantee, MeasuredGuarantee, Scope } from './call.js';
import { boundDimension } from './guarantee-fields.js';
import { worthOf } from './business-values.js';
import { amount, choice, type Fields, list, mapping, quantity, type Reader, wholeNumber } from './fields.js';
import { checkGuarantee } from './guarantee-checks.js';
import { conditionsOf, given } from './guarantee-conditions.js';
import { expression, metricName } from './guarantee-metrics.js';
import { type Counts, itemName } from './item-names.js';
import { guaranteeTerms } from './guarantee.js';
import type { Problems } from './problems.js';

/** What a call says about running machines is read against its items, and which of them a probe looks at, how often (ms): a promise or a reaction that nothing would ever see is refused. */
export interface Watched {
  readonly counts: Counts;
  readonly probed: ReadonlyMap<string, number>;
}

const scopes = ['each', 'group'] as const;

/** Guarantees of running machines (docs/guarantees.md). */
export const guarantees = (items: Watched): Reader<readonly Guarantee[]> =>
  list(
    mapping((fields, problems) => {
      const term = fields.required('term', choice(guaranteeTerms));
      if (term === undefined) {
        fields.skip();
        return undefined;
      }
      const guarantee = term === 'availability' ? availability(fields, items, problems) : measured(term, fields, items, problems);
      if (guarantee && !problems.malformed) checkGuarantee(guarantee, fields, items, problems);
      return guarantee;
    }),
  );

function availability(fields: Fields, items: Watched, problems: Problems): AvailabilityGuarantee | undefined {
  const of = fields.required('of', itemName(items.counts));
  const counted = fields.optional('counted', choice(['time', 'requests'])) === 'requests' ? ('requests' as const) : undefined;
  const scope = scopeOf(fields, counted, items.counts.get(of ?? ''), problems);
  const atLeast = fields.required('at_least', quantity('fraction'));
  const conditions = conditionsOf(fields, items.probed.get(of ?? ''), problems);
  const worth = worthOf(fields);
  if (of === undefined || atLeast === undefined || !conditions) return undefined;
  return { term: 'availability', of, ...(counted && { counted }), scope, atLeast, ...conditions, ...worth };
}

function scopeOf(fields: Fields, counted: 'requests' | undefined, count: number | undefined, problems: Problems): Scope {
  const as = fields.optional('as', choice(scopes)) ?? 'each';
  const minUp = fields.optional('min_up', wholeNumber(1, 1000));
  if (counted) checkNoMinUp(fields, 'a group answers requests together, however many of it are up', problems);
  else checkMinUp(fields, as, minUp, count, problems);
  if (as === 'each') return { as };
  return counted ? { as } : { as, minUp: minUp ?? 1 };
}

function checkMinUp(
  fields: Fields,
  as: 'each' | 'group',
  minUp: number | undefined,
  count: number | undefined,
  problems: Problems,
): void {
  if (as === 'each' && minUp !== undefined) problems.add(fields.placeOf('min_up'), 'min_up is of a group: add as: group');
  if (as === 'group' && minUp === undefined)
    problems.add(fields.place, '"min_up" is missing', 'how many machines of the group must be up');
  if (minUp !== undefined && count !== undefined && minUp > count) {
    problems.contradiction(fields.placeOf('min_up'), `${minUp} machines must be up, but the item has ${count}`);
  }
}

function checkNoMinUp(fields: Fields, why: string, problems: Problems): void {
  if (fields.has('min_up')) problems.add(fields.placeOf('min_up'), `min_up is of availability by time: ${why}`);
}

/** What is made of the samples, beside shares and expressions, which are what they are. */
const statistics = ['mean', 'minimum', 'maximum', 'sum', 'count', 'rate'] as const;

function measured(
  term: MeasuredGuarantee['term'],
  fields: Fields,
  items: Watched,
  problems: Problems,
): MeasuredGuarantee | undefined {
  const of = fields.required('of', itemName(items.counts));
  const as = fields.optional('as', choice(scopes)) ?? 'each';
  fields.source('min_up');
  checkNoMinUp(fields, 'all that the machines of a group measure counts alike', problems);
  const what = measureOf(term, fields, problems);
  const bounds = boundsOf(term, what, fields, problems);
  const conditions = conditionsOf(fields, items.probed.get(of ?? ''), problems);
  const worth = worthOf(fields);
  if (of === undefined || !conditions) return undefined;
  return { term, of, ...what, scope: { as }, ...bounds, ...conditions, ...worth };
}

type What = Pick<MeasuredGuarantee, 'metric' | 'value' | 'percentile' | 'statistic'>;

/** Shares, rates and expressions are what they are: of the others it is said what is made of the samples. */
function measureOf(term: MeasuredGuarantee['term'], fields: Fields, problems: Problems): What {
  switch (term) {
    case 'error_rate':
      return {};
    case 'throughput':
      return given('metric', fields.optional('metric', metricName));
    case 'expression':
      return given('value', fields.required('value', expression));
    case 'metric':
      return { ...given('metric', fields.required('metric', metricName)), ...statisticIn(fields, problems) };
    case 'response_time': {
      const said = statisticIn(fields, problems);
      return fields.has('percentile') || fields.has('statistic') ? said : { percentile: 95 };
    }
    default:
      return statisticIn(fields, problems);
  }
}

function statisticIn(fields: Fields, problems: Problems): Pick<What, 'percentile' | 'statistic'> {
  const percentile = fields.optional('percentile', amount({ above: 0, atMost: 100 }));
  const statistic = fields.optional('statistic', choice(statistics));
  if (percentile !== undefined && statistic !== undefined)
    problems.add(fields.placeOf('statistic'), 'it is judged by a percentile already', 'leave one of them out');
  return { ...given('percentile', percentile), ...given('statistic', statistic) };
}

function boundsOf(
  term: MeasuredGuarantee['term'],
  what: What,
  fields: Fields,
  problems: Problems,
): Pick<MeasuredGuarantee, 'atMost' | 'atLeast'> {
  const dimension = boundDimension({ term, ...what });
  const atMost = fields.optional('at_most', quantity(dimension));
  const atLeast = fields.optional('at_least', quantity(dimension));
  if (!fields.has('at_most') && !fields.has('at_least'))
    problems.add(fields.place, 'it is not said what is promised: "at_most" or "at_least" is missing');
  if (atMost !== undefined && atLeast !== undefined && atLeast > atMost)
    problems.contradiction(fields.placeOf('at_least'), 'at_least is more than at_most: nothing can be both');
  if (term === 'error_rate' && fields.has('at_least'))
    problems.add(fields.placeOf('at_least'), 'nobody is promised errors', 'write at_most');
  return { ...given('atMost', atMost), ...given('atLeast', atLeast) };
}
