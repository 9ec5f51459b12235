import { Refusal, type RefusalReason } from '../../cloud/refusal.js';
import type { Mishap } from '../mishap.js';
import { RpcFailure } from '../rpc-routes.js';

/** What a fault is about, and why, by the numbers of Gandi's "Fault codes" (doc.rpc.gandi.net/errors/fault_codes.html). */
const objects = {
  STRING: 12,
  STRUCT: 15,
  METHOD: 16,
  KEY: 17,
  INTEGER: 10,
  ACCOUNT: 101,
  OPERATION: 102,
  HOSTING_ACCOUNT: 300,
  VM: 302,
  DISK: 304,
  IMAGE: 325,
  DATACENTER: 327,
} as const;
const causes = {
  TYPE: 10,
  EXPECTED: 32,
  QUOTA_REACHED: 35,
  BADPARAMETER: 37,
  ATTACHED: 39,
  EXIST: 41,
  NOTFOUND: 42,
  NORIGHT: 50,
  DATACENTER: 51,
  DISABLED: 54,
  STATE: 60,
  RUNNING: 68,
  CANNOT_SHRINK: 95,
  NOT_ATTACHED: 98,
} as const;

export type FaultObject = keyof typeof objects;
export type FaultCause = keyof typeof causes;

const ofData = 5;

/** Six digits: whose fault it is, the object (three), the cause (two). */
export function fault(object: FaultObject, cause: FaultCause, message: string): RpcFailure {
  const code = ofData * 100_000 + objects[object] * 100 + causes[cause];
  return new RpcFailure(code, `Error on object : OBJECT_${object} (CAUSE_${cause}) [${message}]`);
}

export const invalidKey = (): RpcFailure => fault('ACCOUNT', 'NORIGHT', 'Invalid API key');

export const unreadable = new RpcFailure(-32_700, 'parse error. not well formed');

/** Of the server (1), its application (500): nobody knows why. */
const internal = 'Error on object : OBJECT_APPLICATION (CAUSE_UNKNOWN) [Internal Server Error]';

export function mishapFailure(mishap: Mishap): RpcFailure {
  switch (mishap.kind) {
    case 'rate-limit':
      return new RpcFailure(
        160_004,
        'Error on object : OBJECT_SERVICE (CAUSE_TOOMANY) [Too many requests]',
        429,
        mishap.retryAfter,
      );
    case 'region-down':
      return new RpcFailure(160_005, 'Error on object : OBJECT_SERVICE (CAUSE_UNAVAILABLE) [Service unavailable]', 503);
    case 'server-error':
      return new RpcFailure(150_000, internal, 500);
    case 'revoked':
      return invalidKey();
  }
}

/** Which words a refusal is said in is not documented: these are the codes whose meaning comes nearest. */
const words: Readonly<Record<RefusalReason, (message: string) => RpcFailure>> = {
  quota: (message) => fault('HOSTING_ACCOUNT', 'QUOTA_REACHED', message),
  'no-capacity': (message) => fault('DATACENTER', 'DISABLED', message),
  'wrong-state': (message) => fault('VM', 'STATE', message),
  'in-use': (message) => fault('DISK', 'ATTACHED', message),
  taken: (message) => fault('DISK', 'EXIST', message),
  'other-zone': (message) => fault('DISK', 'DATACENTER', message),
  'out-of-range': (message) => fault('DISK', 'BADPARAMETER', message),
};

export function failureOf(error: unknown): RpcFailure {
  if (error instanceof RpcFailure) return error;
  if (error instanceof Refusal) return words[error.reason](error.message);
  throw error;
}
