import { AgencyError } from '@cloud-agency/errors';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Credentials } from './admission.js';

const shortest = 16;

/** Tokens of the configuration. Only their hashes are kept, and how long a comparison takes tells nothing about them. */
export class KnownTokens implements Credentials {
  private readonly known: readonly { readonly tenant: string; readonly hash: Buffer }[];

  /** @throws AgencyError invalid-setting for a token that could be guessed. */
  constructor(tokens: readonly { readonly tenant: string; readonly token: string }[]) {
    const short = tokens.find(({ token }) => token.length < shortest);
    if (short)
      throw new AgencyError('invalid-setting', {
        message: `The token of the tenant ${short.tenant} has less than ${shortest} characters. Make one with: openssl rand -hex 32`,
      });
    this.known = tokens.map(({ tenant, token }) => ({ tenant, hash: hashOf(token) }));
  }

  async tenantOf(token: string): Promise<string | undefined> {
    const hash = hashOf(token);
    // All are compared, whichever matches.
    const matching = this.known.filter((one) => timingSafeEqual(one.hash, hash));
    return await Promise.resolve(matching[0]?.tenant);
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
