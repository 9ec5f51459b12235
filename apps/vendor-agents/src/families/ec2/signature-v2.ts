import { createHmac } from 'node:crypto';
import type { AccessKey } from './signature-v4.js';

/**
 * Signature Version 2 (AWS General Reference, "Signature Version 2 signing process"): the parameters of a request, those that sign it among
 * them. What is signed is the method, the host as the Host header has it (with its port, unless that is the scheme's own), the path, and the
 * parameters in the order of their bytes.
 */
export function signedV2(
  method: 'GET' | 'POST',
  url: URL,
  params: readonly (readonly [string, string])[],
  key: AccessKey,
  at: Date,
): [string, string][] {
  const signed: [string, string][] = [
    ...params.map(([name, value]): [string, string] => [name, value]),
    ['AWSAccessKeyId', key.accessKeyId],
    ['SignatureMethod', 'HmacSHA256'],
    ['SignatureVersion', '2'],
    ['Timestamp', `${at.toISOString().slice(0, 19)}Z`],
  ];
  return [...signed, ['Signature', signatureOf(method, url, signed, key.secretAccessKey)]];
}

/** Exported for its test vector. */
export function signatureOf(method: string, url: URL, params: readonly (readonly [string, string])[], secret: string): string {
  const query = params
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .join('&');
  const signed = [method, url.host.toLowerCase(), url.pathname, query].join('\n');
  return createHmac('sha256', secret).update(signed).digest('base64');
}

/** RFC 3986: everything but letters, digits and `-_.~`. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
