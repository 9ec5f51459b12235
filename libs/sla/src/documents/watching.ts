import type { Subscription } from './call.js';
import { eventName } from './event-names.js';
import { list, mapping, oneOrMore, type Reader, text } from './fields.js';

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
