import { createHmac, timingSafeEqual } from 'node:crypto';
import { unauthorized } from './fault.js';

export interface KeyPairOfUser {
  readonly id: string;
  readonly secret: string;
}

/**
 * Checks the signature of a request (Developer's Guide, Signing API requests; ApiServer.verifyRequest): HMAC-SHA1 of all parameters but
 * itself, sorted by their names, their values encoded as java.net.URLEncoder does but with %20 for a space, everything in lower case.
 * @throws CloudStackFault 401
 */
export function verifySignature(parameters: readonly (readonly [string, string])[], key: KeyPairOfUser, now: number): void {
  const given = new Map(parameters.map(([name, value]) => [name.toLowerCase(), value]));
  const signature = given.get('signature');
  if (signature === undefined || given.get('apikey') !== key.id) throw unauthorized();
  if (given.get('signatureversion') === '3') checkExpiry(given.get('expires'), now);
  const signed = [...given]
    .filter(([name]) => name !== 'signature')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${encode(value)}`.toLowerCase())
    .join('&');
  const expected = createHmac('sha1', key.secret).update(signed).digest('base64');
  if (expected.length !== signature.length || !timingSafeEqual(Buffer.from(expected), Buffer.from(signature)))
    throw unauthorized();
}

/** Developer's Guide, Enabling API call expiration. */
function checkExpiry(expires: string | undefined, now: number): void {
  if (!(Date.parse(expires ?? '') > now)) throw unauthorized();
}

/** URLEncoder leaves letters, digits and `.-*_` as they are. */
const encode = (value: string): string =>
  encodeURIComponent(value).replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
