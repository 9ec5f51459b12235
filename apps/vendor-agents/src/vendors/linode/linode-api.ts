import type { FailureReason } from '@cloud-agency/bus';
import type { VendorHttp } from '../../vendor/http.js';
import { type Json, list, number, requiredList, text } from '../../vendor/json.js';
import { JsonApi, type JsonCall } from '../../vendor/json-api.js';
import type { Told } from '../../vendor/refusal.js';

/** Linode API v4, "Filtering and sorting": what goes into the header `X-Filter`. */
export type Filter = Readonly<Record<string, string | number | boolean | { readonly '+contains': string }>>;

/** "Pagination": a page holds 25 to 500. */
const smallestPage = 25;
const largestPage = 500;

/** Linode's JSON over HTTP, with a personal access token (RFC 6750). */
export class LinodeApi {
  private readonly api: JsonApi;

  constructor(http: VendorHttp, endpoint: string, token: string) {
    this.api = new JsonApi(http, {
      base: endpoint.replace(/\/+$/, ''),
      headers: { authorization: `Bearer ${token}` },
      told,
    });
  }

  /** @param scope a region, or `account` for what is of all of them. */
  async call(scope: string, method: JsonCall['method'], path: string, body?: object): Promise<Json> {
    return await this.api.call({ method, path, scope, ...(body === undefined ? {} : { body }) });
  }

  /** All pages of a collection. */
  async all(scope: string, path: string, filter?: Filter): Promise<readonly Json[]> {
    const found: Json[] = [];
    let pages = 1;
    for (let page = 1; page <= pages; page += 1) {
      const answer = await this.page(scope, `${path}?page=${page}&page_size=${largestPage}`, filter);
      found.push(...requiredList(answer, 'data'));
      pages = number(answer, 'pages') ?? 1;
    }
    return found;
  }

  /** As many of a collection as the smallest page holds. */
  async first(scope: string, path: string, filter: Filter): Promise<readonly Json[]> {
    return requiredList(await this.page(scope, `${path}?page=1&page_size=${smallestPage}`, filter), 'data');
  }

  private async page(scope: string, path: string, filter: Filter | undefined): Promise<Json> {
    const headers = filter === undefined ? {} : { 'x-filter': JSON.stringify(filter) };
    return await this.api.call({ method: 'GET', path, scope, headers });
  }
}

/** "Errors": `{"errors": [{"reason": …, "field": …}]}`; there are no codes, so the field or the status stands for one. */
function told(body: Json, status: number): Told {
  const errors = list(body, 'errors');
  const [first] = errors;
  if (first === undefined) return {};
  const message = errors.map((error) => [text(error, 'field'), text(error, 'reason')].filter(Boolean).join(': ')).join('; ');
  return { reason: status === 400 ? inWords(message) : undefined, code: text(first, 'field') ?? String(status), message };
}

/** Nearly everything that a request cannot have is a 400; only its words tell which of our reasons it is. */
const wordings: readonly (readonly [RegExp, FailureReason])[] = [
  [/account limit|limit reached|exceed.*(limit|quota)|quota/i, 'quota'],
  [/capacity|sold out|no open slots|currently unavailable in|not available in (this|the) region/i, 'no-capacity'],
  [/must be unique|already exists/i, 'conflict'],
  [/\bbusy\b|already (running|booted|offline|powered|attached|resiz)|not running|must be (offline|running|powered)/i, 'conflict'],
  [/attached|detach/i, 'conflict'],
];

const inWords = (message: string): FailureReason | undefined => wordings.find(([pattern]) => pattern.test(message))?.[1];
