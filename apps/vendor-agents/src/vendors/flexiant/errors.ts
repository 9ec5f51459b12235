import type { FailureReason } from '@cloud-agency/bus';
import { type Json, text } from '../../vendor/json.js';
import type { Told } from '../../vendor/refusal.js';

/** No document lists FCO's error codes: what they and the messages beside them say in plain words. */
const patterns: readonly (readonly [RegExp, FailureReason])[] = [
  [/limit|quota/i, 'quota'],
  [/insufficient|capacity|no suitable|not enough/i, 'no-capacity'],
  [/invalid.?state|children|in use|must not be running|is running/i, 'conflict'],
];

/** An error is `{"errorCode", "message"}` (buhanec/cloudify-flexiant-plugin, clients.py, for the message). */
export function told(body: Json, status: number): Told {
  const code = text(body, 'errorCode');
  const message = text(body, 'message')?.trim();
  return { reason: status === 401 || status >= 429 ? undefined : reasonIn(`${code ?? ''} ${message ?? ''}`), code, message };
}

const reasonIn = (said: string): FailureReason | undefined => patterns.find(([pattern]) => pattern.test(said))?.[1];
