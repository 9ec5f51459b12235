import type { Account } from '@cloud-agency/runtime';
import axios from 'axios';
import { createHmac } from 'node:crypto';
import { type Ec2Answer, parseEc2 } from './ec2-client.js';
import { credentialOf, endpointOf } from './harness.js';

export interface V2Options {
  readonly method?: 'GET' | 'POST';
  readonly accessKey?: string;
  readonly secret?: string;
  readonly signedAt?: Date;
  readonly version?: string;
  /** Where it is asked, when not at the account's endpoint. */
  readonly path?: string;
}

/** A client of EC2's query protocol that signs as it was done before 2012: Signature Version 2. */
export async function callV2(
  account: Account,
  action: string,
  parameters: Record<string, string> = {},
  options: V2Options = {},
): Promise<Ec2Answer> {
  const { method = 'GET', path } = options;
  const url = new URL(path ?? endpointOf(account), endpointOf(account));
  const query = { ...signingParameters(account, options), Action: action, ...parameters };
  const canonical = Object.entries(query)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .join('&');
  const secret = options.secret ?? credentialOf(account, 'secret_access_key');
  const signature = createHmac('sha256', secret).update([method, url.host, url.pathname, canonical].join('\n')).digest('base64');
  const text = `${canonical}&Signature=${encoded(signature)}`;
  const { status, data } = await axios.request<string>({
    method,
    url: method === 'GET' ? `${url.href}?${text}` : url.href,
    ...(method === 'POST' ? { data: text, headers: { 'content-type': 'application/x-www-form-urlencoded' } } : {}),
    responseType: 'text',
    validateStatus: () => true,
    proxy: false,
  });
  return { status, body: parseEc2(data) };
}

const signingParameters = (account: Account, { signedAt = new Date(), version = '2013-10-15', accessKey }: V2Options) => ({
  Version: version,
  AWSAccessKeyId: accessKey ?? credentialOf(account, 'access_key_id'),
  SignatureVersion: '2',
  SignatureMethod: 'HmacSHA256',
  Timestamp: signedAt.toISOString().replace(/\.\d+/, ''),
});

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
