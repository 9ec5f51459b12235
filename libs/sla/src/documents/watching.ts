import type { Probe, Subscription } from './call.js';
import { eventName } from './event-names.js';
import { list, mapping, oneOrMore, type Reader, text, wholeNumber } from './fields.js';
import { type Counts, itemName } from './item-names.js';
import { span } from './spans.js';

export const probes = (items: Counts): Reader<readonly Probe[]> =>
  list(
    mapping((fields, problems) => {
      const of = fields.required('of', itemName(items));
      const http = fields.required('http', machineUrl('e.g. http://{address}:8080/health'));
      const every = fields.optional('every', span(500, 'at least 500 ms')) ?? 10_000;
      const timeout = fields.optional('timeout', span(10, 'at least 10 ms')) ?? Math.min(2000, every);
      const failures = fields.optional('failures', wholeNumber(1, 100)) ?? 2;
      if (timeout > every)
        problems.add(fields.placeOf('timeout'), 'the timeout is longer than the time from one probe to the next');
      return of !== undefined && http !== undefined ? { of, http, every, timeout, failures } : undefined;
    }),
  );

/** Of something that a machine answers, whatever its address will be. */
export const machineUrl =
  (example: string): Reader<string> =>
  (source, problems) => {
    const url = text(2000)(source, problems);
    if (url === undefined) return undefined;
    const isHttp = /^https?:\/\//.test(url) && URL.canParse(url.replaceAll('{address}', '127.0.0.1'));
    if (!isHttp) problems.add(source, `"${url}" is not an http or https URL`, example);
    else if (!url.includes('{address}'))
      problems.add(source, 'the URL does not name the machine', 'put {address} where its address goes');
    return url;
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
