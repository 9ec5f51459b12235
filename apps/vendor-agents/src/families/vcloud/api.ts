import type { HttpAnswer, VendorHttp } from '../../vendor/http.js';
import { isSuccess, malformed, refusalOf } from '../../vendor/refusal.js';
import { parseXml, type XmlElement } from '../../vendor/xml.js';
import { toldBy } from './errors.js';

/** What the versions of the protocol do not share. */
export interface Dialect {
  /** Below the endpoint. */
  readonly api: string;
  /** Below the API. */
  readonly login: string;
  readonly accept: string;
  /** The header of a login's answer that holds the session, and the one that carries it from then on. */
  readonly session: readonly [given: string, carried: string];
  /** What a login is answered with. */
  readonly welcome: string;
}

/** vCloud API Programming Guide 1.5, "Create a Login Session". */
export const director: Dialect = {
  api: '/api',
  login: '/sessions',
  accept: 'application/*+xml;version=1.5',
  session: ['x-vcloud-authorization', 'x-vcloud-authorization'],
  welcome: 'Session',
};

/** vCloud Express API 0.8: a cookie, and the organizations at once. */
export const express: Dialect = {
  api: '/api/v0.8',
  login: '/login',
  accept: '*/*',
  session: ['set-cookie', 'cookie'],
  welcome: 'OrgList',
};

export interface VcloudAccount {
  /** With or without the path of the API. */
  readonly endpoint: string;
  /** As HTTP Basic takes it: of vCloud Director `user@organization`. */
  readonly user: string;
  readonly password: string;
}

export interface VcloudRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the API, or the whole address that an answer gave. */
  readonly at: string;
  readonly body?: string;
  /** Of the body: `…` of `application/vnd.vmware.vcloud.…+xml`. */
  readonly type?: string;
}

export interface VcloudCall extends VcloudRequest {
  /** What may be answered. */
  readonly roots: readonly string[];
}

interface Session {
  readonly token: string;
  readonly welcome: XmlElement;
}

/** One account's XML over HTTP. Sessions end (after 30 minutes, unless the operator says otherwise): a refused one is renewed once. */
export class VcloudApi {
  readonly base: string;
  private session: Promise<Session> | undefined;

  constructor(
    private readonly account: VcloudAccount,
    private readonly dialect: Dialect,
    private readonly http: VendorHttp,
  ) {
    this.base = account.endpoint.replace(/(\/api(\/v[\d.]+)?)?\/*$/, '') + dialect.api;
  }

  /** What the login was answered with: where everything else begins. */
  async welcome(): Promise<XmlElement> {
    return (await this.current()).welcome;
  }

  /** @throws VendorError as the vendor tells, or unknown for what is not the XML expected. */
  async call({ roots, ...request }: VcloudCall): Promise<XmlElement> {
    return parseXml((await this.send(request)).body, ...roots);
  }

  /** For requests whose answers may have no document. @throws VendorError as the vendor tells. */
  async send(request: VcloudRequest): Promise<HttpAnswer> {
    const session = await this.current();
    let answer = await this.attempt(request, session);
    if (answer.status === 401) answer = await this.attempt(request, await this.renewed(session));
    if (!isSuccess(answer)) throw refusalOf(answer, toldBy(answer));
    return answer;
  }

  close(): void {
    this.http.close();
  }

  private async current(): Promise<Session> {
    this.session ??= this.login();
    try {
      return await this.session;
    } catch (error) {
      this.session = undefined;
      throw error;
    }
  }

  /** Whoever comes first renews it; the others take what he got. */
  private async renewed(old: Session): Promise<Session> {
    if ((await this.current()) === old) this.session = undefined;
    return await this.current();
  }

  private async login(): Promise<Session> {
    const { accept, login, session, welcome } = this.dialect;
    const { user, password } = this.account;
    const answer = await this.http.send({
      method: 'POST',
      url: this.base + login,
      headers: { accept, authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
      scope: this.base,
      idempotent: true,
    });
    if (!isSuccess(answer)) throw refusalOf(answer, toldBy(answer));
    const root = parseXml(answer.body, welcome);
    const [token] = (answer.headers[session[0]] ?? '').split(';');
    if (!token) throw malformed('the login was answered without a session');
    return { token, welcome: root };
  }

  private async attempt({ method, at, body, type }: VcloudRequest, { token }: Session): Promise<HttpAnswer> {
    const { accept, session } = this.dialect;
    const contentType = type === undefined ? undefined : `application/vnd.vmware.vcloud.${type}+xml`;
    return await this.http.send({
      method,
      url: this.urlOf(at),
      headers: { accept, [session[1]]: token, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
      ...(body === undefined ? {} : { body }),
      scope: this.base,
      idempotent: method !== 'POST',
    });
  }

  /** A session goes to no other host than the account's. */
  private urlOf(at: string): string {
    if (!/^https?:\/\//.test(at)) return this.base + at;
    if (new URL(at).origin === new URL(this.base).origin) return at;
    throw malformed(`the answer leads to another host: ${new URL(at).host}`);
  }
}
