import { Refusal } from '../../cloud/refusal.js';
import { accessKeyOf } from '../credentials.js';
import type { Mishap } from '../mishap.js';
import type { Protocol, Said } from '../protocol.js';
import { basicCredentials } from '../request.js';
import { escaped } from './xml.js';

/** A failure as the framework behind the API tells it: `<errors><error>…</error></errors>`, or for some statuses words alone. */
export class SliceError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Seconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'SliceError';
  }
}

export const notFound = (what: string): SliceError => new SliceError(404, `Couldn't find ${what}`);

export const slicehost: Protocol = {
  admit(cloud, request) {
    const given = basicCredentials(request);
    if (given?.user !== accessKeyOf(cloud.name).secret || given.password !== '') throw denied();
  },
  mishap,
  failure(error) {
    const { status, message, retryAfter } = asSliceError(error);
    const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
    if (status === 401)
      return {
        status,
        type: 'text/plain',
        body: 'HTTP Basic: Access denied.\n',
        headers: { 'www-authenticate': 'Basic realm="Slicehost"' },
      };
    return { ...document(`<errors>\n  <error>${escaped(message)}</error>\n</errors>`), status, headers };
  },
};

const denied = (): SliceError => new SliceError(401, 'Access denied');

function mishap(befallen: Mishap): SliceError {
  switch (befallen.kind) {
    case 'rate-limit':
      return new SliceError(429, 'Rate limit exceeded', befallen.retryAfter);
    case 'region-down':
      return new SliceError(503, 'Down for maintenance');
    case 'server-error':
      return new SliceError(500, 'Internal Server Error');
    case 'revoked':
      return denied();
  }
}

function asSliceError(error: unknown): SliceError {
  if (error instanceof SliceError) return error;
  if (!(error instanceof Refusal)) throw error;
  if (error.reason === 'quota') return new SliceError(422, 'You have reached your slice limit');
  if (error.reason === 'no-capacity') return new SliceError(422, 'There is no capacity for this slice size at present');
  return new SliceError(409, error.message);
}

export const document = (xml: string): Said => ({
  type: 'application/xml; charset=utf-8',
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${xml}\n`,
});
