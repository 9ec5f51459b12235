import { isoTime } from '@cloud-agency/runtime';
import { Webhook } from 'standardwebhooks';
import { type Json, parsed } from '../store/tables.js';

/** An event as it was stored. */
export interface Told {
  readonly event: number;
  readonly type: string;
  readonly at: number;
  readonly subject: string;
  readonly message: string;
  readonly body: Json<object>;
}

export interface Letterhead {
  readonly secret: string;
  /** Signs as well until then, ms. */
  readonly secretBefore: string | null;
  readonly secretBeforeUntil: number | null;
}

export interface SignedPost {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Bytes of a body. What is longer goes without its data: the entity it is about has them. */
const longestBody = 64 * 1024;

/** The id under which a receiver knows the event: the same at every try, and when it is replayed. */
export const messageId = (event: number): string => `msg_${event}`;

/**
 * A CloudEvents 1.0 envelope, signed as Standard Webhooks has it: over id, time of this try and body, by each secret that holds now, the newest
 * first. `now` is ms.
 */
export function signedPost(told: Told, head: Letterhead, now: number): SignedPost {
  const id = messageId(told.event);
  const body = bounded(told, id);
  const at = new Date(now);
  const secrets = [head.secret, ...(isStillGood(head, now) ? [head.secretBefore] : [])];
  return {
    body,
    headers: {
      'content-type': 'application/cloudevents+json',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'cloud-agency',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now / 1_000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
    },
  };
}

const isStillGood = (head: Letterhead, now: number): head is Letterhead & { readonly secretBefore: string } =>
  head.secretBefore !== null && (head.secretBeforeUntil ?? 0) > now;

function bounded(told: Told, id: string): string {
  const whole = enveloped(told, id, { message: told.message, ...parsed(told.body) });
  if (Buffer.byteLength(whole) <= longestBody) return whole;
  return enveloped(told, id, { message: told.message.slice(0, 1_000), truncated: true });
}

function enveloped({ type, at, subject }: Told, id: string, data: object): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: '/',
    type,
    time: isoTime(at),
    timestamp: isoTime(at),
    subject,
    datacontenttype: 'application/json',
    data,
  });
}
