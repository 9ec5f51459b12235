import type { FailureReason } from '@cloud-agency/bus';
import type { HttpAnswer } from '../../vendor/http.js';
import { type Json, number, text } from '../../vendor/json.js';
import { refusalOf, type Told } from '../../vendor/refusal.js';
import { VendorError } from '../../vendor/vendor-error.js';

/** ApiErrorCode (CloudStack source, api/…/ApiErrorCode.java). */
const byCode: Readonly<Record<number, FailureReason>> = {
  401: 'bad-credentials',
  405: 'invalid-request',
  429: 'rate-limited',
  430: 'invalid-request',
  431: 'invalid-request',
  432: 'invalid-request',
  530: 'unavailable',
  531: 'forbidden',
  532: 'quota',
  533: 'no-capacity',
  534: 'unavailable',
  535: 'quota',
  536: 'conflict',
  537: 'conflict',
};

/** Codes under which CloudStack also tells what has a reason of its own, only in words. */
const vague = [430, 431, 530, 534];

/** The first that fits. There is no list of these messages: they are what the managers of the source throw. */
const byWords: readonly (readonly [RegExp, FailureReason])[] = [
  [/entity does not exist|(doesn'?t|does not) exist|unable to find|cannot find|can't find|no \S+ found|not found/i, 'not-found'],
  [/insufficient|no capacity|not enough capacity|unable to create a deployment/i, 'no-capacity'],
  [/maximum (number|amount) of resources|limit.*exceeded|exceeds? .*limit/i, 'quota'],
  [
    /\bstate\b|already (attached|exists?|in use|destroyed)|is attached|in use|not (all|attached)|has (vms|instances|nics)|being/i,
    'conflict',
  ],
];

/** The failure that an answer tells with a status of its own and `{"<command>response": {"errorcode", "cserrorcode", "errortext"}}`. */
export const refused = (answer: HttpAnswer, body: Json | undefined): VendorError => refusalOf(answer, told(body, answer.status));

/** The failure in the result of a job that has failed. */
export function jobFailure(result: Json | undefined, code: number | undefined): VendorError {
  const {
    reason = 'unknown',
    code: ownCode,
    message = 'the job has failed and CloudStack does not say why',
  } = told(result, code);
  return new VendorError(reason, message, ownCode === undefined ? {} : { code: ownCode });
}

function told(body: Json | undefined, fallback: number | undefined): Told {
  const code = number(body, 'errorcode') ?? fallback;
  const message = text(body, 'errortext');
  if (code === undefined) return { message };
  const inWords = vague.includes(code) ? byWords.find(([words]) => words.test(message ?? ''))?.[1] : undefined;
  return { reason: inWords ?? byCode[code], code: String(code), message };
}
