import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { VendorHttp } from '../../vendor/http.js';
import { ec2Error } from './errors.js';
import { items, parseXml, text, type XmlElement, type XmlNode } from '../../vendor/xml.js';

export interface Ec2Account {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The URL of a region's endpoint. */
  readonly endpoint: (region: string) => string;
}

/** A list becomes `Name.1`, `Name.2`, …; so do the fields of its elements: `Filter.1.Name`. */
export type Params = { readonly [name: string]: string | number | undefined | Params | readonly (string | Params)[] };

const version = '2016-11-15';
/** Asked for twice, these may make two of a thing, or fail for having succeeded: whoever calls them looks before asking again. */
const askedOnce = /^(Run|Create|Attach|Reboot)/;

/** The EC2 query protocol: parameters in a form, signed by Signature Version 4, answered in XML. */
export class Ec2Query {
  constructor(
    private readonly account: Ec2Account,
    private readonly http: VendorHttp,
    private readonly now: () => number,
  ) {}

  /** @throws VendorError with the vendor's code. */
  async call(region: string, action: string, params: Params = {}): Promise<XmlElement> {
    const url = new URL(this.account.endpoint(region));
    const body = new URLSearchParams([['Action', action], ['Version', version], ...flattened(params)]).toString();
    const answer = await this.http.send({
      method: 'POST',
      url: url.href,
      headers: await this.signed(region, url, body),
      body,
      scope: region,
      idempotent: !askedOnce.test(action),
    });
    if (answer.status < 200 || answer.status > 299) throw ec2Error(answer);
    return parseXml(answer.body, `${action}Response`);
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

  private async signed(region: string, url: URL, body: string): Promise<Record<string, string>> {
    const { accessKeyId, secretAccessKey } = this.account;
    const signer = new SignatureV4({ service: 'ec2', region, credentials: { accessKeyId, secretAccessKey }, sha256: Sha256 });
    const request = {
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      headers: { host: url.host, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body,
    };
    const { headers } = await signer.sign(request, { signingDate: new Date(this.now()) });
    return headers;
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
