import type { FailureReason } from '@cloud-agency/bus';
import type { HttpAnswer, VendorHttp } from '../../vendor/http.js';
import { isSuccess, malformed, refusalOf } from '../../vendor/refusal.js';
import type { VendorError } from '../../vendor/vendor-error.js';
import { parseXml, text, type XmlElement } from '../../vendor/xml.js';
import { signatureOf } from './signature.js';

export interface HapiAccount {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly key: string;
  readonly secret: string;
}

/** Codes of all methods below 100, of those for devices from there on (hAPI documentation, "Method Specific Error Codes"). */
const reasons: Readonly<Record<string, FailureReason>> = {
  '1': 'bad-credentials',
  '9': 'forbidden',
  '100': 'not-found',
  '110': 'invalid-request',
  '201': 'conflict',
};

/** What a failure's words say before its code does: an action that failed (201) has its reason in parentheses. */
const words: readonly (readonly [RegExp, FailureReason])[] = [
  [/quota|limit (of|on|has|reached|exceeded)|maximum number/i, 'quota'],
  [/capacity|not enough|insufficient|no .*inventory|inventory .*unavailable/i, 'no-capacity'],
  [/too many requests|rate limit/i, 'rate-limited'],
];

/** Every call is a GET of the same URL with signed parameters; whether it went well is told by `stat` of the answer, whatever its status. */
export class Hapi {
  constructor(
    private readonly http: VendorHttp,
    private readonly account: HapiAccount,
    private readonly now: () => number,
  ) {}

  /** What only looks, and may be asked again. */
  async read(method: string, scope: string, parameters: Readonly<Record<string, string>> = {}): Promise<XmlElement> {
    return await this.call(method, scope, parameters, true);
  }

  async change(method: string, scope: string, parameters: Readonly<Record<string, string>>): Promise<XmlElement> {
    return await this.call(method, scope, parameters, false);
  }

  close(): void {
    this.http.close();
  }

  private async call(
    method: string,
    scope: string,
    given: Readonly<Record<string, string>>,
    idempotent: boolean,
  ): Promise<XmlElement> {
    const { endpoint, key, secret } = this.account;
    const timestamp = new Date(this.now()).toISOString().replace(/\.\d+Z$/, '+0000');
    const parameters = { ...given, method, key, timestamp };
    const query = new URLSearchParams({ ...parameters, api_sig: signatureOf(secret, parameters) });
    const url = `${endpoint}/?${query.toString()}`;
    return contentOf(await this.http.send({ method: 'GET', url, scope, idempotent }));
  }
}

/** @throws VendorError as the answer tells, or unknown for one that says neither that it went well nor that it did not. */
function contentOf(answer: HttpAnswer): XmlElement {
  const response = isSuccess(answer) ? parseXml(answer.body, 'rsp') : responseOr(answer);
  const stat = text(response, '@stat');
  if (stat === 'ok' && isSuccess(answer)) return response;
  if (stat === undefined) throw malformed('the answer does not say whether it went well');
  throw failureOf(answer, response);
}

/** Of a failure by its status, which may be a proxy's. */
function responseOr(answer: HttpAnswer): XmlElement {
  try {
    return parseXml(answer.body, 'rsp');
  } catch {
    throw refusalOf(answer);
  }
}

function failureOf(answer: HttpAnswer, response: XmlElement): VendorError {
  const [code, message = 'Voxel does not say why'] = [text(response, 'err', '@code'), text(response, 'err', '@msg')];
  const told = words.find(([pattern]) => pattern.test(message))?.[1];
  const reason = (code === '1' ? undefined : told) ?? reasons[code ?? ''] ?? (isSuccess(answer) ? 'invalid-request' : undefined);
  return refusalOf(answer, { reason, code, message });
}
