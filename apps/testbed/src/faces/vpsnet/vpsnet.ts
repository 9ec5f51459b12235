import { Refusal } from '../../cloud/refusal.js';
import { accessKeyOf } from '../credentials.js';
import type { Mishap } from '../mishap.js';
import type { Protocol, Said } from '../protocol.js';
import { basicCredentials } from '../request.js';

/** A failure: `{"errors": [[field, words]]}` for what was wrong with a request, words alone for the rest. */
export class VpsError extends Error {
  constructor(
    readonly status: number,
    readonly field: string,
    message: string,
    /** Seconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'VpsError';
  }
}

export const notFound = (): VpsError => new VpsError(404, 'base', 'Resource not found');
export const invalid = (field: string, message: string): VpsError => new VpsError(422, field, message);

export const vpsnet: Protocol = {
  admit(cloud, request) {
    const given = basicCredentials(request);
    if (given?.user !== `${cloud.name}@testbed.example` || given.password !== accessKeyOf(cloud.name).secret) throw denied();
  },
  mishap,
  failure(error) {
    const { status, field, message, retryAfter } = asVpsError(error);
    const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
    return { ...json({ errors: [[field, message]] }), status, headers };
  },
};

/** Of two kinds in the wild: 403 for a wrong key, 406 for credentials that cannot be read. */
const denied = (): VpsError => new VpsError(403, 'base', 'Invalid credentials');

function mishap(befallen: Mishap): VpsError {
  switch (befallen.kind) {
    case 'rate-limit':
      return new VpsError(429, 'base', 'Too many requests', befallen.retryAfter);
    case 'region-down':
      return new VpsError(503, 'base', 'The control panel is down for maintenance');
    case 'server-error':
      return new VpsError(500, 'base', 'Internal server error');
    case 'revoked':
      return denied();
  }
}

function asVpsError(error: unknown): VpsError {
  if (error instanceof VpsError) return error;
  if (!(error instanceof Refusal)) throw error;
  if (error.reason === 'quota') return invalid('slices_required', 'You do not have enough nodes available');
  if (error.reason === 'no-capacity') return invalid('base', 'Not enough resources available on this cloud');
  return new VpsError(409, 'base', error.message);
}

export const json = (content: unknown): Said => ({ type: 'application/json; charset=utf-8', body: JSON.stringify(content) });
