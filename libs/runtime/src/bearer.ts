import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether an Authorization header (RFC 6750) bears this token. How long that takes tells nothing about it. */
export function bears(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S{1,8192})$/i.exec(authorization ?? '')?.[1];
  return given !== undefined && timingSafeEqual(hashOf(given), hashOf(token));
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
