import { Sha256 } from '@aws-crypto/sha256-js';
import type { Account } from '@cloud-agency/runtime';
import { SignatureV4 } from '@smithy/signature-v4';
import axios from 'axios';
import { XMLParser } from 'fast-xml-parser';
import { credentialOf, endpointOf, present } from './harness.js';

export interface Ec2Answer {
  readonly status: number;
  /** What is inside `<…Response>`, or `<Response>` when it is an error. */
  readonly body: Xml;
}

/** Parsed XML; lists are always lists, of `item`s or `member`s. */
export type Xml = string & { readonly [name: string]: Xml } & readonly Xml[];

const parser = new XMLParser({
  isArray: (name) => name === 'item' || name === 'member',
  parseTagValue: false,
  ignoreDeclaration: true,
});

export interface Ec2ClientOptions {
  readonly region: string;
  readonly accessKey?: string;
  readonly secret?: string;
  readonly signedAt?: Date;
  readonly method?: 'GET' | 'POST';
  /** What the request is signed for, and where it is served. */
  readonly service?: 'ec2' | 'monitoring';
  readonly path?: string;
  readonly version?: string;
  /** Changes the request after it has been signed. */
  readonly tamper?: (text: string) => string;
}

const usual = {
  method: 'POST',
  tamper: (text: string) => text,
  service: 'ec2',
  path: '/',
  version: '2016-11-15',
} as const;

/** A client of the EC2 query protocol that signs with the library real clients use. */
export async function callEc2(
  account: Account,
  action: string,
  parameters: Record<string, string>,
  options: Ec2ClientOptions,
): Promise<Ec2Answer> {
  const endpoint = endpointOf(account);
  const { hostname, port } = new URL(endpoint);
  const { region, method, signedAt = new Date(), tamper, service, path, version } = { ...usual, ...options };
  const credentials = {
    accessKeyId: options.accessKey ?? credentialOf(account, 'access_key_id'),
    secretAccessKey: options.secret ?? credentialOf(account, 'secret_access_key'),
  };
  const query = { Action: action, Version: version, ...parameters };
  const form = new URLSearchParams(query).toString();
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: false });
  const signed = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname,
      path,
      headers: {
        host: `${hostname}:${port}`,
        ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } : {}),
      },
      ...(method === 'POST' ? { body: form } : { query }),
    },
    { signingDate: signedAt },
  );
  const encoded = Object.entries(query).map(([name, value]) => `${rfc3986(name)}=${rfc3986(value)}`);
  const { status, data } = await axios.request<string>({
    method,
    url: method === 'POST' ? `${endpoint}${path}` : tamper(`${endpoint}${path}?${encoded.join('&')}`),
    headers: signed.headers,
    ...(method === 'POST' ? { data: tamper(form) } : {}),
    responseType: 'text',
    validateStatus: () => true,
    proxy: false,
  });
  return { status, body: parseEc2(data) };
}

/** What is inside the one element of an answer. */
export function parseEc2(document: string): Xml {
  const roots = Object.entries(parser.parse(document) as Record<string, Xml>).filter(([name]) => !name.startsWith('?'));
  return present(roots[0]?.[1], 'answer');
}

const rfc3986 = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
