import type { Guarantee, GuaranteeTerm, Probe, Subscription } from './call.js';
import { eventName } from './event-names.js';
import { amount, choice, type Fields, list, mapping, oneOrMore, quantity, type Reader, text, wholeNumber } from './fields.js';
import { type Counts, itemName } from './item-names.js';
import type { Problems } from './problems.js';

/** What a call says about running machines is read against its items, and which of them a probe looks at: a promise or a reaction that nothing would ever see is refused. */
export interface Watched {
  readonly counts: Counts;
  readonly probed: ReadonlySet<string>;
}

export const span = (min: number, wanted: string) => quantity('duration', { min, max: 366 * 24 * 3600 * 1000, wanted });

export const probes = (items: Counts): Reader<readonly Probe[]> =>
  list(
    mapping((fields, problems) => {
      const of = fields.required('of', itemName(items));
      const http = fields.required('http', probeUrl);
      const every = fields.optional('every', span(500, 'at least 500 ms')) ?? 10_000;
      const timeout = fields.optional('timeout', span(10, 'at least 10 ms')) ?? Math.min(2000, every);
      const failures = fields.optional('failures', wholeNumber(1, 100)) ?? 2;
      if (timeout > every)
        problems.add(fields.placeOf('timeout'), 'the timeout is longer than the time from one probe to the next');
      return of !== undefined && http !== undefined ? { of, http, every, timeout, failures } : undefined;
    }),
  );

const probeUrl: Reader<string> = (source, problems) => {
  const url = text(2000)(source, problems);
  if (url === undefined) return undefined;
  const isHttp = /^https?:\/\//.test(url) && URL.canParse(url.replaceAll('{address}', '127.0.0.1'));
  if (!isHttp) problems.add(source, `"${url}" is not an http or https URL`, 'e.g. http://{address}:8080/health');
  else if (!url.includes('{address}'))
    problems.add(source, 'the URL does not name the machine', 'put {address} where its address goes');
  return url;
};

export const supportedTerms: readonly GuaranteeTerm[] = ['availability', 'response_time'];
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
      fields.unsupported({ penalty: 'penalties are not settled yet', during: 'guarantees hold at all times for now' });
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
  checkMinUp(fields, as, minUp, items.counts.get(of ?? ''), problems);
  if (of === undefined || atLeast === undefined || over === undefined) return undefined;
  return { term: 'availability', of, scope: as === 'group' ? { as, minUp: minUp ?? 1 } : { as }, atLeast, over };
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
  if (as === 'group') problems.unsupported(fields.placeOf('as'), 'response times are assessed for each machine only');
  if (of === undefined || atMost === undefined || over === undefined) return undefined;
  return { term: 'response_time', of, scope: { as: 'each' }, percentile, atMost, over };
}

export const subscriptions: Reader<readonly Subscription[]> = list(
  mapping((fields) => {
    const url = fields.required('url', webhookUrl);
    const chosen = fields.optional('events', oneOrMore(eventName({ patterns: true }))) ?? ['*'];
    const secret = fields.optional(
      'secret',
      text(200, {
        matches: /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/,
        wanted: 'a webhook secret: whsec_ and at least 24 bytes in base64',
      }),
    );
    return url === undefined ? undefined : { url, events: chosen, ...(secret !== undefined && { secret }) };
  }),
  20,
);

const webhookUrl: Reader<string> = (source, problems) => {
  const url = text(2000)(source, problems);
  if (url === undefined || (/^https?:\/\//.test(url) && URL.canParse(url))) return url;
  problems.add(source, `"${url}" is not an http or https URL`);
  return undefined;
};
