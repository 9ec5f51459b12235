import type { FastifyError, FastifyReply } from 'fastify';
import { Refusal } from '../../cloud/refusal.js';
import { accessKeyOf } from '../credentials.js';
import type { Mishap } from '../mishap.js';
import type { Protocol, Said } from '../protocol.js';
import { regionOfRequest } from './places.js';

/** A failure: an envelope like any other, of the response type ERROR. The class names what the server's own exception was. */
export class RimuError extends Error {
  constructor(
    readonly status: number,
    readonly errorClass: string,
    message: string,
    /** Seconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'RimuError';
  }
}

export const notFound = (what: string): RimuError => new RimuError(404, 'NotFoundException', `There is no ${what}.`);
export const invalid = (message: string): RimuError => new RimuError(400, 'InvalidArgumentException', message);

/** Whoever gives no key may look at distributions and plans, and at nothing else; a wrong key opens nothing at all. */
export const rimuhosting: Protocol = {
  admit(cloud, request) {
    const given = request.headers.authorization;
    if (given === undefined && /\/r\/(distributions|pricing-plans)\b/.test(request.url)) return;
    const [, key] = /^rimuhosting apikey=(.*)$/.exec(given ?? '') ?? [];
    if (key !== accessKeyOf(cloud.name).secret) throw denied(given);
  },
  regionOf: regionOfRequest,
  mishap,
  failure,
};

/** Below one key that tells the kind of the answer: what it is about, beside how it went. */
export const said = (root: string, message: string | null, content: Readonly<Record<string, unknown>>): Said =>
  json({ [root]: { ...envelope(200, null), response_type: 'OK', human_readable_message: message, ...content } });

/** What Fastify itself refuses, such as a body that is no JSON. */
export function sendFramed(reply: FastifyReply, { statusCode = 500, message }: FastifyError): FastifyReply {
  const { status, type, body } = failure(statusCode < 500 ? new RimuError(statusCode, 'WebApplicationException', message) : down);
  return reply
    .code(status ?? statusCode)
    .type(type)
    .send(body);
}

const down = new RimuError(500, 'RuntimeException', 'Something went wrong. We have been told of it.');

const denied = (given: string | undefined): RimuError =>
  given === undefined
    ? new RimuError(403, 'LoginRequired', 'You need to log in, or provide an API key.')
    : new RimuError(403, 'PermissionException', 'The API key is not valid.');

function mishap(befallen: Mishap): RimuError {
  switch (befallen.kind) {
    case 'rate-limit':
      return new RimuError(429, 'TooManyRequestsException', 'Too many requests.', befallen.retryAfter);
    case 'region-down':
      return new RimuError(503, 'ServiceUnavailableException', 'The host servers cannot be reached at present.');
    case 'server-error':
      return down;
    case 'revoked':
      return denied('a key');
  }
}

function failure(error: unknown): Said {
  const { status, errorClass, message, retryAfter } = asRimuError(error);
  const info = { error_class: errorClass, human_readable_message: message };
  const body = { ...envelope(status, info), response_type: 'ERROR', human_readable_message: message };
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return { ...json({ jaxrs_response: body }), status, headers };
}

function asRimuError(error: unknown): RimuError {
  if (error instanceof RimuError) return error;
  if (!(error instanceof Refusal)) throw error;
  if (error.reason === 'quota')
    return new RimuError(400, 'OrderLimitException', 'You have reached the limit on the number of servers that you may have.');
  if (error.reason === 'no-capacity')
    return new RimuError(
      400,
      'HostResourcesException',
      'No host server at that location has enough resources available for this server.',
    );
  return new RimuError(409, 'IllegalStateException', error.message);
}

const envelope = (status: number, errorInfo: object | null) => ({
  status_message: null,
  status_code: status,
  error_info: errorInfo,
  response_display_duration_type: 'REGULAR',
});

const json = (content: unknown): Said => ({ type: 'application/json', body: JSON.stringify(content) });
