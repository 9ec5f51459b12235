import type { HttpAnswer, HttpCall, VendorHttp } from './http.js';
import { type Json, parseJson } from './json.js';
import { isSuccess, malformed, refusalOf, type Told } from './refusal.js';

export interface JsonApiOptions {
  /** Without a slash at its end. */
  readonly base: string;
  /** What proves who asks, and what else the vendor wants with every call. */
  readonly headers: Readonly<Record<string, string>>;
  /** What a failure's body says; null for one that is no JSON. */
  readonly told: (body: Json, status: number) => Told;
}

export interface JsonCall {
  readonly method: HttpCall['method'];
  /** Below the base, or a whole URL of the same origin, as a link of a page gives it. */
  readonly path: string;
  readonly body?: object;
  readonly scope: string;
  /** Whether asking twice is the same as asking once; every method but POST unless told otherwise. */
  readonly idempotent?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A vendor's JSON over HTTP: what is common to all of them. */
export class JsonApi {
  constructor(
    private readonly http: VendorHttp,
    private readonly options: JsonApiOptions,
  ) {}

  /**
   * The body of a success; null when there is none.
   * @throws VendorError as the vendor tells, or unknown for what is not JSON.
   */
  async call(call: JsonCall): Promise<Json> {
    const { base, headers, told } = this.options;
    const answer = await this.http.send({
      method: call.method,
      url: this.urlOf(call.path, base),
      headers: {
        accept: 'application/json',
        ...(call.body ? { 'content-type': 'application/json' } : {}),
        ...headers,
        ...call.headers,
      },
      ...(call.body ? { body: JSON.stringify(call.body) } : {}),
      scope: call.scope,
      idempotent: call.idempotent ?? call.method !== 'POST',
    });
    if (!isSuccess(answer)) throw refusalOf(answer, told(bodyOf(answer), answer.status));
    return answer.body.trim() === '' ? null : parseJson(answer.body);
  }

  /** Credentials go to no other host than the account's. */
  private urlOf(path: string, base: string): string {
    if (!/^https?:\/\//.test(path)) return base + path;
    if (new URL(path).origin === new URL(base).origin) return path;
    throw malformed(`the answer leads to another host: ${new URL(path).host}`);
  }
}

function bodyOf(answer: HttpAnswer): Json {
  try {
    return parseJson(answer.body);
  } catch {
    return null;
  }
}
