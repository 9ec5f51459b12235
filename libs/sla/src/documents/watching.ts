import type { Subscription } from './call.js';
import { eventName } from './event-names.js';
import { list, mapping, oneOrMore, type Reader, text } from './fields.js';

const last = '[A-Za-z0-9+/]';
const quad = `(?:${last}{4})`;
/** Standard Webhooks, Signature scheme. Whole base64: receivers in other languages refuse it without its padding. */
export const webhookSecret = new RegExp(`^whsec_(?:${quad}{8,20}(?:${last}{2}==|${last}{3}=)?|${quad}{21}(?:${last}{2}==)?)$`);
export const webhookSecretWanted = 'whsec_ and 24 to 64 bytes in base64';

export const subscriptions: Reader<readonly Subscription[]> = list(
  mapping((fields) => {
    const url = fields.required('url', webhookUrl);
    const chosen = fields.optional('events', oneOrMore(eventName({ patterns: true }))) ?? ['*'];
    const secret = fields.optional(
      'secret',
      text(200, { matches: webhookSecret, wanted: `a webhook secret: ${webhookSecretWanted}` }),
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
