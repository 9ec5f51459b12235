import { Buffer } from 'node:buffer';
import type { VendorHttp } from '../../vendor/http.js';
import { JsonApi } from '../../vendor/json-api.js';
import { field, type Json, text } from '../../vendor/json.js';
import { malformed } from '../../vendor/refusal.js';
import { unlessGone } from '../../vendor/vendor-error.js';
import { told } from './errors.js';

export interface OnAppAccess {
  /** Of the control panel. */
  readonly endpoint: string;
  /** Of the user; or his e-mail address and his API key. */
  readonly username: string;
  readonly password: string;
}

const pageLength = 100;

/** A control panel: `/<path>.json`, everything wrapped in an object that names what it is. Paths here are without their ending. */
export class OnAppApi {
  private readonly json: JsonApi;

  constructor(http: VendorHttp, { endpoint, username, password }: OnAppAccess) {
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    this.json = new JsonApi(http, { base: `${endpoint.replace(/\/+$/, '')}/`, headers: { authorization }, told });
  }

  /** What stands under `root`; undefined when the cloud does not know it. */
  async get(path: string, root: string, region: string): Promise<Json | undefined> {
    const answer = await unlessGone(this.json.call({ method: 'GET', path: `${path}.json`, scope: region }));
    return answer === undefined ? undefined : under(answer, root);
  }

  /**
   * All of a list. Pages are asked for until one brings nothing new: old versions know none and answer everything each time, and how long a
   * page may be is the operator's affair.
   */
  async list(path: string, root: string, region: string): Promise<readonly Json[]> {
    const found = new Map<string, Json>();
    for (let page = 1; ; page += 1) {
      const url = `${path}.json?page=${page}&per_page=${pageLength}`;
      const items = await this.json.call({ method: 'GET', path: url, scope: region });
      if (!Array.isArray(items)) throw malformed(`the answer is no list of ${root}s`);
      const known = found.size;
      for (const item of items as readonly Json[]) {
        const thing = under(item, root);
        found.set(idOf(thing), thing);
      }
      if (found.size === known) return [...found.values()];
    }
  }

  /** What stands under `root` of the answer. */
  async post(path: string, body: object, root: string, region: string): Promise<Json> {
    return under(await this.json.call({ method: 'POST', path: `${path}.json`, body, scope: region }), root);
  }

  /** Has something done, whatever is answered. */
  async act(path: string, body: object, region: string): Promise<void> {
    await this.json.call({ method: 'POST', path: `${path}.json`, body, scope: region });
  }

  async put(path: string, body: object, region: string): Promise<void> {
    await this.json.call({ method: 'PUT', path: `${path}.json`, body, scope: region });
  }

  async delete(path: string, region: string): Promise<void> {
    await this.json.call({ method: 'DELETE', path: `${path}.json`, scope: region });
  }
}

function under(answer: Json, root: string): Json {
  const found = field(answer, root);
  if (typeof found === 'object' && found !== null) return found;
  throw malformed(`the answer is no ${root}`);
}

/** @throws VendorError unknown for what is nothing of a control panel's. */
export function idOf(thing: Json): string {
  const id = text(thing, 'id');
  if (id === undefined) throw malformed('something has no id');
  return id;
}
