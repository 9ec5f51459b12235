import type { VendorHttp } from '../../vendor/http.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { novaError } from './errors.js';
import { type Json, list, parseJson, text } from '../../vendor/json.js';

export interface NovaAccount {
  /** Keystone's URL, with or without `/v3`. */
  readonly endpoint: string;
  readonly username: string;
  readonly password: string;
  readonly project: string;
  readonly userDomain: string;
  readonly projectDomain: string;
}

export interface Session {
  readonly token: string;
  readonly renewAt: number;
  readonly catalog: readonly Json[];
  /** The id of the project that the token is for; undefined where Keystone does not tell it. */
  readonly project: string | undefined;
}

/** A token is renewed when this part of its life is over. */
const usablePart = 0.9;
const assumedLifeMs = 600_000;

/** Keystone v3: one token for the account, kept until it nears its end; callers at the same time share one login. */
export class Keystone {
  private login: Promise<Session> | undefined;

  constructor(
    private readonly account: NovaAccount,
    private readonly http: VendorHttp,
    private readonly now: () => number,
  ) {}

  /** @throws VendorError bad-credentials, or that Keystone cannot be reached. */
  async current(): Promise<Session> {
    const login = (this.login ??= this.logIn());
    try {
      const session = await login;
      if (session.renewAt > this.now()) return session;
    } catch (error) {
      this.drop(login);
      throw error;
    }
    this.drop(login);
    return await (this.login ??= this.logIn());
  }

  /** To be called when a service refuses the session's token: the next caller logs in anew, unless another has already. */
  async forget(session: Session): Promise<void> {
    const { login } = this;
    if (login !== undefined && (await login) === session) this.drop(login);
  }

  static has(session: Session, types: readonly string[], region: string): boolean {
    return endpointsOf(session, types).some((endpoint) => endpoint.region === region);
  }

  /**
   * The public endpoint of a service in a region: of the first of its types that the catalog has there.
   * @throws VendorError not-found when the catalog has none.
   */
  static endpoint(session: Session, types: readonly string[], region: string): string {
    const urls = types.flatMap((type) => endpointsOf(session, [type]).filter((endpoint) => endpoint.region === region));
    const url = urls[0]?.url;
    if (url === undefined)
      throw new VendorError('not-found', `the service catalog has no ${types[0] ?? 'such'} endpoint in ${region}`);
    return url.replace(/\/+$/, '');
  }

  static regions(session: Session): readonly string[] {
    return [...new Set(endpointsOf(session, ['compute']).map((endpoint) => endpoint.region))];
  }

  private drop(login: Promise<Session>): void {
    if (this.login === login) this.login = undefined;
  }

  private async logIn(): Promise<Session> {
    const { username, password, project, userDomain, projectDomain } = this.account;
    const body = {
      auth: {
        identity: { methods: ['password'], password: { user: { name: username, password, domain: { name: userDomain } } } },
        scope: { project: { name: project, domain: { name: projectDomain } } },
      },
    };
    const answer = await this.http.send({
      method: 'POST',
      url: `${this.account.endpoint.replace(/\/+$/, '').replace(/\/v3$/, '')}/v3/auth/tokens`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      scope: 'keystone',
      idempotent: true,
    });
    if (answer.status !== 201 && answer.status !== 200) throw novaError(answer);
    const token = answer.headers['x-subject-token'];
    const content = parseJson(answer.body);
    const expiresAt = Date.parse(text(content, 'token', 'expires_at') ?? '');
    if (token === undefined)
      throw new VendorError('unknown', 'Keystone answered without an X-Subject-Token', { code: 'malformed' });
    const life = Number.isFinite(expiresAt) ? expiresAt - this.now() : assumedLifeMs;
    return {
      token,
      renewAt: this.now() + life * usablePart,
      catalog: list(content, 'token', 'catalog'),
      project: text(content, 'token', 'project', 'id'),
    };
  }
}

/** A catalog from before Keystone v3's `region_id` has `region` only. */
function endpointsOf(session: Session, types: readonly string[]): { region: string; url: string }[] {
  return session.catalog
    .filter((service) => types.includes(text(service, 'type') ?? ''))
    .flatMap((service) => list(service, 'endpoints'))
    .flatMap((endpoint) => {
      const [region, url] = [text(endpoint, 'region_id') ?? text(endpoint, 'region'), text(endpoint, 'url')];
      return region !== undefined && url !== undefined && text(endpoint, 'interface') === 'public' ? [{ region, url }] : [];
    });
}
