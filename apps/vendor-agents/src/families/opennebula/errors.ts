import type { FailureReason } from '@cloud-agency/bus';
import type { Fault } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';

/** The error codes of the XML-RPC API, and what they mean to a caller. */
const reasons: Readonly<Record<number, FailureReason>> = {
  0x01_00: 'bad-credentials',
  0x02_00: 'forbidden',
  0x04_00: 'not-found',
  0x08_00: 'conflict',
  0x10_00: 'invalid-request',
  0x20_00: 'unknown',
  0x40_00: 'invalid-request',
  0x80_00: 'conflict',
};

/** OpenNebula says with AUTHORIZATION or ALLOCATE that a quota or a datastore is used up: only the words tell. */
const words: readonly (readonly [RegExp, FailureReason])[] = [
  [/quota/i, 'quota'],
  [/not enough (capacity|space)|no space/i, 'no-capacity'],
  [/already taken|in use|leases|is attached/i, 'conflict'],
];

export function failureOf(code: number, message: string): VendorError {
  const isAmbiguous = code === 0x02_00 || code === 0x40_00 || code === 0x20_00;
  const told = isAmbiguous ? words.find(([pattern]) => pattern.test(message))?.[1] : undefined;
  return new VendorError(told ?? reasons[code] ?? 'unknown', message, { code: String(code) });
}

/** An XML-RPC fault: the method is not there, or takes other arguments (xmlrpc-epi's codes: -506 and -501), or the core has failed. */
export function faultFailure(code: string, message: string): VendorError {
  return new VendorError(['-506', '-501'].includes(code) ? 'invalid-request' : 'unavailable', message, { code });
}

/** The scheduler writes why a machine stays pending into SCHED_MESSAGE, the drivers write what went wrong into ERROR. */
export function bootFault(schedulerMessage: string | undefined, error: string | undefined): Fault {
  const isFull = /capacity|no (system )?(host|datastore)s?|cannot dispatch/i;
  if (schedulerMessage !== undefined && error === undefined && isFull.test(schedulerMessage))
    return { reason: 'no-capacity', code: 'SCHED_MESSAGE', message: schedulerMessage };
  return { reason: 'boot-failed', code: null, message: error ?? 'OpenNebula does not say why' };
}
