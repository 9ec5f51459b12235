import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Query } from './query.js';
import { encode, headerOf, order, type SignedRequest } from './signature.js';

/** What is wrong with a signature. Those who check it say it differently. */
export class SignatureProblem extends Error {
  constructor(
    readonly kind: 'missing' | 'incomplete' | 'unknown-key' | 'mismatch' | 'expired',
    message: string,
  ) {
    super(message);
    this.name = 'SignatureProblem';
  }
}

const algorithms: Readonly<Record<string, string>> = { HmacSHA256: 'sha256', HmacSHA1: 'sha1' };

/**
 * Checks a Signature Version 2 among the parameters, and says whose it is (EC2 developer guide 2010-08-31, Using the Query API). Signed are
 * method, host with its port, path, and the parameters sorted by name; each on a line of its own.
 * @param lifeMs how long a request with a Timestamp is good for.
 * @throws SignatureProblem
 */
export function verifySignatureV2(
  request: SignedRequest,
  query: Query,
  { secretOf, now, lifeMs }: { secretOf: (accessKey: string) => string | undefined; now: number; lifeMs: number },
): string {
  const accessKey = query.get('AWSAccessKeyId');
  if (!accessKey) throw new SignatureProblem('missing', 'The request names no access key.');
  const algorithm = algorithmOf(query);
  const secret = secretOf(accessKey);
  if (secret === undefined) throw new SignatureProblem('unknown-key', 'The access key is not known.');
  const expected = createHmac(algorithm, secret).update(stringToSign(request, query)).digest();
  const given = Buffer.from(query.get('Signature') ?? '', 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new SignatureProblem('mismatch', 'The signature is not the one that the secret key makes of the request.');
  if (expiryOf(query, lifeMs) < now) throw new SignatureProblem('expired', 'The request has expired.');
  return accessKey;
}

function algorithmOf(query: Query): string {
  const algorithm = algorithms[query.get('SignatureMethod') ?? ''];
  if (query.get('SignatureVersion') !== '2' || algorithm === undefined)
    throw new SignatureProblem('incomplete', 'The signature has to be of version 2 and made by HmacSHA256 or HmacSHA1.');
  return algorithm;
}

function stringToSign(request: SignedRequest, query: Query): string {
  const [path = '/'] = request.url.split('?', 1);
  const parameters = query
    .entries()
    .filter(([name]) => name !== 'Signature')
    .sort(([a], [b]) => order(a, b))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return [request.method, headerOf(request, 'host').toLowerCase(), path, parameters.join('&')].join('\n');
}

/** One of Timestamp and Expires, in UTC unless it says otherwise. */
function expiryOf(query: Query, lifeMs: number): number {
  const [timestamp, expires] = [query.get('Timestamp'), query.get('Expires')];
  const told = timestamp ?? expires;
  const time = Date.parse(told !== undefined && /T[\d:.]+$/.test(told) ? `${told}Z` : (told ?? ''));
  if ((timestamp === undefined) === (expires === undefined) || Number.isNaN(time))
    throw new SignatureProblem('incomplete', 'The request has to have a Timestamp or an Expires, as ISO 8601 writes it.');
  return timestamp === undefined ? time : time + lifeMs;
}
