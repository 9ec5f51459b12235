import type { Account } from '@cloud-agency/runtime';
import type { AxiosInstance, AxiosResponse } from 'axios';
import { present, until } from './harness.js';
import { type Server, servicesOf } from './openstack-client.js';

/** What a client does all the time in one region of an OpenStack cloud. */
export class OpenStackRegion {
  private constructor(
    readonly nova: AxiosInstance,
    readonly glance: AxiosInstance,
    readonly neutron: AxiosInstance,
    readonly cinder: AxiosInstance,
  ) {}

  static async open(account: Account, region: string, microversion?: string): Promise<OpenStackRegion> {
    const { nova, glance, neutron, cinder } = await servicesOf(account, region, microversion);
    return new OpenStackRegion(nova, glance, neutron, cinder);
  }

  async image(): Promise<string> {
    const params = { name: 'debian-12', architecture: 'x86_64' };
    const { data } = await this.glance.get<{ images: { id: string }[] }>('/v2/images', { params });
    return present(data.images[0], 'image').id;
  }

  async flavor(name: string): Promise<string> {
    const { data } = await this.nova.get<{ flavors: { id: string; name: string }[] }>('/flavors/detail');
    return present(
      data.flavors.find((flavor) => flavor.name === name),
      `flavor ${name}`,
    ).id;
  }

  /** A server that is active. */
  async boot(zone: string, changes: Record<string, unknown> = {}): Promise<Server> {
    const { status, data } = await this.nova.post<{ server: { id: string } }>('/servers', {
      server: {
        name: 'web-1',
        imageRef: changes.imageRef ?? (await this.image()),
        flavorRef: await this.flavor('m1.medium'),
        networks: 'auto',
        availability_zone: zone,
        ...changes,
      },
    });
    if (status !== 202) throw new Error(`${status} ${JSON.stringify(data)}`);
    return this.inStatus(data.server.id, 'ACTIVE');
  }

  async server(id: string): Promise<Server> {
    return (await this.nova.get<{ server: Server }>(`/servers/${id}`)).data.server;
  }

  /** Waits until nothing is under way and the status is this one. */
  inStatus(id: string, status: string): Promise<Server> {
    return until(
      () => this.server(id),
      (server) => server.status === status && server['OS-EXT-STS:task_state'] === null,
    );
  }

  act(id: string, action: Record<string, unknown>): Promise<AxiosResponse<Record<string, unknown>>> {
    return this.nova.post<Record<string, unknown>>(`/servers/${id}/action`, action);
  }
}

/** Status and the name of the fault. */
export const faultOf = ({ status, data }: AxiosResponse): [number, string] => [status, Object.keys(data as object)[0] ?? ''];
