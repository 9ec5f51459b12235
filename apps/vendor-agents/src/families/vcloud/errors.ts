import type { FailureReason } from '@cloud-agency/bus';
import type { HttpAnswer } from '../../vendor/http.js';
import type { Fault } from '../../vendor/port.js';
import type { Told } from '../../vendor/refusal.js';
import { parseXml, text, type XmlElement, type XmlNode } from '../../vendor/xml.js';

interface Rule {
  readonly says: RegExp;
  readonly means: FailureReason;
}

/**
 * What an Error element means, by its minorErrorCode and message. BUSY_ENTITY, DUPLICATE_NAME, OPERATION_LIMITS_EXCEEDED and
 * "No access to entity" (said of what does not exist) are seen in answers that others have recorded; no document lists all of them, so
 * quotas and resources are told by the words that the messages use.
 */
const rules: readonly Rule[] = [
  { says: /no access to entity|RESOURCE_NOT_FOUND/i, means: 'not-found' },
  {
    says: /BUSY_ENTITY|DUPLICATE_NAME|INVALID_STATE|is busy|(not|already) (powered|deployed|suspended|running)/i,
    means: 'conflict',
  },
  { says: /OPERATION_LIMITS_EXCEEDED|TOO_MANY_REQUESTS/i, means: 'rate-limited' },
  { says: /quota|limit (is |was )?(reached|exceeded)/i, means: 'quota' },
  {
    says: /insufficient|not enough|no capacity|out of (capacity|resources)|exceeds? the (available|remaining)/i,
    means: 'no-capacity',
  },
];

/** The reason that the words of a failure give away; undefined where they do not. */
export const reasonSaid = (words: string): FailureReason | undefined => rules.find(({ says }) => says.test(words))?.means;

/** The Error element of an answer that is a failure; vCloud Express may say it in the words of a page. */
export function toldBy({ body, status }: HttpAnswer): Told {
  const error = errorIn(body);
  const { code, message } = error ? saidBy(error) : { code: undefined, message: wordsOf(body) };
  // Who is not known, and who asks too often, the status alone tells.
  const reason = status === 401 || status === 429 ? undefined : reasonSaid(`${code ?? ''} ${message ?? ''}`);
  return { code, message, reason };
}

/** The fault that a failed task tells. */
export function faultBy(error: XmlNode | undefined): Fault {
  const { code, message } = saidBy(error ?? {});
  const reason = reasonSaid(`${code ?? ''} ${message ?? ''}`);
  return {
    reason: reason === 'no-capacity' || reason === 'quota' ? reason : 'boot-failed',
    code: code ?? null,
    message: message ?? 'the task has failed',
  };
}

const wordsOf = (page: string): string | undefined =>
  page
    .replace(/<(title|style|script)\b[^]*?<\/\1>|<[^>]*>/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200) || undefined;

const saidBy = (error: XmlNode) => ({ code: text(error, '@minorErrorCode'), message: text(error, '@message') });

function errorIn(body: string): XmlElement | undefined {
  try {
    return parseXml(body, 'Error');
  } catch {
    return undefined;
  }
}
