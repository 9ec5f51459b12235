import type { HttpAnswer, VendorHttp } from '../../vendor/http.js';
import { novaError } from './errors.js';
import { field, type Json, list, parseJson, requiredList, text } from './json.js';
import { Keystone } from './keystone.js';

/** Service types as catalogs write them, the official one first (OpenStack service-types authority). */
export const services = { compute: ['compute'], image: ['image'], network: ['network'] } as const;

export interface ServiceCall {
  readonly service: keyof typeof services;
  readonly region: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the service's endpoint, or a whole URL as a `next` link gives it. */
  readonly path: string;
  readonly body?: object;
  /** Compute API microversion. */
  readonly microversion?: string;
}

/** The services of one account by the catalog, with a token that is renewed when a service refuses it. */
export class Services {
  constructor(
    private readonly keystone: Keystone,
    private readonly http: VendorHttp,
  ) {}

  /** @throws VendorError */
  async call(call: ServiceCall): Promise<Json> {
    const answer = await this.authorised(call);
    if (answer.status < 200 || answer.status > 299) throw novaError(answer);
    return answer.body === '' ? null : parseJson(answer.body);
  }

  /** All pages of a list, by its `<name>_links` (Nova) or `next` (Glance, Neutron). */
  async *pages(call: ServiceCall, name: string): AsyncGenerator<readonly Json[]> {
    const seen = new Set<string>();
    let next: string | undefined = call.path;
    while (next !== undefined && !seen.has(next)) {
      seen.add(next);
      const page = await this.call({ ...call, path: next });
      yield requiredList(page, name);
      next = nextLink(page, name);
    }
  }

  private async authorised(call: ServiceCall): Promise<HttpAnswer> {
    const session = await this.keystone.current();
    const answer = await this.send(call, session.token, Keystone.endpoint(session, services[call.service], call.region));
    if (answer.status !== 401) return answer;
    await this.keystone.forget(session);
    const renewed = await this.keystone.current();
    return await this.send(call, renewed.token, Keystone.endpoint(renewed, services[call.service], call.region));
  }

  private async send(call: ServiceCall, token: string, endpoint: string): Promise<HttpAnswer> {
    return await this.http.send({
      method: call.method,
      url: urlOf(endpoint, call.path),
      headers: {
        'x-auth-token': token,
        accept: 'application/json',
        ...(call.body ? { 'content-type': 'application/json' } : {}),
        ...(call.microversion === undefined ? {} : { 'openstack-api-version': `compute ${call.microversion}` }),
      },
      ...(call.body ? { body: JSON.stringify(call.body) } : {}),
      scope: call.region,
      idempotent: call.method !== 'POST',
    });
  }
}

/**
 * A `next` link is followed at the host of the catalog: behind a proxy Nova often names its own, and a token goes to no other host. A link
 * from the root (Glance's `/v2/images?marker=…`) keeps whatever path the catalog puts before it.
 */
export function urlOf(endpoint: string, path: string): string {
  if (!/^https?:\/\//.test(path)) return joined(endpoint, path);
  const link = new URL(path);
  const base = new URL(endpoint);
  return `${base.origin}${link.pathname}${link.search}`;
}

function joined(endpoint: string, path: string): string {
  const [version] = /^\/v\d[^/]*/.exec(path) ?? [];
  return version !== undefined && endpoint.endsWith(version) ? endpoint + path.slice(version.length) : endpoint + path;
}

function nextLink(page: Json, name: string): string | undefined {
  const link = list(page, `${name}_links`).find((entry) => text(entry, 'rel') === 'next');
  const next = field(page, 'next');
  return link === undefined ? (typeof next === 'string' ? next : undefined) : text(link, 'href');
}
