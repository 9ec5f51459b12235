import { Buffer } from 'node:buffer';
import type { VendorHttp } from '../../vendor/http.js';
import { JsonApi, type JsonCall } from '../../vendor/json-api.js';
import { type Json, number, requiredList, text } from '../../vendor/json.js';
import { malformed } from '../../vendor/refusal.js';
import { asVendorError, unlessGone } from '../../vendor/vendor-error.js';
import { told } from './errors.js';

export interface FcoAccess {
  /** Without `/rest/user/…`. */
  readonly endpoint: string;
  readonly email: string;
  /** A UUID. */
  readonly customer: string;
  readonly password: string;
}

/** FCO API, FilterCondition. */
export interface Condition {
  readonly field: string;
  readonly condition: 'IS_EQUAL_TO' | 'CONTAINS';
  readonly value: string;
}

const pageLength = 200;

/** The user API of Flexiant Cloud Orchestrator: tokens, lists in pages, and jobs. */
export class FcoApi {
  private readonly json: JsonApi;
  private token: Promise<string> | undefined;

  constructor(
    http: VendorHttp,
    private readonly access: FcoAccess,
  ) {
    this.json = new JsonApi(http, { base: `${access.endpoint.replace(/\/+$/, '')}/rest/user/current/`, headers: {}, told });
  }

  /** A token that is not good any more is renewed once. */
  async call(call: JsonCall): Promise<Json> {
    const token = this.currentToken();
    try {
      return await this.json.call({ ...call, headers: basic(await token, '') });
    } catch (error) {
      if (asVendorError(error).reason !== 'bad-credentials') throw error;
      if (this.token === token) this.token = undefined;
      return await this.json.call({ ...call, headers: basic(await this.currentToken(), '') });
    }
  }

  /** Every resource of a type that meets the conditions, as fully as the API shows it. */
  async list(type: string, scope: string, conditions: readonly Condition[] = []): Promise<readonly Json[]> {
    const filterConditions = conditions.map(({ value, ...condition }) => ({ ...condition, value: [value] }));
    const found: Json[] = [];
    for (;;) {
      const from = found.length;
      const queryLimit = { from, to: from + pageLength - 1, maxRecords: pageLength, loadChildren: true };
      const page = await this.call({
        method: 'POST',
        path: `resources/${type}/list`,
        body: { searchFilter: { filterConditions }, queryLimit },
        scope,
        idempotent: true,
      });
      const items = requiredList(page, 'list');
      const total = number(page, 'totalCount');
      if (total === undefined) throw malformed(`the list of ${type} does not tell how many there are`);
      found.push(...items);
      if (items.length === 0 || found.length >= total) return found;
    }
  }

  /** Undefined when there is none (any more). */
  async get(type: string, id: string, scope: string): Promise<Json | undefined> {
    const found = await unlessGone(this.call({ method: 'GET', path: `resources/${type}/${encodeURIComponent(id)}`, scope }));
    if (found === undefined || text(found, 'resourceUUID') === id) return found;
    throw malformed(`the answer is not the ${type} that was asked for`);
  }

  /** Has something made; the UUID of what the job that answers is about. */
  async make(type: string, body: object, scope: string): Promise<string> {
    const job = await this.call({ method: 'POST', path: `resources/${type}`, body, scope });
    const item = text(job, 'itemUUID');
    if (item === undefined) throw malformed(`the job does not say which ${type} it makes`);
    return item;
  }

  async put(path: string, body: object, scope: string): Promise<Json> {
    return await this.call({ method: 'PUT', path: `resources/${path}`, body, scope });
  }

  async delete(type: string, id: string, scope: string): Promise<void> {
    await this.call({
      method: 'DELETE',
      path: `resources/${type}/${encodeURIComponent(id)}`,
      body: { cascade: true },
      scope,
    });
  }

  private currentToken(): Promise<string> {
    this.token ??= this.authenticate();
    return this.token;
  }

  /** VENDORS: Basic with `email/customerUUID`, then Basic with the token and no password. */
  private async authenticate(): Promise<string> {
    const { email, customer, password } = this.access;
    try {
      const answer = await this.json.call({
        method: 'GET',
        path: 'authentication',
        headers: basic(`${email}/${customer}`, password),
        scope: 'authentication',
      });
      const token = text(answer, 'publicToken');
      if (token === undefined) throw malformed('the answer has no publicToken');
      return token;
    } catch (error) {
      this.token = undefined;
      throw error;
    }
  }
}

const basic = (user: string, password: string): Readonly<Record<string, string>> => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
