import type { FailureReason } from '@cloud-agency/bus';
import type { HttpAnswer } from '../../vendor/http.js';
import { isSuccess, reasonOfStatus, refusalOf, type Told } from '../../vendor/refusal.js';
import { readRpcAnswer, type RpcFault, type RpcValue } from '../../vendor/xml-rpc.js';

/** Exceptions by their names, which a fault has for its code (softlayer.github.io, the error handling of each method). */
const exceptions: readonly (readonly [RegExp, FailureReason])[] = [
  [/_ObjectNotFound$/, 'not-found'],
  [/_InvalidLegacyToken$|_LoginFailed$|_Unauthorized$/, 'bad-credentials'],
  [/_PermissionDenied$|_Access(Denied)?$/, 'forbidden'],
  [/RateLimit/, 'rate-limited'],
  [/InsufficientCapacity/, 'no-capacity'],
  [/InProgress$|ActiveTransaction/, 'conflict'],
  [/_InvalidValue$|_Missing\w+$|_Order_Invalid\w+$/, 'invalid-request'],
  // Those of XML-RPC itself: the server's own, and the client's (softlayer-python, transports/xmlrpc.py).
  [/^-32(603|500|400|300)$/, 'unavailable'],
  [/^-32\d{3}$/, 'invalid-request'],
];

/** What a `SoftLayer_Exception` or `SoftLayer_Exception_Public` is about, only its words tell. */
const words: readonly (readonly [RegExp, FailureReason])[] = [
  [/invalid api token|access denied/i, 'bad-credentials'],
  [/active transaction|in progress|power ?state|currently/i, 'conflict'],
  [/insufficient|not enough|no capacity|capacity/i, 'no-capacity'],
  [/quota|maximum number|limit of|exceed/i, 'quota'],
];

/** @throws VendorError as the answer tells; malformed for what is no answer of XML-RPC. */
export function valueOf(answer: HttpAnswer): RpcValue {
  if (!isSuccess(answer)) throw refusalOf(answer, toldIn(answer));
  const told = readRpcAnswer(answer.body);
  if ('fault' in told) throw refusalOf(answer, tellingOf(told.fault));
  return told.value;
}

function tellingOf({ code, message }: RpcFault): Told & { readonly reason: FailureReason } {
  const known = exceptions.find(([pattern]) => pattern.test(code)) ?? words.find(([pattern]) => pattern.test(message));
  const reason = known?.[1] ?? 'invalid-request';
  const told = reason === 'bad-credentials' ? 'SoftLayer does not know the user or the API key' : message;
  return { reason, code, message: told };
}

/** A fault may come with a status of its own: what the server says of itself counts for more than what it says of the request. */
function toldIn(answer: HttpAnswer): Told {
  try {
    const read = readRpcAnswer(answer.body);
    if (!('fault' in read)) return {};
    const told = tellingOf(read.fault);
    return told.reason === 'invalid-request' ? { ...told, reason: reasonOfStatus(answer.status) } : told;
  } catch {
    return {};
  }
}
