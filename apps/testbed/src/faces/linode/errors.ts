import type { Words } from '../../cloud/refusal.js';
import { Refusal } from '../../cloud/refusal.js';
import type { Mishap } from '../mishap.js';

/** A refusal in the words of the API (Linode API v4, Errors): a status, and a reason that may name a field of the request. */
export class LinodeError extends Error {
  constructor(
    readonly status: number,
    reason: string,
    readonly field?: string,
    /** Seconds. */
    readonly retryAfter?: number,
  ) {
    super(reason);
    this.name = 'LinodeError';
  }

  get body() {
    return { errors: [{ reason: this.message, ...(this.field === undefined ? {} : { field: this.field }) }] };
  }
}

export const badRequest = (reason: string, field?: string): LinodeError => new LinodeError(400, reason, field);
export const notFound = (): LinodeError => new LinodeError(404, 'Not found');
export const invalidToken = (): LinodeError => new LinodeError(401, 'Invalid Token');
export const busy = (): LinodeError => badRequest('Linode busy.');

export function mishapError(mishap: Mishap): LinodeError {
  if (mishap.kind === 'rate-limit') return new LinodeError(429, 'Too many requests', undefined, mishap.retryAfter);
  if (mishap.kind === 'region-down') return new LinodeError(503, 'Service Unavailable');
  if (mishap.kind === 'revoked') return invalidToken();
  return new LinodeError(500, 'Internal Server Error');
}

/** Full is said in the words of the old API (linode.create, error 8), which the new one handed down. */
export const placing: Words = {
  quota: () => badRequest('Account Limit reached. Please open a support ticket.'),
  'no-capacity': () => badRequest('No open slots for this plan!'),
};

export function asLinodeError(error: unknown): LinodeError {
  if (error instanceof LinodeError) return error;
  if (error instanceof Refusal) return error.reason === 'wrong-state' ? busy() : badRequest(error.message);
  throw error;
}
