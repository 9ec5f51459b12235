import { AgencyError } from '@cloud-agency/errors';
import { type Clock, type Settings, resolveSecret, secretSource } from '@cloud-agency/runtime';
import type { IncomingHttpHeaders } from 'node:http';
import { IssuedTokens } from './oidc.js';
import { Throttle } from './throttle.js';
import { KnownTokens } from './tokens.js';

/** Whose everything is while access is open to all (AGENCY_AUTH=none). */
export const soleTenant = 'default';

/** Tells whose request it is. */
export interface Admission {
  /** @returns the tenant. @throws AgencyError unauthorized, too-many-requests, issuer-unreachable. */
  admit(headers: IncomingHttpHeaders, address: string): string | Promise<string>;
}

/** Of a bearer token, whose it is; undefined when it is nobody's. */
export interface Credentials {
  tenantOf(token: string): Promise<string | undefined>;
}

/** Failed attempts to sign in that an address has, a second. */
const failuresAllowed = 10;

/** What AGENCY_AUTH asks for. @throws AgencyError invalid-setting when a token cannot be found. */
export function admission(settings: Pick<Settings, 'auth' | 'tokens' | 'oidc' | 'rateLimit'>, clock: Clock): Admission {
  if (settings.auth === 'none') return { admit: () => soleTenant };
  return new Bearer(credentials(settings), new Throttle(settings.rateLimit, clock), new Throttle(failuresAllowed, clock));
}

function credentials({ auth, tokens, oidc }: Pick<Settings, 'auth' | 'tokens' | 'oidc'>): Credentials {
  if (auth === 'oidc' && oidc) return new IssuedTokens(oidc);
  const source = secretSource(process.env);
  return new KnownTokens(tokens.map(({ tenant, token }) => ({ tenant, token: resolveSecret(token, source) })));
}

/** RFC 6750: `Authorization: Bearer …`, so often a second by each tenant, and so many failures by each address. */
class Bearer implements Admission {
  constructor(
    private readonly known: Credentials,
    private readonly requests: Throttle,
    private readonly failures: Throttle,
  ) {}

  async admit({ authorization }: IncomingHttpHeaders, address: string): Promise<string> {
    // Before the token is looked at: guessing must not go on behind the limit.
    this.failures.assertLeft(address);
    const token = /^Bearer +([\w.~+/=-]{1,8192})$/i.exec(authorization ?? '')?.[1];
    const tenant = token === undefined ? undefined : await this.known.tenantOf(token);
    if (tenant === undefined) {
      this.failures.take(address);
      throw new AgencyError('unauthorized', {
        message: authorization ? 'The token is not, or no longer, valid here.' : 'Send a token: Authorization: Bearer <token>.',
        challenge: authorization ? 'Bearer realm="Cloud Agency", error="invalid_token"' : 'Bearer realm="Cloud Agency"',
      });
    }
    this.requests.take(tenant);
    return tenant;
  }
}
