import type { Account } from '@cloud-agency/runtime';
import axios, { type AxiosInstance } from 'axios';
import { credentialOf, endpointOf, present } from './harness.js';

export interface CatalogEntry {
  readonly type: string;
  readonly endpoints: readonly { readonly region: string; readonly interface: string; readonly url: string }[];
}

export interface Server {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly addresses: Readonly<Record<string, readonly { readonly addr: string }[]>>;
  readonly 'OS-EXT-STS:task_state': string | null;
  readonly 'os-extended-volumes:volumes_attached': readonly { readonly id: string }[];
  readonly flavor: { readonly original_name?: string };
  readonly fault?: { readonly code: number; readonly message: string };
}

const http = axios.create({ validateStatus: () => true, proxy: false });

export const authenticate = (account: Account, password = credentialOf(account, 'password')) => {
  const { username, project, domain } = account.credentials;
  const user = { name: username, domain: { name: domain }, password };
  return http.post<{ token: { catalog: readonly CatalogEntry[]; expires_at: string } }>(`${endpointOf(account)}/auth/tokens`, {
    auth: {
      identity: { methods: ['password'], password: { user } },
      scope: { project: { name: project, domain: { name: domain } } },
    },
  });
};

/** The services of a region, each at the address its catalogue gives. */
export async function servicesOf(
  account: Account,
  region: string,
  microversion = '2.79',
): Promise<Record<'nova' | 'glance' | 'neutron' | 'cinder', AxiosInstance>> {
  const { headers, data } = await authenticate(account);
  const at = (type: string): AxiosInstance => {
    const entry = data.token.catalog.find((candidate) => candidate.type === type);
    const endpoint = entry?.endpoints.find((candidate) => candidate.region === region);
    return axios.create({
      baseURL: present(endpoint, `${type} endpoint in ${region}`).url,
      headers: { 'X-Auth-Token': String(headers['x-subject-token']), 'OpenStack-API-Version': `compute ${microversion}` },
      validateStatus: () => true,
      proxy: false,
    });
  };
  return { nova: at('compute'), glance: at('image'), neutron: at('network'), cinder: at('block-storage') };
}
