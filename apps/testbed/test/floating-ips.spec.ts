import { type AxiosInstance } from 'axios';
import { present, probe, runTestbed, type RunningTestbed, until } from './harness.js';
import { faultOf, OpenStackRegion } from './openstack-region.js';

interface FloatingIp {
  readonly id: string;
  readonly floating_ip_address: string;
  readonly port_id: string | null;
  readonly status: string;
  readonly tags: readonly string[];
}
interface Port {
  readonly id: string;
  readonly fixed_ips: readonly { readonly ip_address: string }[];
}

const region = 'eu-west';
let testbed: RunningTestbed;
let cloud: OpenStackRegion;
let neutron: AxiosInstance;
let external: string;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['campus'] });
  cloud = await OpenStackRegion.open(await testbed.account('campus'), region);
  ({ neutron } = cloud);
  const { data } = await neutron.get<{ networks: { id: string }[] }>('/v2.0/networks', { params: { 'router:external': true } });
  external = present(data.networks[0], 'external network').id;
});
afterEach(async () => {
  await testbed.calmDown();
  const { data } = await neutron.get<{ floatingips: FloatingIp[] }>('/v2.0/floatingips');
  for (const { id } of data.floatingips) await neutron.delete(`/v2.0/floatingips/${id}`);
});
afterAll(() => testbed.stop());

async function take(more: Record<string, unknown> = {}): Promise<FloatingIp> {
  const floatingip = { floating_network_id: external, ...more };
  const { status, data } = await neutron.post<{ floatingip: FloatingIp }>('/v2.0/floatingips', { floatingip });
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(data)}`);
  return data.floatingip;
}

const change = async (
  id: string,
  floatingip: Record<string, unknown>,
): Promise<{ status: number; data: { floatingip: FloatingIp } }> => await neutron.put(`/v2.0/floatingips/${id}`, { floatingip });

async function portOf(server: string): Promise<Port> {
  const { data } = await neutron.get<{ ports: Port[] }>('/v2.0/ports', { params: { device_id: server } });
  return present(data.ports[0], 'port');
}

const answers = (address: string, instance: string): Promise<unknown> =>
  until(
    () => probe(address).catch(() => null),
    (answer) => (answer as { instance?: string } | null)?.instance === instance,
  );

it('lead to the server whose port has them, and are shown among its addresses', async () => {
  const server = await cloud.boot('eu-west-1');
  const port = await portOf(server.id);
  const { id, floating_ip_address: address, status } = await take();
  expect(status).toBe('DOWN');
  expect((await change(id, { port_id: port.id })).data.floatingip).toMatchObject({
    status: 'ACTIVE',
    port_id: port.id,
    fixed_ip_address: port.fixed_ips[0]!.ip_address,
    router_id: expect.any(String) as string,
  });
  await answers(address, server.id);
  expect((await cloud.server(server.id)).addresses).toMatchObject({
    private: [
      { addr: port.fixed_ips[0]!.ip_address, 'OS-EXT-IPS:type': 'fixed' },
      { addr: address, 'OS-EXT-IPS:type': 'floating' },
    ],
  });
  const { data } = await neutron.get<{ floatingips: FloatingIp[] }>('/v2.0/floatingips', { params: { port_id: port.id } });
  expect(data.floatingips.map((floating) => floating.id)).toEqual([id]);
  expect((await change(id, { port_id: null })).data.floatingip).toMatchObject({ status: 'DOWN', port_id: null });
  expect(await probe(address)).toBe('refused');
  await cloud.nova.delete(`/servers/${server.id}`);
});

it('stay with the account when their server is deleted', async () => {
  const server = await cloud.boot('eu-west-1');
  const { id } = await take({ port_id: (await portOf(server.id)).id, description: 'front' });
  await cloud.nova.delete(`/servers/${server.id}`);
  const freed = await until(
    async () => (await neutron.get<{ floatingip: FloatingIp }>(`/v2.0/floatingips/${id}`)).data.floatingip,
    ({ port_id: port }) => port === null,
  );
  expect(freed).toMatchObject({ description: 'front', status: 'DOWN' });
  expect((await neutron.delete(`/v2.0/floatingips/${id}`)).status).toBe(204);
  expect(faultOf(await neutron.get(`/v2.0/floatingips/${id}`))).toEqual([404, 'NeutronError']);
});

it('bear tags, by which they are found', async () => {
  const { id } = await take();
  await take();
  expect((await neutron.put(`/v2.0/floatingips/${id}/tags`, { tags: ['agency'] })).status).toBe(200);
  const { data } = await neutron.get<{ floatingips: FloatingIp[] }>('/v2.0/floatingips', { params: { tags: 'agency' } });
  expect(data.floatingips).toMatchObject([{ id, tags: ['agency'] }]);
});

const refusalOf = async (floatingip: Record<string, unknown>): Promise<[number, string]> => {
  const { status, data } = await neutron.post<{ NeutronError: { type: string } }>('/v2.0/floatingips', { floatingip });
  return [status, data.NeutronError.type];
};

it('are refused in the words of Neutron', async () => {
  const server = await cloud.boot('eu-west-1');
  const { id: port } = await portOf(server.id);
  await take({ port_id: port });
  const own = (await neutron.post<{ network: { id: string } }>('/v2.0/networks', { network: { name: 'inner' } })).data.network.id;
  await neutron.post('/v2.0/subnets', { subnet: { network_id: own, cidr: '10.9.0.0/24', ip_version: 4 } });
  const inner = (await neutron.post<{ port: Port }>('/v2.0/ports', { port: { network_id: own } })).data.port.id;
  const at = { floating_network_id: external };
  expect(await refusalOf({})).toEqual([400, 'HTTPBadRequest']);
  expect(await refusalOf({ floating_network_id: own })).toEqual([400, 'BadRequest']);
  expect(await refusalOf({ floating_network_id: 'none' })).toEqual([404, 'NetworkNotFound']);
  expect(await refusalOf({ ...at, port_id: 'none' })).toEqual([404, 'PortNotFound']);
  expect(await refusalOf({ ...at, port_id: port })).toEqual([409, 'FloatingIPPortAlreadyAssociated']);
  expect(await refusalOf({ ...at, port_id: inner })).toEqual([404, 'ExternalGatewayForFloatingIPNotFound']);
  expect(await refusalOf({ ...at, fixed_ip_address: '127.0.0.1' })).toEqual([400, 'BadRequest']);
  expect(await refusalOf({ ...at, floating_ip_address: '127.0.0.1' })).toEqual([403, 'PolicyNotAuthorized']);
  await cloud.nova.delete(`/servers/${server.id}`);
});

it('are limited by a quota, which Neutron tells', async () => {
  await take();
  await testbed.fault({ cloud: 'campus', region, fault: 'quota' });
  expect(await refusalOf({ floating_network_id: external })).toEqual([409, 'OverQuota']);
  const { data } = await neutron.get<{ networks: { tenant_id: string }[] }>('/v2.0/networks');
  const quotas = await neutron.get(`/v2.0/quotas/${data.networks[0]!.tenant_id}/details.json`);
  expect(quotas.data).toMatchObject({ quota: { floatingip: { limit: 50, used: 1, reserved: 0 } } });
});

it('are of a network that takes neither servers nor ports of an account', async () => {
  const attempts = [
    await cloud.nova.post('/servers', {
      server: {
        name: 'web',
        imageRef: await cloud.image(),
        flavorRef: await cloud.flavor('m1.medium'),
        networks: [{ uuid: external }],
      },
    }),
    await neutron.post('/v2.0/ports', { port: { network_id: external } }),
    await neutron.delete(`/v2.0/networks/${external}`),
  ];
  expect(attempts.map(({ status }) => status)).toEqual([403, 403, 403]);
});
