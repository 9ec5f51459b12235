import { Refusal, type RefusalReason } from '../../cloud/refusal.js';
import type { Mishap } from '../mishap.js';
import { RpcFailure } from '../rpc-routes.js';

/** `faultCode` is the class of an exception; most are of one class, and only their words tell them apart ("Exception Handling in the SoftLayer API"). */
export const exception = (kind: string, message: string): RpcFailure =>
  new RpcFailure(kind === '' ? 'SoftLayer_Exception' : `SoftLayer_Exception_${kind}`, message);

export const notFound = (id: unknown): RpcFailure =>
  exception('ObjectNotFound', `Unable to find object with id of '${String(id)}'.`);

export const missing = (property: string, of: string): RpcFailure =>
  exception('MissingCreationProperty', `The property '${property}' must be set to create an instance of '${of}'.`);

export const invalid = (message: string): RpcFailure => exception('InvalidValue', message);

export const outstanding = (): RpcFailure =>
  exception('Public', 'There is currently an outstanding transaction for this server.');

export const unauthenticated = (): RpcFailure => exception('Public', 'Invalid API token.');

/** xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php */
export const unreadable = new RpcFailure(-32_700, 'parse error. not well formed');

export function mishapFailure(mishap: Mishap): RpcFailure {
  switch (mishap.kind) {
    case 'rate-limit':
      return new RpcFailure('SoftLayer_Exception_WebService_RateLimitExceeded', 'Rate limit exceeded.', 429, mishap.retryAfter);
    case 'region-down':
      return new RpcFailure(
        'SoftLayer_Exception_Public',
        'An error has occurred while processing your request. Please try again later.',
        503,
      );
    case 'server-error':
      return new RpcFailure('SoftLayer_Exception_Public', 'Internal Error', 500);
    case 'revoked':
      return unauthenticated();
  }
}

/** The words for room are those that IBM's documents quote; those for quotas are not documented. */
const words: Partial<Readonly<Record<RefusalReason, (message: string) => RpcFailure>>> = {
  'no-capacity': () =>
    exception(
      'Public',
      "Could not place order. There are insufficient resources behind router 'bcr01a' to fulfill the request for the following guests.",
    ),
  quota: (message) =>
    exception('Public', `Could not place order. The account has reached its limit of computing instances: ${message}.`),
  'wrong-state': (message) => exception('Public', message),
};

export function failureOf(error: unknown): RpcFailure {
  if (error instanceof RpcFailure) return error;
  const say = error instanceof Refusal ? words[error.reason] : undefined;
  if (!say) throw error;
  return say((error as Refusal).message);
}
