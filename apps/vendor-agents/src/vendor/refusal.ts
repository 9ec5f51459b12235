import type { FailureReason } from '@cloud-agency/bus';
import { type HttpAnswer, retryAfterMs } from './http.js';
import { VendorError } from './vendor-error.js';
import { excerpt } from './xml.js';

/** What an answer's body says of a failure, as far as it says anything. */
export interface Told {
  /** Where the body says more than the status does. */
  readonly reason?: FailureReason | undefined;
  /** The vendor's own. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

const byStatus: Readonly<Record<number, FailureReason>> = {
  401: 'bad-credentials',
  403: 'forbidden',
  404: 'not-found',
  408: 'timeout',
  409: 'conflict',
  410: 'not-found',
  429: 'rate-limited',
};

/** What a status means where the protocol says nothing else (RFC 9110, 15). */
export function reasonOfStatus(status: number): FailureReason {
  if (status >= 500) return 'unavailable';
  return byStatus[status] ?? (status >= 400 ? 'invalid-request' : 'unknown');
}

/** The failure that an answer tells: what its body says before what its status does, with the wait that the vendor asks for. */
export function refusalOf(answer: HttpAnswer, told: Told = {}): VendorError {
  const wait = retryAfterMs(answer);
  const message = told.message ?? `status ${answer.status}: ${excerpt(answer.body)}`;
  return new VendorError(told.reason ?? reasonOfStatus(answer.status), message, {
    code: told.code ?? String(answer.status),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}

/** An answer that is not what the protocol promises: nobody knows what the call has done. */
export const malformed = (what: string): VendorError => new VendorError('unknown', what, { code: 'malformed' });

export const isSuccess = ({ status }: HttpAnswer): boolean => status >= 200 && status <= 299;
