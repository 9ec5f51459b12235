import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Ec2Error } from './ec2-error.js';

export interface SignedRequest {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Signer {
  readonly accessKey: string;
  /** The region of the credential scope: where the request is meant for. */
  readonly region: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
const skewMs = 5 * 60_000;

/**
 * Checks a Signature Version 4 in the Authorization header (AWS General Reference, Signature Version 4 signing process).
 * Written out here rather than taken from the library that clients sign with, so that one misreading is not made twice.
 * @param expected the service that the scope has to name.
 * @throws Ec2Error MissingAuthenticationToken, IncompleteSignature, AuthFailure, SignatureDoesNotMatch or RequestExpired.
 */
export function verifySignature(
  request: SignedRequest,
  secretOf: (accessKey: string) => string | undefined,
  now: number,
  expected = 'ec2',
): Signer {
  const { accessKey, date, region, service, signedHeaders, signature } = readAuthorization(headerOf(request, 'authorization'));
  const secret = secretOf(accessKey);
  if (secret === undefined)
    throw new Ec2Error('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
  const time = headerOf(request, 'x-amz-date');
  checkTime(time, date, now);
  if (service !== expected) throw mismatch(`Credential should be scoped to correct service: '${expected}'.`);
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = [algorithm, time, scope, sha256(canonicalRequest(request, signedHeaders))].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<Buffer | string>((from, part) => hmac(from, part), `AWS4${secret}`);
  if (!equal(hmac(key, toSign).toString('hex'), signature)) {
    throw mismatch(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    );
  }
  return { accessKey, region };
}

const mismatch = (message: string): Ec2Error => new Ec2Error('SignatureDoesNotMatch', message, 403);

const form =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

function readAuthorization(header: string) {
  if (header === '') throw new Ec2Error('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  const [, accessKey = '', date = '', region = '', service = '', headers = '', signature = ''] = form.exec(header) ?? [];
  const signedHeaders = headers.split(';');
  if (!signedHeaders.includes('host')) {
    throw new Ec2Error('IncompleteSignature', 'The request signature does not conform to AWS standards.', 400);
  }
  return { accessKey, date, region, service, signedHeaders, signature };
}

function checkTime(time: string, date: string, now: number): void {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  if (year === undefined || !time.startsWith(date))
    throw new Ec2Error('IncompleteSignature', 'Date in Credential scope does not match X-Amz-Date.');
  const signedAt = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  if (Math.abs(now - signedAt) > skewMs) throw new Ec2Error('RequestExpired', `Request has expired. It was signed at ${time}.`);
}

function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const [path = '/', query = ''] = request.url.split('?', 2);
  const headers = signedHeaders.map((name) => `${name}:${headerOf(request, name).trim().replace(/\s+/g, ' ')}\n`).join('');
  // Outside S3 each segment of the path is encoded once more than it was sent.
  const canonicalPath = path.split('/').map(encode).join('/');
  return [request.method, canonicalPath, canonicalQuery(query), headers, signedHeaders.join(';'), sha256(request.body)].join(
    '\n',
  );
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
      return [encode(decode(name)), encode(decode(value))] as const;
    })
    .sort(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** By code unit: sorting by locale would change the canonical request. */
export const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** As both versions of signatures write names and values (RFC 3986, unreserved characters as they are). */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Ec2Error('MalformedQueryString', 'The query string contains a syntax error.');
  }
}

export function headerOf({ headers }: SignedRequest, name: string): string {
  const value = headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
const hmac = (key: string | Buffer, content: string): Buffer => createHmac('sha256', key).update(content).digest();
const equal = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
