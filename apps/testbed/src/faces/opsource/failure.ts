import { Refusal } from '../../cloud/refusal.js';
import type { Mishap } from '../mishap.js';

/**
 * What can go wrong at OpSource, whichever of its two API versions is asked: each has words of its own for it. `gateway` is what stands
 * before both of them: it answers with pages, and by status alone.
 */
export type Trouble =
  | 'not-found'
  | 'busy'
  | 'started'
  | 'stopped'
  | 'invalid'
  | 'limit'
  | 'resources'
  | 'media-type'
  | 'denied'
  | 'forbidden'
  | 'gateway';

export class OpsourceError extends Error {
  constructor(
    readonly trouble: Trouble,
    message: string,
    readonly gateway?: { readonly status: number; readonly retryAfter?: number },
  ) {
    super(message);
    this.name = 'OpsourceError';
  }
}

export const noServer = (id: string): OpsourceError => new OpsourceError('not-found', `Server ${id} not found.`);
export const invalid = (message: string): OpsourceError => new OpsourceError('invalid', message);
export const denied = (): OpsourceError => new OpsourceError('denied', 'This request requires HTTP authentication ().');

export function mishapError(mishap: Mishap): OpsourceError {
  switch (mishap.kind) {
    case 'rate-limit':
      return new OpsourceError('gateway', 'Too Many Requests', { status: 429, retryAfter: mishap.retryAfter });
    case 'region-down':
      return new OpsourceError('gateway', 'Service Unavailable', { status: 503 });
    case 'server-error':
      return new OpsourceError('gateway', 'Internal Server Error', { status: 500 });
    case 'revoked':
      return denied();
  }
}

export function asOpsourceError(error: unknown): OpsourceError {
  if (error instanceof OpsourceError) return error;
  if (!(error instanceof Refusal)) throw error;
  if (error.reason === 'quota') return new OpsourceError('limit', `The limit of servers is exceeded: ${error.message}`);
  if (error.reason === 'no-capacity') return new OpsourceError('resources', `Insufficient resources: ${error.message}`);
  return new OpsourceError('busy', `The server is busy: ${error.message}`);
}
