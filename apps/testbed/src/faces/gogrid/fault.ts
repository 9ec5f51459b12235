import { Refusal } from '../../cloud/refusal.js';
import type { Mishap } from '../mishap.js';

/** An error as GoGrid answers it: one object of the list, with the name of a Java exception for a code. */
export class GoGridFault extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Seconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'GoGridFault';
  }
}

export const invalid = (message: string): GoGridFault => new GoGridFault(400, 'IllegalArgumentException', message);

/** GoGrid has no 404 for things: jclouds' GoGridErrorHandler tells them by these words. */
export const notFound = (): GoGridFault => invalid('No object found that matches your input criteria.');

export const badCredentials = (): GoGridFault =>
  new GoGridFault(403, 'AuthenticationException', 'The API key or the signature is not valid.');

export function mishapFault(mishap: Mishap): GoGridFault {
  if (mishap.kind === 'rate-limit')
    return new GoGridFault(429, 'TooManyRequestsException', 'Too many requests.', mishap.retryAfter);
  if (mishap.kind === 'region-down')
    return new GoGridFault(503, 'ServiceUnavailableException', 'The service is temporarily unavailable.');
  if (mishap.kind === 'revoked') return badCredentials();
  return new GoGridFault(500, 'UnexpectedErrorException', 'An unexpected error has occurred.');
}

/** No document tells how GoGrid says these: the names follow those that are known. */
export function asFault(error: unknown): GoGridFault {
  if (error instanceof GoGridFault) return error;
  if (!(error instanceof Refusal)) throw error;
  if (error.reason === 'quota')
    return new GoGridFault(400, 'QuotaExceededException', `The quota of the account is exceeded. ${error.message}`);
  if (error.reason === 'no-capacity')
    return new GoGridFault(400, 'InsufficientCapacityException', `There is no capacity for this server. ${error.message}`);
  return new GoGridFault(400, 'IllegalStateException', error.message);
}
