import type { Guarantee, GuaranteeTerm, Probe, Reaction, Subscription } from './call.js';
import { eventProblem, eventsToCome } from './events.js';
import { amount, choice, type Fields, list, mapping, oneOrMore, quantity, type Reader, text, wholeNumber } from './fields.js';
import { type Counts, itemName } from './item-names.js';
import type { Problems } from './problems.js';

/** What a call says about running machines is read against its items, and which of them a probe looks at: a promise or a reaction that nothing would ever see is refused. */
export interface Watched {
  readonly counts: Counts;
  readonly probed: ReadonlySet<string>;
}

const span = (min: number, wanted: string) => quantity('duration', { min, max: 366 * 24 * 3600 * 1000, wanted });

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

const supportedTerms: readonly GuaranteeTerm[] = ['availability', 'response_time'];
const terms = [
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
      fields.unsupported({
        penalty: 'penalties are not settled yet',
        reward: 'rewards are not settled yet',
        importance: 'guarantees are not weighed yet',
        during: 'guarantees hold at all times for now',
      });
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

const actions = ['notify', 'replace', 'migrate', 'scale', 'renegotiate', 'terminate'] as const;

export const reactions = (items: Watched): Reader<readonly Reaction[]> =>
  list(
    mapping((fields, problems) => {
      const on = fields.required('on', eventName({ patterns: false }));
      const of = fields.optional('of', itemName(items.counts));
      const term = fields.optional('term', choice(terms));
      const action = fields.required('do', choice(actions));
      const atMost = fields.optional('at_most', rate);
      if (action !== undefined && action !== 'notify' && action !== 'replace') {
        problems.unsupported(fields.placeOf('do'), `${action} cannot be carried out yet: notify and replace can`);
        fields.skip();
        return undefined;
      }
      fields.unsupported({
        burn_rate: 'burn rates are not assessed yet',
        overlap: 'the overlap of a replacement cannot be chosen yet',
      });
      checkReaction(fields, on, term, action, problems);
      if (on === 'resource.down') checkSeen(fields, of, items, problems);
      if (on === undefined || action === undefined) return undefined;
      return { on, do: action, ...(of !== undefined && { of }), ...supported(term), ...(atMost && { atMost }) };
    }),
  );

function checkSeen(fields: Fields, of: string | undefined, items: Watched, problems: Problems): void {
  const seen = of === undefined ? items.probed.size > 0 : items.probed.has(of);
  if (!seen && !problems.malformed)
    problems.add(fields.placeOf('on'), `nothing would see ${of ?? 'a machine'} go down`, 'add a probe');
}

function supported(term: string | undefined): { readonly term?: GuaranteeTerm } {
  const found = supportedTerms.find((name) => name === term);
  return found ? { term: found } : {};
}

function checkReaction(
  fields: Fields,
  on: string | undefined,
  term: string | undefined,
  action: string | undefined,
  problems: Problems,
): void {
  if (action === 'replace' && on !== undefined && on !== 'resource.down') {
    problems.unsupported(fields.placeOf('on'), 'replace answers resource.down only, for now');
  }
  if (term === undefined) return;
  if (on !== undefined && !on.startsWith('sla.'))
    problems.add(fields.placeOf('term'), `"term" narrows sla events; ${on} has none`);
  if (!supported(term).term) problems.unsupported(fields.placeOf('term'), `${term} is not measured yet`);
}

/** `3 per 1 h` */
const rate: Reader<NonNullable<Reaction['atMost']>> = (source, problems) => {
  const written = text()(source, problems);
  if (written === undefined) return undefined;
  const [, times, per] = /^([1-9]\d{0,5})\s+per\s+(.+)$/.exec(written) ?? [];
  if (times === undefined || per === undefined) {
    problems.add(source, `"${written}" is not a rate`, 'e.g. 3 per 1 h');
    return undefined;
  }
  const period = span(1000, 'at least 1 s')(
    { kind: 'scalar', path: source.path, at: source.at, value: per, text: per },
    problems,
  );
  return period === undefined ? undefined : { times: Number(times), per: period };
};

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

const eventName =
  (options: { readonly patterns: boolean }): Reader<string> =>
  (source, problems) => {
    const name = text()(source, problems);
    if (name === undefined) return undefined;
    const wrong = eventProblem(name, options);
    if (wrong) problems.add(source, wrong.message, wrong.hint);
    else if (eventsToCome.includes(name)) problems.unsupported(source, `nothing brings about ${name} yet`);
    return name;
  };
