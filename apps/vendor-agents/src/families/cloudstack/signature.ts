import { createHmac } from 'node:crypto';

/** The parameters of a call, by name. */
export type Params = Readonly<Record<string, string>>;

/**
 * The query of a call with its signature: all parameters sorted by name, their values encoded, the whole in small letters, by HMAC-SHA1 in
 * base64 (CloudStack Developer's Guide, "Signing API Requests").
 */
export function signedQuery(params: Params, secretKey: string): string {
  const sorted = Object.entries(params).sort(([a], [b]) => compare(a.toLowerCase(), b.toLowerCase()));
  const signed = sorted.map(([name, value]) => `${name}=${encoded(value)}`.toLowerCase()).join('&');
  const signature = createHmac('sha1', secretKey).update(signed).digest('base64');
  return [...sorted, ['signature', signature] as const].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** As the server encodes what it has read before it signs: java.net.URLEncoder, but a space is `%20`. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
