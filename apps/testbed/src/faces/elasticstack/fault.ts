import { Refusal, type RefusalReason } from '../../cloud/refusal.js';
import type { Mishap } from '../mishap.js';

/** The words of the header X-Elastic-Error (HTTP API, Errors); a failure's body says the rest in a sentence. */
export type ElasticWord = 'usage' | 'auth' | 'billing' | 'missing' | 'method' | 'busy' | 'failed' | 'system' | 'full';

export class ElasticFault extends Error {
  constructor(
    readonly status: number,
    readonly word: ElasticWord,
    message: string,
    /** Seconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'ElasticFault';
  }
}

export const usage = (message: string): ElasticFault => new ElasticFault(400, 'usage', message);
export const missing = (what: string): ElasticFault => new ElasticFault(404, 'missing', `${what} could not be found`);
export const busy = (message: string): ElasticFault => new ElasticFault(409, 'busy', message);
export const denied = (): ElasticFault => new ElasticFault(401, 'auth', 'Authorisation required');
export const postOnly = (): ElasticFault => new ElasticFault(405, 'method', 'This command expects POST');
export const uncovered = (): ElasticFault =>
  new ElasticFault(402, 'billing', 'Your balance and subscriptions do not cover this command');

export const full = (): ElasticFault =>
  new ElasticFault(507, 'full', 'There are not enough resources left in the availability zone');

/** The documents know no limit on the number of calls: whatever stands before the API says it as HTTP does. */
export function mishapFault(befallen: Mishap): ElasticFault {
  switch (befallen.kind) {
    case 'rate-limit':
      return new ElasticFault(429, 'busy', 'Too many requests', befallen.retryAfter);
    case 'region-down':
      return new ElasticFault(503, 'system', 'The availability zone cannot be reached');
    case 'server-error':
      return new ElasticFault(500, 'system', 'System error');
    case 'revoked':
      return denied();
  }
}

const refusals: Partial<Readonly<Record<RefusalReason, (message: string) => ElasticFault>>> = {
  quota: uncovered,
  'no-capacity': full,
};

/** What the protocol has no word for is thrown on. */
export function asFault(error: unknown): ElasticFault {
  if (error instanceof ElasticFault) return error;
  if (!(error instanceof Refusal)) throw error;
  return (refusals[error.reason] ?? busy)(error.message);
}
