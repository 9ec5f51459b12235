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
  [/(Duplicate|\.InUse|\.Conflict)$/, 'conflict'],
  [/LimitExceeded$/, 'quota'],
  [/^(Invalid|Missing|Malformed|Unknown|Unsupported)/, 'invalid-request'],
];

/** A device name or index that is taken is told in words only. */
const taken = /already in use|currently in use|already has an interface attached/i;

/** An answer that is not 2xx: `Response/Errors/Error/{Code,Message}`, or whatever a proxy on the way wrote. */
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

const reasonOf = (code: string, message: string): FailureReason =>
  code === 'InvalidParameterValue' && taken.test(message) ? 'conflict' : ec2Reason(code);

export function ec2Reason(code: string): FailureReason {
  return reasons[code] ?? patterns.find(([pattern]) => pattern.test(code))?.[1] ?? 'unknown';
}

function errorElement(body: string): XmlNode | undefined {
  try {
    return list(parseXml(body, 'Response'), ['Errors'], 'Error')[0];
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
