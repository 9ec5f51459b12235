import type { HttpAnswer, VendorHttp } from '../../vendor/http.js';
import { novaError } from './errors.js';
import { field, type Json, list, parseJson, requiredList, text } from '../../vendor/json.js';
import { Keystone, type Session } from './keystone.js';
import { VendorError } from '../../vendor/vendor-error.js';

/** Service types as catalogs write them, the official one first (OpenStack service-types authority). */
export const services = {
  compute: ['compute'],
  image: ['image'],
  network: ['network'],
  volume: ['volumev3', 'block-storage', 'volume'],
} as const;

type Service = keyof typeof services;

/** Services that a cloud may do without. */
const optional: Partial<Readonly<Record<Service, string>>> = { network: 'networks of one’s own', volume: 'volumes' };

export interface ServiceCall {
  readonly service: Service;
  readonly region: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
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

  /** @throws VendorError invalid-request when the cloud does without the service in that region. */
  async require(service: Service, region: string): Promise<void> {
    endpointOf(await this.keystone.current(), service, region);
  }

  private async authorised(call: ServiceCall): Promise<HttpAnswer> {
    const session = await this.keystone.current();
    const answer = await this.send(call, session.token, endpointOf(session, call.service, call.region));
    if (answer.status !== 401) return answer;
    await this.keystone.forget(session);
    const renewed = await this.keystone.current();
    return await this.send(call, renewed.token, endpointOf(renewed, call.service, call.region));
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

function endpointOf(session: Session, service: Service, region: string): string {
  const what = optional[service];
  if (what !== undefined && !Keystone.has(session, services[service], region)) {
    throw new VendorError(
      'invalid-request',
      `this cloud has no ${what}: its service catalog has no ${services[service].join(', ')} in ${region}`,
    );
  }
  const endpoint = Keystone.endpoint(session, services[service], region);
  return service === 'volume' ? versioned(endpoint, session.project) : endpoint;
}

/** A Block Storage endpoint without a version (service-types authority) is completed; volumes are asked for within a project. */
function versioned(endpoint: string, project: string | undefined): string {
  if (/\/v\d/.test(endpoint)) return endpoint;
  return project === undefined ? `${endpoint}/v3` : `${endpoint}/v3/${project}`;
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

/** A catalog may have a version at an endpoint's end, and the project after it (Rackspace): neither is said twice. */
function joined(endpoint: string, path: string): string {
  const { origin, pathname } = new URL(endpoint);
  if (/\/v\d/.test(pathname) && path.startsWith(`${pathname}/`)) return origin + path;
  const [version = ''] = /^\/v\d[^/]*/.exec(path) ?? [];
  const isSaid = version !== '' && pathname.split('/').slice(-2).includes(version.slice(1));
  return endpoint + (isSaid ? path.slice(version.length) : path);
}

function nextLink(page: Json, name: string): string | undefined {
  const link = list(page, `${name}_links`).find((entry) => text(entry, 'rel') === 'next');
  const next = field(page, 'next');
  return link === undefined ? (typeof next === 'string' ? next : undefined) : text(link, 'href');
}
