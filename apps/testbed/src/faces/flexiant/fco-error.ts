import { Refusal, type RefusalReason } from '../../cloud/refusal.js';
import type { Mishap } from '../mishap.js';

/** What the API answers in place of a result: `{"errorCode", "message"}`. The codes are the face's own; clients read `message`. */
export class FcoError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Seconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'FcoError';
  }
}

export const badRequest = (message: string): FcoError => new FcoError(400, 'INVALID_PARAMETERS', message);
export const notFound = (what: string): FcoError => new FcoError(404, 'RESOURCE_NOT_FOUND', `${what} does not exist`);
export const unauthorised = (): FcoError => new FcoError(401, 'AUTHENTICATION_FAILED', 'Authentication failed');

export function mishapError(mishap: Mishap): FcoError {
  switch (mishap.kind) {
    case 'rate-limit':
      return new FcoError(429, 'SERVER_BUSY', 'Server busy', mishap.retryAfter);
    case 'region-down':
      return new FcoError(503, 'SERVICE_UNAVAILABLE', 'The service is unavailable');
    case 'revoked':
      return unauthorised();
    case 'server-error':
      return new FcoError(500, 'INTERNAL_ERROR', 'An internal error has occurred');
  }
}

const refusals: Partial<Readonly<Record<RefusalReason, { readonly status: number; readonly code: string }>>> = {
  quota: { status: 403, code: 'LIMIT_EXCEEDED' },
  'no-capacity': { status: 400, code: 'INSUFFICIENT_RESOURCES' },
};

/** @throws what is neither an answer of the API nor a refusal of the cloud. */
export function asFcoError(error: unknown): FcoError {
  if (error instanceof FcoError) return error;
  if (!(error instanceof Refusal)) throw error;
  const { status, code } = refusals[error.reason] ?? { status: 409, code: 'INVALID_STATE' };
  return new FcoError(status, code, error.message);
}
