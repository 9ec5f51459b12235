import { setTimeout as delay } from 'node:timers/promises';
import type { HttpAnswer, VendorHttp } from '../../vendor/http.js';
import { entries, field, type Json, list, number, parseJson, text } from '../../vendor/json.js';
import { isSuccess, malformed } from '../../vendor/refusal.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { jobFailure, refused } from './errors.js';
import { type Params, signedQuery } from './signature.js';

export interface CloudStackAccount {
  /** The API itself, e.g. `https://cloud.example.org/client/api`. */
  readonly endpoint: string;
  readonly apiKey: string;
  readonly secretKey: string;
}

export interface Command {
  /** As the API reference writes it, e.g. `listZones`. */
  readonly command: string;
  readonly params?: Readonly<Record<string, string | undefined>>;
  /** What breaks together: a zone. */
  readonly scope: string;
}

/** The most that CloudStack puts on one page unless its operator allows more (global setting `default.page.size`). */
const pageSize = 500;
const longestGet = 4_096;

/** How long a job is waited for, and how often it is looked at, ms. */
const patienceMs = 2_000;
const lookEveryMs = 100;

/** The CloudStack API of one account: commands, lists and asynchronous jobs. */
export class CloudStackApi {
  constructor(
    private readonly account: CloudStackAccount,
    private readonly http: VendorHttp,
  ) {}

  /**
   * What stands inside `<command>response`.
   * @throws VendorError
   */
  async call({ command, params = {}, scope }: Command): Promise<Json> {
    const idempotent = /^(list|query|get)/.test(command);
    const given = Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const all: Params = { ...Object.fromEntries(given), command, apiKey: this.account.apiKey, response: 'json' };
    const query = signedQuery(all, this.account.secretKey);
    // What is long travels in the body: user data in a URL may be cut off on its way (deployVirtualMachine, userdata).
    const inBody = query.length > longestGet;
    const answer = await this.http.send({
      method: inBody ? 'POST' : 'GET',
      url: inBody ? this.account.endpoint : `${this.account.endpoint}?${query}`,
      headers: { accept: 'application/json', ...(inBody ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
      ...(inBody ? { body: query } : {}),
      scope,
      idempotent,
    });
    return contentOf(answer);
  }

  /** All pages of a list, whose things stand under `name`; CloudStack leaves an empty list out. */
  async list(command: Command, name: string): Promise<readonly Json[]> {
    const found: Json[] = [];
    for (let page = 1; ; page += 1) {
      const params = { ...command.params, page: String(page), pagesize: String(pageSize) };
      const answer = await this.call({ ...command, params });
      const things = list(answer, name);
      found.push(...things);
      if (things.length === 0 || found.length >= (number(answer, 'count') ?? 0)) return found;
    }
  }

  /** Begins what takes its time, and returns as soon as CloudStack has taken it. Only `id` says what it makes. */
  async begin(command: Command): Promise<{ readonly id: string | undefined; readonly job: string }> {
    const answer = await this.call(command);
    const job = text(answer, 'jobid');
    if (job === undefined) throw malformed(`${command.command} was answered without a job`);
    return { id: text(answer, 'id'), job };
  }

  /**
   * Begins what is usually done in a moment and waits for its end.
   * @throws VendorError conflict, under way, when it takes longer: ask again.
   */
  async finish(command: Command): Promise<Json> {
    const { job } = await this.begin(command);
    for (let waited = 0; waited < patienceMs; waited += lookEveryMs) {
      const result = await this.result(job, command.scope);
      if (result !== undefined) return result;
      await delay(lookEveryMs);
    }
    throw new VendorError('conflict', `${command.command} is still under way; ask again`, {
      code: 'job-pending',
      underWay: true,
      retryAfterMs: patienceMs,
    });
  }

  /**
   * What a job has made; undefined while it is at work.
   * @throws VendorError why it has failed.
   */
  private async result(jobid: string, scope: string): Promise<Json | undefined> {
    const answer = await this.call({ command: 'queryAsyncJobResult', params: { jobid }, scope });
    const status = number(answer, 'jobstatus');
    if (status === 0) return undefined;
    if (status === 1) return field(answer, 'jobresult') ?? {};
    if (status === 2) throw jobFailure(field(answer, 'jobresult'), number(answer, 'jobresultcode'));
    throw malformed(`the job ${jobid} is in no status that there is`);
  }
}

/** @throws VendorError for a refusal, and for what is not the one object `…response`. */
function contentOf(answer: HttpAnswer): Json {
  if (!isSuccess(answer)) throw refused(answer, rootOf(answer.body));
  const content = inner(parseJson(answer.body));
  if (content === undefined) throw malformed('the answer has no …response');
  if (number(content, 'errorcode') !== undefined) throw refused(answer, content);
  return content;
}

function rootOf(body: string): Json | undefined {
  try {
    return inner(parseJson(body));
  } catch {
    return undefined;
  }
}

/** The root is called after the command, most of the time (`restorevmresponse` answers restoreVirtualMachine), and `errorresponse` at times. */
function inner(body: Json): Json | undefined {
  const [root] = entries(body);
  return root && /response$/i.test(root[0]) && typeof root[1] === 'object' && root[1] !== null ? root[1] : undefined;
}
