import type { FailureReason } from '@cloud-agency/bus';
import type { HttpCall, VendorHttp } from '../../vendor/http.js';
import { type Json, number, requiredList, text } from '../../vendor/json.js';
import { JsonApi } from '../../vendor/json-api.js';
import { isSuccess, malformed, refusalOf, type Told } from '../../vendor/refusal.js';
import { parseXml, text as textIn, type XmlElement } from '../../vendor/xml.js';

export interface OpsourceAccount {
  /** Where `/oec` and `/caas` begin, without a slash at its end. */
  readonly endpoint: string;
  readonly username: string;
  readonly password: string;
}

/** `responseCode` of API 2.x, where it says more than the status, which is nearly always 400. */
const reasons: Readonly<Record<string, FailureReason>> = {
  AUTHORIZATION_FAILURE: 'forbidden',
  EXCEEDS_LIMIT: 'quota',
  HAS_DEPENDENCY: 'conflict',
  INFRASTRUCTURE_IN_MAINTENANCE: 'unavailable',
  NAME_NOT_UNIQUE: 'conflict',
  NO_IP_ADDRESS_AVAILABLE: 'no-capacity',
  OUT_OF_RESOURCES: 'no-capacity',
  RESOURCE_BUSY: 'conflict',
  RESOURCE_LOCKED: 'conflict',
  RESOURCE_NOT_FOUND: 'not-found',
  SERVER_STARTED: 'conflict',
  SERVER_STOPPED: 'conflict',
  UNEXPECTED_ERROR: 'unavailable',
};

/** The most that a page may have (CloudControl 2.x, paging). */
const pageSize = 250;

/** Both generations of the API below one endpoint, with HTTP Basic; all but the account itself below its organization. */
export class OpsourceApi {
  private readonly api: JsonApi;
  private readonly authorization: string;
  private organization: Promise<string> | undefined;

  constructor(
    private readonly http: VendorHttp,
    private readonly account: OpsourceAccount,
  ) {
    const { endpoint, username, password } = account;
    this.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    this.api = new JsonApi(http, { base: endpoint, headers: { authorization: this.authorization }, told: told2 });
  }

  /** `orgId` of /myaccount: it does not change. */
  async organizationId(): Promise<string> {
    this.organization ??= this.myAccount();
    try {
      return await this.organization;
    } catch (error) {
      this.organization = undefined;
      throw error;
    }
  }

  /** Always asks, so that it says whether the credentials are good. */
  async myAccount(): Promise<string> {
    const id = textIn(await this.xml('GET', 'Account', '/oec/0.9/myaccount', 'account'), 'orgId');
    if (id === undefined) throw malformed('the answer does not name the organization of the account');
    return id;
  }

  /** API 0.9. */
  async get9(region: string, root: string, path: string): Promise<XmlElement> {
    return await this.xml('GET', root, `/oec/0.9/${await this.organizationId()}${path}`, region);
  }

  /** API 0.9: changes what a form says; may be repeated. */
  async edit9(region: string, path: string, form: Readonly<Record<string, string>>): Promise<void> {
    const body = new URLSearchParams(form).toString();
    await this.xml('POST', 'Status', `/oec/0.9/${await this.organizationId()}${path}`, region, body);
  }

  /** API 2.4. */
  async get(region: string, path: string): Promise<Json> {
    return await this.api.call({ method: 'GET', path: await this.path24(path), scope: region });
  }

  /** API 2.4: every change is a POST of its own name, and what it answers tells at least `responseCode`. */
  async ask(region: string, operation: string, wish: object): Promise<Json> {
    const path = await this.path24(`/server/${operation}`);
    const answer = await this.api.call({ method: 'POST', path, body: wish, scope: region });
    if (text(answer, 'responseCode') === undefined) throw malformed('the answer has no response code');
    return answer;
  }

  /** API 2.4: all pages of a list. An empty one may lack it. */
  async all(region: string, path: string, name: string): Promise<readonly Json[]> {
    const found: Json[] = [];
    for (let pageNumber = 1; ; pageNumber += 1) {
      const query = new URLSearchParams({ datacenterId: region, pageSize: String(pageSize), pageNumber: String(pageNumber) });
      const page = await this.get(region, `${path}?${query.toString()}`);
      const total = number(page, 'totalCount');
      if (total === undefined) throw malformed('the answer is not a page of a list');
      const things = total === 0 ? [] : requiredList(page, name);
      found.push(...things);
      if (things.length === 0 || found.length >= total) return found;
    }
  }

  close(): void {
    this.http.close();
  }

  private async path24(path: string): Promise<string> {
    return `/caas/2.4/${await this.organizationId()}${path}`;
  }

  private async xml(method: HttpCall['method'], root: string, path: string, scope: string, form?: string): Promise<XmlElement> {
    const typed = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await this.http.send({
      method,
      url: `${this.account.endpoint}${path}`,
      headers: { accept: 'application/xml', authorization: this.authorization, ...typed },
      ...(form === undefined ? {} : { body: form }),
      scope,
      idempotent: true,
    });
    if (!isSuccess(answer)) throw refusalOf(answer, told9(answer.body));
    return parseXml(answer.body, root);
  }
}

const told2 = (body: Json): Told => {
  const code = text(body, 'responseCode');
  return { reason: reasons[code ?? ''], code, message: text(body, 'message') };
};

/** `Status` of API 0.9: `resultCode` is one of hundreds (`REASON_20`, …), the detail is in words. */
function told9(body: string): Told {
  try {
    const status = parseXml(body, 'Status');
    return { code: textIn(status, 'resultCode'), message: textIn(status, 'resultDetail') };
  } catch {
    return {};
  }
}
