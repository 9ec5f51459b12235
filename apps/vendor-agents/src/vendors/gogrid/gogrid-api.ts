import type { FailureReason } from '@cloud-agency/bus';
import { createHash } from 'node:crypto';
import type { HttpAnswer, VendorHttp } from '../../vendor/http.js';
import { type Json, list, number, parseJson, requiredList, text } from '../../vendor/json.js';
import { isSuccess, refusalOf, type Told } from '../../vendor/refusal.js';

export interface GoGridAccess {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly apiKey: string;
  readonly secret: string;
}

export type Params = Readonly<Record<string, string>>;

/** As many as a list gives of its own accord from version 1.7 on (grid.server.list, `num_items`). */
const pageSize = 100;

/**
 * GoGrid's API 1.8, in JSON. A call that changes something is a POST with its parameters in the body (Anatomy of a GoGrid API Call, HTTP API
 * Request).
 */
export class GoGridApi {
  constructor(
    private readonly http: VendorHttp,
    private readonly access: GoGridAccess,
    private readonly now: () => number,
  ) {}

  /** What a call by GET lists, on its first page. */
  async read(method: string, params: Params, scope: string): Promise<readonly Json[]> {
    return requiredList(await this.get(method, params, scope), 'list');
  }

  /** All pages of a list: `page` counts from 0, and the summary says how many things there are. */
  async all(method: string, params: Params, scope: string): Promise<readonly Json[]> {
    const found: Json[] = [];
    for (let page = 0; ; page += 1) {
      const answer = await this.get(method, { ...params, num_items: String(pageSize), page: String(page) }, scope);
      const things = requiredList(answer, 'list');
      found.push(...things);
      if (things.length === 0 || found.length >= (number(answer, 'summary', 'total') ?? 0)) return found;
    }
  }

  /** What a call that changes something gives back. */
  async change(method: string, params: Params, scope: string): Promise<readonly Json[]> {
    const answer = await this.http.send({
      method: 'POST',
      url: `${this.access.endpoint}/${method}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: this.signed(params).toString(),
      scope,
      idempotent: false,
    });
    return requiredList(bodyOf(answer), 'list');
  }

  private async get(method: string, params: Params, scope: string): Promise<Json> {
    const url = `${this.access.endpoint}/${method}?${this.signed(params).toString()}`;
    return bodyOf(await this.http.send({ method: 'GET', url, scope, idempotent: true }));
  }

  private signed(params: Params): URLSearchParams {
    const { apiKey, secret } = this.access;
    const sig = signatureOf(apiKey, secret, this.now());
    return new URLSearchParams({ ...params, api_key: apiKey, sig, v: '1.8', format: 'json' });
  }
}

/** MD5 of key, secret and Unix time; good for ten minutes before and after (Anatomy of a GoGrid API Call, Signature). */
export const signatureOf = (apiKey: string, secret: string, now: number): string =>
  createHash('md5')
    .update(`${apiKey}${secret}${Math.floor(now / 1_000)}`)
    .digest('hex');

function bodyOf(answer: HttpAnswer): Json {
  if (!isSuccess(answer)) throw refusalOf(answer, toldOf(refusedBody(answer.body), answer.status));
  const body = parseJson(answer.body);
  if (text(body, 'status') !== 'failure') return body;
  throw refusalOf(answer, { reason: 'invalid-request', ...toldOf(body, answer.status) });
}

function refusedBody(body: string): Json {
  try {
    return parseJson(body);
  } catch {
    return null;
  }
}

/** 401 is a key whose role may not do this, 403 a bad key or signature (each method's page, Error Codes). */
const statusReasons: Readonly<Record<number, FailureReason>> = { 401: 'forbidden', 403: 'bad-credentials' };

/** The documents name one code, IllegalArgumentException; others are taken by what they say. */
const codeReasons: readonly (readonly [RegExp, FailureReason])[] = [
  [/capacity/i, 'no-capacity'],
  [/quota|limitexceeded/i, 'quota'],
  [/illegalstate/i, 'conflict'],
];

function toldOf(body: Json, status: number): Told {
  const [error] = list(body, 'list');
  const code = text(error, 'errorcode');
  const reason = statusReasons[status] ?? codeReasons.find(([pattern]) => pattern.test(code ?? ''))?.[1];
  return { ...(reason ? { reason } : {}), code, message: text(error, 'message') };
}
