import type { VendorHttp } from '../../vendor/http.js';
import { items, parseXml, text, type XmlElement, type XmlNode } from '../../vendor/xml.js';
import { ec2Error } from './errors.js';
import { signedV2 } from './signature-v2.js';
import { type AccessKey, signedV4 } from './signature-v4.js';

/** A service that speaks the query protocol, and how it is asked. */
export interface QueryService {
  /** As Signature Version 4 calls it: `ec2`, `monitoring`. */
  readonly name: string;
  readonly version: string;
  /** The URL of a region's endpoint. */
  readonly endpoint: (region: string) => string;
}

export interface Ec2Account extends AccessKey {
  readonly signatureVersion: 2 | 4;
}

/** A list becomes `Name.1`, `Name.2`, …; so do the fields of its elements: `Filter.1.Name`. */
export type Params = { readonly [name: string]: string | number | undefined | Params | readonly (string | Params)[] };

/** Asked for twice, these may make two of a thing, or fail for having succeeded: whoever calls them looks before asking again. */
const askedOnce = /^(Run|Create|Attach|Reboot|Allocate)/;

/** The EC2 query protocol, which other services speak too: parameters in a form, signed, answered in XML. */
export class Ec2Query {
  constructor(
    private readonly service: QueryService,
    private readonly account: Ec2Account,
    private readonly http: VendorHttp,
    private readonly now: () => number,
  ) {}

  /** @throws VendorError with the vendor's code. */
  async call(region: string, action: string, params: Params = {}): Promise<XmlElement> {
    const url = new URL(this.service.endpoint(region));
    const answer = await this.http.send({
      method: 'POST',
      url: url.href,
      ...(await this.signed(region, url, [['Action', action], ['Version', this.service.version], ...flattened(params)])),
      scope: region,
      idempotent: !askedOnce.test(action),
    });
    if (answer.status < 200 || answer.status > 299) throw ec2Error(answer);
    // Eucalyptus calls the answers to actions of its own `<action>ResponseType`.
    return parseXml(answer.body, `${action}Response`, `${action}ResponseType`);
  }

  /** All pages of a Describe call: the items of the list named. */
  async *pages(region: string, action: string, list: string, params: Params): AsyncGenerator<readonly XmlNode[]> {
    let next: string | undefined;
    do {
      const page = await this.call(region, action, { ...params, NextToken: next });
      yield items(page, list);
      next = text(page, 'nextToken');
    } while (next !== undefined);
  }

  /** The items of a Describe call, from all of its pages: with a filter, one page may be empty and the next not. */
  async all(region: string, action: string, list: string, params: Params): Promise<readonly XmlNode[]> {
    const found: XmlNode[] = [];
    for await (const page of this.pages(region, action, list, params)) found.push(...page);
    return found;
  }

  private async signed(region: string, url: URL, params: readonly [string, string][]) {
    const at = new Date(this.now());
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    if (this.account.signatureVersion === 2)
      return { headers, body: new URLSearchParams(signedV2('POST', url, params, this.account, at)).toString() };
    const body = new URLSearchParams([...params]).toString();
    const scope = { service: this.service.name, region };
    return { headers: await signedV4({ url, body, headers }, scope, this.account, at), body };
  }
}

export function flattened(params: Params, prefix = ''): [string, string][] {
  return Object.entries(params).flatMap(([name, value]) => {
    const path = prefix + name;
    if (value === undefined) return [];
    if (Array.isArray(value)) return value.flatMap((element: string | Params, index) => entry(`${path}.${index + 1}`, element));
    return entry(path, value as string | number | Params);
  });
}

const entry = (path: string, value: string | number | Params): [string, string][] =>
  typeof value === 'object' ? flattened(value, `${path}.`) : [[path, String(value)]];
