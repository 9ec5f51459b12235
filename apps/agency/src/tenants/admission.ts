import { AgencyError } from '@cloud-agency/errors';
import { bears, type Clock, type Settings, resolveSecret, secretSource } from '@cloud-agency/runtime';
import type { IncomingHttpHeaders } from 'node:http';
import { assertFromHere } from './from-here.js';
import { IssuedTokens } from './oidc.js';
import { Throttle } from './throttle.js';
import { KnownTokens } from './tokens.js';

/** Whose everything is while access is open to all (AGENCY_AUTH=none). */
export const soleTenant = 'default';

/** Tells whose request it is. */
export interface Admission {
  /** @returns the tenant. @throws AgencyError unauthorized, forbidden, too-many-requests, issuer-unreachable. */
  admit(headers: IncomingHttpHeaders, address: string): string | Promise<string>;
  /** Lets in who operates the Agency, to what is of all tenants. @throws AgencyError as admit. */
  admitOperator(headers: IncomingHttpHeaders, address: string): void | Promise<void>;
}

/** Of a bearer token, whose it is; undefined when it is nobody's. */
export interface Credentials {
  tenantOf(token: string): Promise<string | undefined>;
}

/** Failed attempts to sign in that an address has, a second. */
const failuresAllowed = 10;

/** What AGENCY_AUTH asks for. @throws AgencyError invalid-setting when a token cannot be found. */
export function admission(
  settings: Pick<Settings, 'auth' | 'tokens' | 'oidc' | 'rateLimit' | 'metricsToken'>,
  clock: Clock,
): Admission {
  const { auth, rateLimit, metricsToken } = settings;
  const failures = new Throttle(failuresAllowed, clock);
  const operator = metricsToken === undefined ? undefined : new Operator(metricsToken, failures);
  if (auth === 'none')
    return {
      admit: (headers) => {
        assertFromHere(headers);
        return soleTenant;
      },
      admitOperator: (headers, address) => {
        if (operator) operator.admit(headers, address);
        else assertFromHere(headers);
      },
    };
  const bearer = new Bearer(credentials(settings), new Throttle(rateLimit, clock), failures);
  return {
    admit: (headers, address) => bearer.admit(headers, address),
    admitOperator: async (headers, address) => {
      if (operator) operator.admit(headers, address);
      else await refuseTenants(bearer, headers, address);
    },
  };
}

/** Whoever has the operator's own token. */
class Operator {
  constructor(
    private readonly token: string,
    private readonly failures: Throttle,
  ) {}

  admit({ authorization }: IncomingHttpHeaders, address: string): void {
    this.failures.assertLeft(address);
    if (bears(authorization, this.token)) return;
    this.failures.take(address);
    throw new AgencyError('unauthorized', {
      message: "This is the operator's: send the token of AGENCY_METRICS_TOKEN: Authorization: Bearer <token>.",
      challenge: 'Bearer realm="Cloud Agency"',
    });
  }
}

/** Who is nobody is told how to come in; tenants are told that this is not theirs. */
async function refuseTenants(bearer: Bearer, headers: IncomingHttpHeaders, address: string): Promise<never> {
  await bearer.admit(headers, address);
  throw new AgencyError('forbidden', {
    message:
      "This is of all tenants, and so the operator's alone, who reads it with the token of AGENCY_METRICS_TOKEN; none is set.",
  });
}

function credentials({ auth, tokens, oidc }: Pick<Settings, 'auth' | 'tokens' | 'oidc'>): Credentials {
  if (auth === 'oidc' && oidc) return new IssuedTokens(oidc);
  const source = secretSource(process.env);
  return new KnownTokens(tokens.map(({ tenant, token }) => ({ tenant, token: resolveSecret(token, source) })));
}

/** RFC 6750: `Authorization: Bearer …`, so often a second by each tenant, and so many failures by each address. */
class Bearer {
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
