import type { FailureReason } from '@cloud-agency/bus';
import { isSuccess, refusalOf } from '../../vendor/refusal.js';
import type { HttpAnswer } from '../../vendor/http.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { readRpcAnswer, type RpcFault, type RpcValue } from '../../vendor/xml-rpc.js';

/** The last two digits of a fault of data: its cause. They agree with the words `(CAUSE_…)` of its message. */
const causes: Readonly<Record<number, FailureReason>> = {
  35: 'quota',
  39: 'conflict',
  41: 'conflict',
  42: 'not-found',
  50: 'forbidden',
  60: 'conflict',
  68: 'conflict',
};
const ofServer = 1;
/** The object of an account, OBJECT_ACCOUNT: 510150 is the fault of a wrong key (gandi.cli, core/base.py). */
const account = 101;

/** What the digits do not tell. Which words mean that a data centre is full is not documented. */
const words: readonly (readonly [RegExp, FailureReason])[] = [
  // The fault of a key that cannot be one names the pattern of all keys, and the key.
  [/\^\[a-z0-9\]\{24\}\$/, 'bad-credentials'],
  [/quota|not enough credits/i, 'quota'],
  [/capacity|no (more )?room|not enough (resources|space)|is full/i, 'no-capacity'],
];

/** @throws VendorError as the answer tells; malformed for what is no answer of XML-RPC. */
export function valueOf(answer: HttpAnswer): RpcValue {
  if (!isSuccess(answer)) throw refusalOf(answer, faultIn(answer));
  const told = readRpcAnswer(answer.body);
  if ('fault' in told) throw failureOf(told.fault);
  return told.value;
}

/** Six digits: whose fault it is (1 the server's, 5 the data's), of which object, by which cause (Gandi wiki, Error codes format). */
function failureOf({ code, message }: RpcFault): VendorError {
  const reason = words.find(([pattern]) => pattern.test(message))?.[1] ?? reasonOf(Number(code));
  // It may repeat the key.
  const told = reason === 'bad-credentials' ? 'Gandi does not know the API key; check api_key of the account' : message;
  return new VendorError(reason, told, { code });
}

function reasonOf(code: number): FailureReason {
  const [whose, object, cause] = [Math.floor(code / 100_000), Math.floor(code / 100) % 1_000, code % 100];
  if (whose === ofServer) return 'unavailable';
  if (cause === 50 && object === account) return 'bad-credentials';
  return causes[cause] ?? 'invalid-request';
}

/** What stands before the API answers with a status of HTTP; now and then with a fault in the body too. */
function faultIn(answer: HttpAnswer): Partial<RpcFault> {
  try {
    const told = readRpcAnswer(answer.body);
    return 'fault' in told ? told.fault : {};
  } catch {
    return {};
  }
}
