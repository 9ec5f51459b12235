import { Refusal } from '../../cloud/refusal.js';
import type { Mishap } from '../mishap.js';

/** CloudSigma API 2.0, Errors: the types there are. */
type FaultType = 'validation' | 'notexist' | 'backend' | 'permission' | 'concurrency' | 'billing';

/** An error as CloudSigma answers it: one object of a list. */
export class CloudSigmaFault extends Error {
  constructor(
    readonly status: number,
    readonly type: FaultType,
    message: string,
    /** The field at fault. */
    readonly point: string | null = null,
    /** Seconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'CloudSigmaFault';
  }
}

export const invalid = (message: string, point: string | null = null): CloudSigmaFault =>
  new CloudSigmaFault(400, 'validation', message, point);
export const notFound = (uuid: string): CloudSigmaFault =>
  new CloudSigmaFault(404, 'notexist', `Object with uuid ${uuid} does not exist`);
export const forbidden = (message: string): CloudSigmaFault => new CloudSigmaFault(403, 'permission', message);
/** Two operations on one thing at once: to be tried again. */
export const busy = (message: string): CloudSigmaFault => new CloudSigmaFault(503, 'concurrency', message);
export const unauthorized = (): CloudSigmaFault =>
  new CloudSigmaFault(401, 'permission', 'Authentication error: the credentials are incorrect or missing.');

export function mishapFault(mishap: Mishap): CloudSigmaFault {
  if (mishap.kind === 'rate-limit')
    return new CloudSigmaFault(429, 'permission', 'The call rate limit is exceeded.', null, mishap.retryAfter);
  if (mishap.kind === 'region-down') return new CloudSigmaFault(503, 'backend', 'The system is temporarily unavailable.');
  if (mishap.kind === 'revoked') return unauthorized();
  return new CloudSigmaFault(500, 'backend', 'There was a problem completing the request on the backend.');
}

/** Response Status Codes: 402 where there is not enough for a start, 503 when the system is out of capacity. */
export function asFault(error: unknown): CloudSigmaFault {
  if (error instanceof CloudSigmaFault) return error;
  if (!(error instanceof Refusal)) throw error;
  if (error.reason === 'quota') return new CloudSigmaFault(402, 'billing', `Not enough funds or quota: ${error.message}`);
  if (error.reason === 'no-capacity')
    return new CloudSigmaFault(503, 'backend', `The system is out of capacity: ${error.message}`);
  return forbidden(error.message);
}
