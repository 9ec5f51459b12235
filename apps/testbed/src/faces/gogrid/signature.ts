import { createHash } from 'node:crypto';
import type { Cloud } from '../../cloud/cloud.js';
import { accessKeyOf } from '../credentials.js';
import { badCredentials, invalid } from './fault.js';

/** How far a client's clock may be off, seconds (GoGrid wiki, Anatomy of a GoGrid API Call). */
const window = 600;

/**
 * `sig` is the MD5 of key, shared secret and the second it was made in; since it does not tell the second, all of them are tried.
 * @throws GoGridFault 400 without one, 403 when it is not right.
 */
export function verifySignature(cloud: Cloud, params: URLSearchParams, now: number): void {
  const { id, secret } = accessKeyOf(cloud.name);
  const key = params.get('api_key');
  const signature = params.get('sig');
  if (key === null || signature === null) throw invalid('Missing required parameter: api_key and sig');
  if (key !== id || !isSigned(signature, id + secret, Math.floor(now / 1000))) throw badCredentials();
}

function isSigned(signature: string, signer: string, now: number): boolean {
  for (let second = now - window; second <= now + window; second += 1) {
    if (createHash('md5').update(`${signer}${second}`).digest('hex') === signature) return true;
  }
  return false;
}
