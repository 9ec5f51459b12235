import type { FailureReason } from '@cloud-agency/bus';
import type { VendorHttp } from '../../vendor/http.js';
import { type Json, list, text } from '../../vendor/json.js';
import { JsonApi, type JsonCall } from '../../vendor/json-api.js';
import { malformed, type Told } from '../../vendor/refusal.js';
import { asVendorError } from '../../vendor/vendor-error.js';

export interface BrightboxCredentials {
  readonly endpoint: string;
  readonly client: string;
  readonly secret: string;
}

/** Brightbox API 1.0: JSON over HTTP, with a token that an API client gets for its secret ("Authentication"). */
export class BrightboxApi {
  private readonly api: JsonApi;
  private token: Promise<string> | undefined;

  constructor(
    http: VendorHttp,
    private readonly credentials: BrightboxCredentials,
  ) {
    this.api = new JsonApi(http, { base: credentials.endpoint.replace(/\/+$/, ''), headers: {}, told });
  }

  /** @param path below /1.0. A token that is refused is renewed once. */
  async call(scope: string, method: JsonCall['method'], path: string, body?: object): Promise<Json> {
    const call = { method, path: `/1.0${path}`, scope, ...(body === undefined ? {} : { body }) };
    const token = this.current();
    try {
      return await this.ask(call, await token);
    } catch (error) {
      if (asVendorError(error).reason !== 'bad-credentials') throw error;
      if (this.token === token) this.token = undefined;
      return await this.ask(call, await this.current());
    }
  }

  /** A collection: a list without an envelope, and without pages. @throws VendorError unknown for anything else. */
  async list(scope: string, path: string): Promise<readonly Json[]> {
    const found = await this.call(scope, 'GET', path);
    if (!Array.isArray(found)) throw malformed(`the answer to ${path} is no list`);
    return found as readonly Json[];
  }

  private async ask(call: JsonCall, token: string): Promise<Json> {
    return await this.api.call({ ...call, headers: { authorization: `OAuth ${token}` } });
  }

  /** Callers at the same time share one request for it; one that fails is not kept. */
  private current(): Promise<string> {
    this.token ??= this.logIn().catch((error: unknown) => {
      this.token = undefined;
      throw error;
    });
    return this.token;
  }

  private async logIn(): Promise<string> {
    const { client, secret } = this.credentials;
    const answer = await this.api.call({
      method: 'POST',
      path: '/token',
      scope: 'account',
      idempotent: true,
      headers: { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}` },
      body: { client_id: client, grant_type: 'none' },
    });
    const token = text(answer, 'access_token');
    if (token === undefined) throw malformed('the answer has no access_token');
    return token;
  }
}

/** `{"error_name": …, "errors": […]}`; of the token, as OAuth 2 has it (RFC 6749, 5.2), `{"error": …, "error_description": …}`. */
function told(body: Json, status: number): Told {
  const words = list(body, 'errors').filter((error) => typeof error === 'string');
  const message = words.length > 0 ? words.join('; ') : text(body, 'error_description');
  const code = text(body, 'error_name') ?? text(body, 'error');
  const failedLogin = status === 400 && code !== undefined && /^(invalid_client|unauthorized_client|invalid_grant)$/.test(code);
  return { reason: failedLogin ? 'bad-credentials' : inWords(`${code ?? ''} ${message ?? ''}`, status), code, message };
}

/** A limit of the account is `Forbidden` too; there is no code for a zone that is full, which may be said with any status. */
function inWords(said: string, status: number): FailureReason | undefined {
  if (status === 401 || status === 429) return undefined;
  if (/capacity|insufficient|no (room|space|host)/i.test(said)) return 'no-capacity';
  if (status >= 500) return undefined;
  if (/limit (reached|exceeded)|quota|exceed.*limit/i.test(said)) return 'quota';
  return status === 422 ? 'invalid-request' : undefined;
}
