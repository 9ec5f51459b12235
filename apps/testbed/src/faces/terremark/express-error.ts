import { Refusal } from '../../cloud/refusal.js';
import { escaped } from '../markup.js';
import type { Mishap } from '../mishap.js';

/**
 * A refusal of vCloud Express. It has no documents for them: the service was a web server of its time, which says the status and what is
 * wrong in a page, and clients looked for its words (fog, models/shared/server.rb; VCL, tmrk.pm: «401 - Unauthorized»).
 */
export class ExpressError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Seconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'ExpressError';
  }
}

export const badRequest = (message: string): ExpressError => new ExpressError(400, message);
export const unauthorized = (): ExpressError => new ExpressError(401, 'Access is denied due to invalid credentials.');
export const notFound = (what: string): ExpressError => new ExpressError(404, `${what} was not found.`);
/** What a state does not allow is an internal error to it. */
export const wrongState = (what: string): ExpressError => new ExpressError(500, what);

export function mishapError(mishap: Mishap): ExpressError {
  if (mishap.kind === 'rate-limit') return new ExpressError(429, 'There were too many requests.', mishap.retryAfter);
  if (mishap.kind === 'region-down') return new ExpressError(503, 'The service is unavailable.');
  if (mishap.kind === 'revoked') return unauthorized();
  return new ExpressError(500, 'There is a problem with the resource you are looking for, and it cannot be displayed.');
}

export function asExpressError(error: unknown): ExpressError {
  if (error instanceof ExpressError) return error;
  if (!(error instanceof Refusal)) throw error;
  if (error.reason === 'quota') return new ExpressError(403, `The quota of virtual machines has been reached. ${error.message}`);
  if (error.reason === 'no-capacity') return new ExpressError(409, `There are insufficient resources. ${error.message}`);
  return wrongState(error.message);
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'File or directory not found',
  409: 'Conflict',
  429: 'Too Many Requests',
  500: 'Internal server error',
  503: 'Service Unavailable',
};

export function errorPage({ status, message }: ExpressError): string {
  const title = `${status} - ${titles[status] ?? 'Error'}`;
  return `<html><head><title>${title}</title></head><body><h2>${title}</h2><p>${escaped(message)}</p></body></html>`;
}
