import { Refusal, type RefusalReason } from '../../cloud/refusal.js';
import type { Mishap } from '../mishap.js';

/** Ruby on Rails' usual errors: what is wrong by field, or a list of sentences. */
export class OnAppError extends Error {
  constructor(
    readonly status: number,
    readonly errors: Readonly<Record<string, readonly string[]>> | readonly string[],
    /** Seconds. */
    readonly retryAfter?: number,
  ) {
    super(JSON.stringify(errors));
    this.name = 'OnAppError';
  }
}

export const notFound = (): OnAppError => new OnAppError(404, ['Resource not found']);
export const unauthorised = (): OnAppError => new OnAppError(401, ['You need to sign in before continuing.']);
export const forbidden = (): OnAppError => new OnAppError(403, ['You do not have permissions for this action.']);
/** Of the request as a whole, or of one field. */
export const unprocessable = (problem: string, field = 'base'): OnAppError => new OnAppError(422, { [field]: [problem] });

export function mishapError(mishap: Mishap): OnAppError {
  switch (mishap.kind) {
    case 'rate-limit':
      return new OnAppError(429, ['Too many requests'], mishap.retryAfter);
    case 'region-down':
      return new OnAppError(503, ['Service Unavailable']);
    case 'revoked':
      return unauthorised();
    case 'server-error':
      return new OnAppError(500, ['Internal Server Error']);
  }
}

/** The sentences are the face's own. */
const sentences: Partial<Readonly<Record<RefusalReason, string>>> = {
  quota: 'You have reached your virtual server limit',
  'no-capacity': 'There is no hypervisor with enough free resources',
  'wrong-state': 'Action is not available in the current state of the virtual server',
};

/** @throws what is neither an answer of the API nor a refusal of the cloud. */
export function asOnAppError(error: unknown): OnAppError {
  if (error instanceof OnAppError) return error;
  if (!(error instanceof Refusal)) throw error;
  return unprocessable(sentences[error.reason] ?? error.message);
}
