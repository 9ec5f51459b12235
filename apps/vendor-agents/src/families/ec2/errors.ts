import type { FailureReason } from '@cloud-agency/bus';
import { type HttpAnswer, retryAfterMs } from '../../vendor/http.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { excerpt, list, parseXml, text, type XmlNode } from '../../vendor/xml.js';

/** EC2 API reference, "Error codes for the Amazon EC2 API": client errors, then server errors. */
const reasons: Readonly<Record<string, FailureReason>> = {
  InsufficientInstanceCapacity: 'no-capacity',
  InsufficientHostCapacity: 'no-capacity',
  InsufficientReservedInstanceCapacity: 'no-capacity',
  InsufficientAddressCapacity: 'no-capacity',
  InsufficientCapacity: 'no-capacity',
  // stateReason of a spot machine that its market took back.
  SpotInstanceTermination: 'no-capacity',
  SpotInstanceShutdown: 'no-capacity',
  InsufficientFreeAddressesInSubnet: 'no-capacity',
  InsufficientVolumeCapacity: 'no-capacity',
  VolumeTypeNotAvailableInZone: 'no-capacity',
  // The type is not to be had in this zone: another offer may be.
  Unsupported: 'no-capacity',
  InstanceLimitExceeded: 'quota',
  VcpuLimitExceeded: 'quota',
  ResourceCountExceeded: 'quota',
  MaxSpotInstanceCountExceeded: 'quota',
  // The spot price rose above the quoted one.
  SpotMaxPriceTooLow: 'price-changed',
  AuthFailure: 'bad-credentials',
  InvalidClientTokenId: 'bad-credentials',
  UnrecognizedClientException: 'bad-credentials',
  SignatureDoesNotMatch: 'bad-credentials',
  MissingAuthenticationToken: 'bad-credentials',
  // Nimbus.
  MissingClientTokenId: 'bad-credentials',
  IncompleteSignature: 'bad-credentials',
  RequestExpired: 'bad-credentials',
  UnauthorizedOperation: 'forbidden',
  // A machine or an interface that is protected, or managed by another service.
  OperationNotPermitted: 'forbidden',
  OptInRequired: 'forbidden',
  PendingVerification: 'forbidden',
  Blocked: 'forbidden',
  RequestLimitExceeded: 'rate-limited',
  Throttling: 'rate-limited',
  EC2ThrottledException: 'rate-limited',
  ConcurrentTagAccess: 'rate-limited',
  ConcurrentSnapshotLimitExceeded: 'rate-limited',
  SnapshotCreationPerVolumeRateExceeded: 'rate-limited',
  ConcurrentCreateImageNoRebootLimitExceeded: 'rate-limited',
  IdempotentParameterMismatch: 'conflict',
  IncorrectInstanceState: 'conflict',
  IncorrectState: 'conflict',
  VolumeInUse: 'conflict',
  DependencyViolation: 'conflict',
  InternalError: 'unavailable',
  InternalFailure: 'unavailable',
  ServiceUnavailable: 'unavailable',
  Unavailable: 'unavailable',
  RequestTimeout: 'unavailable',
};

const patterns: readonly (readonly [RegExp, FailureReason])[] = [
  [/NotFound$/, 'not-found'],
  [/(Duplicate|\.InUse|\.Conflict|AlreadyAssociated)$/, 'conflict'],
  [/LimitExceeded$/, 'quota'],
  [/^(Invalid|Missing|Malformed|Unknown|Unsupported)/, 'invalid-request'],
];

/** A device name or index that is taken is told in words only. */
const taken = /already in use|currently in use|already has an interface attached/i;

/** So is that a machine is in no state for it (AssociateAddress). */
const unfit = /not in a valid state/i;

/** An answer that is not 2xx: `Response/Errors/Error/{Code,Message}`, CloudWatch's `ErrorResponse/Error`, or whatever a proxy on the way wrote. */
export function ec2Error(answer: HttpAnswer): VendorError {
  const evidence = errorElement(answer.body);
  const code = evidence && text(evidence, 'Code');
  const message = (evidence && text(evidence, 'Message')) ?? `status ${answer.status}: ${excerpt(answer.body)}`;
  const wait = retryAfterMs(answer);
  return new VendorError(code === undefined ? reasonOfStatus(answer.status) : reasonOf(code, message), message, {
    code: code ?? String(answer.status),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}

function reasonOf(code: string, message: string): FailureReason {
  if (code === 'InvalidParameterValue' && taken.test(message)) return 'conflict';
  if (code === 'InvalidInstanceID' && unfit.test(message)) return 'conflict';
  return code === 'GeneralError' ? generalReason(message) : ec2Reason(code);
}

/**
 * Nimbus has one code for whatever fails behind its frontend (QueryError, GeneralError), and says in words what it was: no node with room
 * (scheduler/defaults/ResourcepoolUtil), more than the group may run (groupauthz, DecisionLogic), a type that there is not
 * (DefaultResourceAllocations). What those say otherwise, nobody knows the effect of.
 */
const generalReason = (message: string): FailureReason =>
  generalWords.find(([pattern]) => pattern.test(message))?.[1] ?? 'unknown';

const generalWords: readonly (readonly [RegExp, FailureReason])[] = [
  [/no resource pool has an applicable entry|not currently available/i, 'no-capacity'],
  [/exceeds the maximum|too many CPUs|too much time/i, 'quota'],
  [/You may only/, 'forbidden'],
  [/unknown instance type|invalid instance ID/i, 'invalid-request'],
];

export function ec2Reason(code: string): FailureReason {
  return reasons[code] ?? patterns.find(([pattern]) => pattern.test(code))?.[1] ?? 'unknown';
}

function errorElement(body: string): XmlNode | undefined {
  try {
    const response = parseXml(body, 'Response', 'ErrorResponse');
    return list(response, ['Errors'], 'Error')[0] ?? list(response, [], 'Error')[0];
  } catch {
    return undefined;
  }
}

function reasonOfStatus(status: number): FailureReason {
  if (status === 401) return 'bad-credentials';
  if (status === 403) return 'forbidden';
  if (status === 429) return 'rate-limited';
  if (status >= 500) return 'unavailable';
  return status >= 400 ? 'invalid-request' : 'unknown';
}
