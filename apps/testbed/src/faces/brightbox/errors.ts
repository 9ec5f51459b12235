import { Refusal, type Words } from '../../cloud/refusal.js';
import type { Mishap } from '../mishap.js';

/**
 * A refusal: `error_name` and `errors`, or for what concerns tokens `error` and `error_description` (Brightbox API 1.0, Errors).
 * Of the names only `forbidden` is known from a recorded answer; the others are simulated.
 */
export class BrightboxError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The scheme that the client is asked to authenticate with; then it is an error of OAuth. */
    readonly challenge?: 'Basic' | 'OAuth',
    /** Seconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'BrightboxError';
  }

  get body() {
    return this.challenge
      ? { error: this.code, error_description: this.message }
      : { error_name: this.code, errors: [this.message] };
  }
}

export const notFound = (): BrightboxError =>
  new BrightboxError(404, 'missing_resource', 'Resource not found using supplied identifier');
export const invalid = (message: string): BrightboxError => new BrightboxError(422, 'unprocessable_entity', message);
export const conflict = (message: string): BrightboxError => new BrightboxError(409, 'resource_conflict', message);
export const invalidToken = (): BrightboxError =>
  new BrightboxError(401, 'invalid_token', 'The OAuth token can not be found', 'OAuth');

/** Basic authentication of the client itself. */
export const invalidClient = (): BrightboxError =>
  new BrightboxError(
    401,
    'invalid_client',
    'The client identifier provided is invalid, or the client failed to authenticate.',
    'Basic',
  );

/** @param revoked what is said to a client that is nobody any more. */
export function mishapError(mishap: Mishap, revoked: () => BrightboxError): BrightboxError {
  if (mishap.kind === 'revoked') return revoked();
  if (mishap.kind === 'rate-limit')
    return new BrightboxError(429, 'too_many_requests', 'Rate limit exceeded', undefined, mishap.retryAfter);
  if (mishap.kind === 'region-down') return new BrightboxError(503, 'service_unavailable', 'The service is unavailable');
  return new BrightboxError(500, 'internal_server_error', 'Something went wrong');
}

const limit = (): BrightboxError =>
  new BrightboxError(403, 'forbidden', 'Account limit reached, please contact support for more information');

export const words: Words = {
  quota: limit,
  'no-capacity': () => new BrightboxError(503, 'insufficient_capacity', 'There is not enough capacity in the zone'),
  'in-use': conflict,
  'wrong-state': conflict,
};

export function asBrightboxError(error: unknown): BrightboxError {
  if (error instanceof BrightboxError) return error;
  if (error instanceof Refusal) return conflict(error.message);
  throw error;
}
