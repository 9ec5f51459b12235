import type { FailureReason } from '@cloud-agency/bus';
import type { HttpAnswer, HttpCall, VendorHttp } from '../../vendor/http.js';
import { type Json, parseJson } from '../../vendor/json.js';
import { isSuccess, malformed, refusalOf } from '../../vendor/refusal.js';
import type { VendorError } from '../../vendor/vendor-error.js';
import { excerpt } from '../../vendor/xml.js';

export interface ElasticStackAccess {
  /** Where a region is asked, without a slash at its end. */
  readonly endpointOf: (region: string) => string;
  readonly user: string;
  readonly key: string;
}

/** What `X-Elastic-Error` begins with ("Errors"). A failed command or a system error is told by its status. */
const reasons: Readonly<Record<string, FailureReason>> = {
  usage: 'invalid-request',
  auth: 'bad-credentials',
  billing: 'quota',
  missing: 'not-found',
  method: 'invalid-request',
  busy: 'conflict',
  full: 'no-capacity',
};

/** ElasticStack's API: commands on drives and servers, JSON both ways, Basic authentication by the user's UUID and secret key. */
export class ElasticStackApi {
  private readonly authorization: string;

  constructor(
    private readonly http: VendorHttp,
    private readonly access: ElasticStackAccess,
  ) {
    this.authorization = `Basic ${Buffer.from(`${access.user}:${access.key}`).toString('base64')}`;
  }

  async get(region: string, path: string): Promise<Json> {
    return await this.call(region, 'GET', path);
  }

  /** What has been told to be so may be told again; all other commands are given once. */
  async post(region: string, path: string, body: object = {}): Promise<Json> {
    return await this.call(region, 'POST', path, body);
  }

  /** @throws VendorError unknown for an answer that is no list */
  async all(region: string, path: string): Promise<readonly Json[]> {
    const found = await this.get(region, path);
    if (Array.isArray(found)) return found as readonly Json[];
    throw malformed(`the answer to ${path} is not a list`);
  }

  close(): void {
    this.http.close();
  }

  private async call(region: string, method: HttpCall['method'], path: string, body?: object): Promise<Json> {
    const answer = await this.http.send({
      method,
      url: this.access.endpointOf(region) + path,
      headers: {
        accept: 'application/json',
        authorization: this.authorization,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      scope: region,
      idempotent: method === 'GET' || path.endsWith('/set'),
    });
    if (!isSuccess(answer)) throw refusal(answer);
    return answer.body.trim() === '' ? null : parseJson(answer.body);
  }
}

function refusal(answer: HttpAnswer): VendorError {
  const [code = ''] = (answer.headers['x-elastic-error'] ?? '').split(' ');
  // Too many calls are not what the word for a drive or a server in use means.
  const reason = answer.status === 429 ? undefined : reasons[code];
  const message = answer.body.trim() === '' ? undefined : excerpt(answer.body);
  return refusalOf(answer, { reason, code: code === '' ? undefined : code, message });
}
