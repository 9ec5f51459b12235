import { VendorError } from '../../vendor/vendor-error.js';

export interface Session {
  readonly token: string;
  readonly renewAt: number;
  /** The public endpoints of the account's service catalog. */
  readonly catalog: readonly Endpoint[];
  /** The id of the project that the token is for; undefined where Keystone does not tell it. */
  readonly project: string | undefined;
}

export interface Endpoint {
  /** Of the service, e.g. `compute`. */
  readonly type: string;
  readonly region: string;
  readonly url: string;
}

/** Proves to a Keystone who one is. @throws VendorError */
export type LogIn = () => Promise<Session>;

/** A token is renewed when this part of its life is over. */
const usablePart = 0.9;
const assumedLifeMs = 600_000;

/** When to renew a token that Keystone says expires then. */
export function renewalOf(expires: string | undefined, now: number): number {
  const expiresAt = Date.parse(expires ?? '');
  return now + (Number.isFinite(expiresAt) ? expiresAt - now : assumedLifeMs) * usablePart;
}

/** One token for the account, kept until it nears its end; callers at the same time share one login. */
export class Keystone {
  private login: Promise<Session> | undefined;

  constructor(
    private readonly logIn: LogIn,
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
    return endpointsOf(session, types).some((endpoint) => isIn(endpoint, region));
  }

  /**
   * The public endpoint of a service in a region: of the first of its types that the catalog has there.
   * @throws VendorError not-found when the catalog has none.
   */
  static endpoint(session: Session, types: readonly string[], region: string): string {
    const urls = types.flatMap((type) => endpointsOf(session, [type]).filter((endpoint) => isIn(endpoint, region)));
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
}

const endpointsOf = ({ catalog }: Session, types: readonly string[]): readonly Endpoint[] =>
  catalog.filter(({ type }) => types.includes(type));

/** Rackspace's catalog has its regions in capitals, its documents and price lists mostly do not. */
const isIn = (endpoint: Endpoint, region: string): boolean => endpoint.region.toLowerCase() === region.toLowerCase();
