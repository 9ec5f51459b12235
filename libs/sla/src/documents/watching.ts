import type { GuaranteeTerm, Probe, Reaction, Subscription } from './call.js';
import { eventProblem, eventsToCome } from './events.js';
import { choice, type Fields, list, mapping, oneOrMore, type Reader, text, wholeNumber } from './fields.js';
import { supportedTerms, terms, type Watched } from './guarantees.js';
import { type Counts, itemName } from './item-names.js';
import type { Problems } from './problems.js';
import { rate, span } from './spans.js';

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
