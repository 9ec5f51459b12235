import type { FailureReason } from '@cloud-agency/bus';
import { type HttpAnswer, retryAfterMs } from '../../vendor/http.js';
import type { Fault } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { entries, type Json, text } from '../../vendor/json.js';

/**
 * Compute API guide, "Faults": `{"<name>": {"code": …, "message": …}}`; Keystone says `{"error": {…}}`, Neutron
 * `{"NeutronError": {"type": …, "message": …}}`; Glance may answer in HTML.
 */
export function novaError(answer: HttpAnswer): VendorError {
  const [name, fault] = entries(parsed(answer.body))[0] ?? [String(answer.status), undefined];
  const message = text(fault, 'message') ?? `status ${answer.status}: ${answer.body.slice(0, 200).trim() || '(nothing)'}`;
  const wait = retryAfterMs(answer);
  const code = text(fault, 'type') ?? name;
  return new VendorError(byCode[code] ?? reasonOf(answer.status, message), message, {
    code,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}

const byStatus: Readonly<Record<number, FailureReason>> = {
  401: 'bad-credentials',
  403: 'forbidden',
  404: 'not-found',
  408: 'timeout',
  409: 'conflict',
  413: 'rate-limited',
  429: 'rate-limited',
};

/** Neutron's exceptions whose status (409) says less than they do. */
const byCode: Readonly<Record<string, FailureReason>> = {
  OverQuota: 'quota',
  IpAddressGenerationFailure: 'no-capacity',
  ExternalIpAddressExhausted: 'no-capacity',
};

const full = /no valid host|not enough hosts|insufficient|no hosts available/i;
/** Cinder, and Nova on its behalf, tell with 400 that a volume is in another state than the call needs. */
const inAnotherState = /status must be|must not be .*attached|already attached/i;

function reasonOf(status: number, message: string): FailureReason {
  const told = inWords(status, message);
  if (told !== undefined) return told;
  if (status >= 500) return 'unavailable';
  return byStatus[status] ?? (status >= 400 ? 'invalid-request' : 'unknown');
}

/** 403 is both a policy and a quota; 413 was the rate limit and the quota of older releases (Over-limit fault). */
function inWords(status: number, message: string): FailureReason | undefined {
  if ((status === 403 || status === 413) && /quota/i.test(message)) return 'quota';
  if (status !== 400) return undefined;
  if (full.test(message)) return 'no-capacity';
  return inAnotherState.test(message) ? 'conflict' : undefined;
}

/** `fault` of a server in ERROR. Nova tells a full cloud only in words. */
export function faultOf(server: Json): Fault {
  const message = text(server, 'fault', 'message') ?? 'the server went to ERROR and the cloud does not say why';
  return { reason: faultReason(message), code: text(server, 'fault', 'code') ?? null, message };
}

function faultReason(message: string): Fault['reason'] {
  if (full.test(message)) return 'no-capacity';
  return /quota/i.test(message) ? 'quota' : 'boot-failed';
}

function parsed(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return null;
  }
}
