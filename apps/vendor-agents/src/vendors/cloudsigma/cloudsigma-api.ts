import type { FailureReason } from '@cloud-agency/bus';
import type { VendorHttp } from '../../vendor/http.js';
import { field, type Json, number, requiredList, text } from '../../vendor/json.js';
import { JsonApi, type JsonCall } from '../../vendor/json-api.js';
import { malformed, type Told } from '../../vendor/refusal.js';
import { unlessGone } from '../../vendor/vendor-error.js';

export interface CloudSigmaAccess {
  /** Without a slash at its end; `{region}` stands for the region. */
  readonly endpoint: string;
  readonly username: string;
  readonly password: string;
}

/** CloudSigma's API 2.0: one host for each region, and JSON both ways. */
export class CloudSigmaApi {
  private readonly regions = new Map<string, JsonApi>();

  constructor(
    private readonly http: VendorHttp,
    private readonly access: CloudSigmaAccess,
  ) {}

  async call(region: string, method: JsonCall['method'], path: string, body?: object): Promise<Json> {
    const call = { method, path, scope: region };
    return await this.in(region).call(body === undefined ? call : { ...call, body });
  }

  /** Undefined when there is none of this id. */
  async one(region: string, path: string): Promise<Json | undefined> {
    return await unlessGone(this.call(region, 'GET', path));
  }

  /** All of a list: a limit of 0 asks for the whole (General Notes, Listing), and an answer may hold less all the same. */
  async all(region: string, path: string): Promise<readonly Json[]> {
    const found: Json[] = [];
    for (;;) {
      const page = await this.call(region, 'GET', `${path}?limit=0&offset=${found.length}`);
      const things = requiredList(page, 'objects');
      found.push(...things);
      if (things.length === 0 || found.length >= (number(page, 'meta', 'total_count') ?? 0)) return found;
    }
  }

  /** What a call has made: alone, or the first of its `objects`. */
  async make(region: string, path: string, body: object): Promise<Json> {
    const made = await this.call(region, 'POST', path, body);
    const thing = field(made, 'objects') === undefined ? made : requiredList(made, 'objects')[0];
    if (text(thing, 'uuid') === undefined || thing === undefined)
      throw malformed(`the answer does not say what ${path} has made`);
    return thing;
  }

  private in(region: string): JsonApi {
    const known = this.regions.get(region);
    if (known) return known;
    const { endpoint, username, password } = this.access;
    const api = new JsonApi(this.http, {
      base: endpoint.replace('{region}', encodeURIComponent(region)),
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
      told: toldOf,
    });
    this.regions.set(region, api);
    return api;
  }
}

/** Errors, Types. A state that forbids an operation is a matter of permission there; a full cloud could not be checked. */
const reasons: Readonly<Record<string, FailureReason>> = {
  validation: 'invalid-request',
  notexist: 'not-found',
  concurrency: 'conflict',
  billing: 'quota',
  payment: 'quota',
};

function toldOf(body: Json, status: number): Told {
  const error = Array.isArray(body) ? (body as readonly Json[])[0] : body;
  const [code, message] = [text(error, 'error_type'), text(error, 'error_message')];
  return { reason: reasonOf(code, message ?? '', status), code, message };
}

function reasonOf(type: string | undefined, message: string, status: number): FailureReason | undefined {
  if (status === 401) return 'bad-credentials';
  if (status === 429) return 'rate-limited';
  if (type === 'permission' && / state\b/i.test(message)) return 'conflict';
  if (type === 'backend' && /capacity/i.test(message)) return 'no-capacity';
  return reasons[type ?? ''];
}
