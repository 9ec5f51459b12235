import { AgencyError, reasonOf } from '@cloud-agency/errors';
import type { Settings } from '@cloud-agency/runtime';
import axios from 'axios';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { Credentials } from './admission.js';

const timeoutMs = 5_000;
/** Asymmetric ones: whoever only checks a signature must not be able to make one. */
const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];

/** Access tokens (JWT) of an OpenID Connect provider, checked with the keys that it publishes. */
export class IssuedTokens implements Credentials {
  private keys: Promise<JWTVerifyGetKey> | undefined;

  constructor(private readonly provider: NonNullable<Settings['oidc']>) {}

  async tenantOf(token: string): Promise<string | undefined> {
    const { issuer, audience, claim } = this.provider;
    try {
      const { payload } = await jwtVerify(token, await this.keySet(), {
        issuer,
        audience,
        algorithms,
        requiredClaims: ['exp', claim],
      });
      return tenantIn(payload, claim);
    } catch (error) {
      if (error instanceof AgencyError) throw error;
      if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) throw unreachable(issuer, error);
      return undefined;
    }
  }

  /** Looked up once; after a failure, again with the next token. */
  private keySet(): Promise<JWTVerifyGetKey> {
    this.keys ??= discovered(this.provider.issuer).catch((error: unknown) => {
      this.keys = undefined;
      throw unreachable(this.provider.issuer, error);
    });
    return this.keys;
  }
}

/** OpenID Connect Discovery 1.0, 4. */
async function discovered(issuer: string): Promise<JWTVerifyGetKey> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const { data } = await axios.get<{ issuer?: unknown; jwks_uri?: unknown }>(address, { timeout: timeoutMs, maxRedirects: 0 });
  if (data.issuer !== issuer || typeof data.jwks_uri !== 'string')
    throw new Error(`${address} does not describe ${issuer}: its issuer is ${String(data.issuer)}`);
  return createRemoteJWKSet(new URL(data.jwks_uri), { timeoutDuration: timeoutMs });
}

function tenantIn(payload: JWTPayload, claim: string): string | undefined {
  const tenant = payload[claim];
  // `*` stands for everybody where events are addressed.
  return typeof tenant === 'string' && tenant !== '' && tenant !== '*' && tenant.length <= 200 ? tenant : undefined;
}

const unreachable = (issuer: string, cause: unknown): AgencyError =>
  new AgencyError('issuer-unreachable', { issuer, reason: reasonOf(cause) }, { cause });
