import { worthOf } from './business-values.js';
import type { Guarantee, GuaranteeTerm } from './call.js';
import { amount, choice, type Fields, list, mapping, quantity, type Reader, wholeNumber } from './fields.js';
import { type Counts, itemName } from './item-names.js';
import type { Problems } from './problems.js';
import { span } from './spans.js';

/** What a call says about running machines is read against its items, and which of them a probe looks at: a promise or a reaction that nothing would ever see is refused. */
export interface Watched {
  readonly counts: Counts;
  readonly probed: ReadonlySet<string>;
}

/** What the monitor measures. */
export const supportedTerms: readonly GuaranteeTerm[] = ['availability', 'response_time'];
/** What a guarantee can be about. */
export const terms = [
  ...supportedTerms,
  'cpu_utilisation',
  'memory_utilisation',
  'disk_utilisation',
  'throughput',
  'error_rate',
] as const;
const scopes = ['each', 'group'] as const;

export const guarantees = (items: Watched): Reader<readonly Guarantee[]> =>
  list(
    mapping((fields, problems) => {
      const term = fields.required('term', choice(terms));
      fields.unsupported({ during: 'guarantees hold at all times for now' });
      if (term === 'availability') return availability(fields, items, problems);
      if (term === 'response_time') return responseTime(fields, items, problems);
      if (term !== undefined)
        problems.unsupported(fields.placeOf('term'), `${term} is not measured yet: ${supportedTerms.join(' and ')} are`);
      fields.skip();
      return undefined;
    }),
  );

function availability(fields: Fields, items: Watched, problems: Problems): Guarantee | undefined {
  const of = measuredItem(fields, items, problems);
  const as = fields.optional('as', choice(scopes)) ?? 'each';
  const minUp = fields.optional('min_up', wholeNumber(1, 1000));
  const atLeast = fields.required('at_least', quantity('fraction'));
  const over = fields.required('over', span(1000, 'at least 1 s'));
  const worth = worthOf(fields);
  checkMinUp(fields, as, minUp, items.counts.get(of ?? ''), problems);
  if (of === undefined || atLeast === undefined || over === undefined) return undefined;
  const scope = as === 'group' ? { as, minUp: minUp ?? 1 } : { as };
  return { term: 'availability', of, scope, atLeast, over, ...worth };
}

function measuredItem(fields: Fields, items: Watched, problems: Problems): string | undefined {
  const of = fields.required('of', itemName(items.counts));
  if (of !== undefined && !items.probed.has(of) && !problems.malformed) {
    problems.add(fields.placeOf('of'), `nothing measures ${of}`, `add a probe of ${of}`);
  }
  return of;
}

function checkMinUp(fields: Fields, as: string, minUp: number | undefined, count: number | undefined, problems: Problems): void {
  if (as === 'each' && minUp !== undefined) problems.add(fields.placeOf('min_up'), 'min_up is of a group: add as: group');
  if (as === 'group' && minUp === undefined)
    problems.add(fields.place, '"min_up" is missing', 'how many machines of the group must be up');
  if (minUp !== undefined && count !== undefined && minUp > count) {
    problems.contradiction(fields.placeOf('min_up'), `${minUp} machines must be up, but the item has ${count}`);
  }
}

function responseTime(fields: Fields, items: Watched, problems: Problems): Guarantee | undefined {
  const of = measuredItem(fields, items, problems);
  const percentile = fields.optional('percentile', amount({ above: 0, atMost: 100 })) ?? 95;
  const atMost = fields.required('at_most', span(1, 'at least 1 ms'));
  const over = fields.required('over', span(1000, 'at least 1 s'));
  const as = fields.optional('as', choice(scopes));
  const worth = worthOf(fields);
  if (as === 'group') problems.unsupported(fields.placeOf('as'), 'response times are assessed for each machine only');
  if (of === undefined || atMost === undefined || over === undefined) return undefined;
  return { term: 'response_time', of, scope: { as: 'each' }, percentile, atMost, over, ...worth };
}
