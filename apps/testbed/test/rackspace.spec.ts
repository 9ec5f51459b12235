import type { Account } from '@cloud-agency/runtime';
import axios, { type AxiosInstance } from 'axios';
import { credentialOf, endpointOf, present, probe, runTestbed, type RunningTestbed, until } from './harness.js';

interface Endpoint {
  readonly region?: string;
  readonly tenantId: string;
  readonly publicURL: string;
  readonly versionInfo?: string;
}
interface Access {
  readonly token: {
    readonly id: string;
    readonly expires: string;
    readonly tenant: { readonly id: string; readonly name: string };
  };
  readonly serviceCatalog: readonly { readonly name: string; readonly type: string; readonly endpoints: readonly Endpoint[] }[];
}
interface Server {
  readonly id: string;
  readonly status: string;
  readonly accessIPv4: string;
  readonly addresses: Readonly<Record<string, readonly { readonly addr: string }[]>>;
}

const region = 'dfw';
let testbed: RunningTestbed;
let account: Account;
let access: Access;
let servers: AxiosInstance;
let storage: AxiosInstance;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['rackspace'] });
  account = await testbed.account('rackspace');
  await login();
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const authenticate = (auth: unknown) => testbed.http.post<{ access: Access }>(`${endpointOf(account)}/tokens`, { auth });

const byKey = (apiKey = credentialOf(account, 'api_key')) => ({
  'RAX-KSKEY:apiKeyCredentials': { username: credentialOf(account, 'username'), apiKey },
});

function serviceNamed(name: string, wanted = region): AxiosInstance {
  const service = access.serviceCatalog.find((candidate) => candidate.name === name);
  const endpoint = service?.endpoints.find((candidate) => candidate.region === wanted);
  return axios.create({
    baseURL: present(endpoint, `endpoint of ${name}`).publicURL,
    headers: { 'X-Auth-Token': access.token.id },
    validateStatus: () => true,
    proxy: false,
  });
}

async function login(): Promise<void> {
  ({ access } = (await authenticate(byKey())).data);
  servers = serviceNamed('cloudServersOpenStack');
  storage = serviceNamed('cloudBlockStorage');
}

async function create(): Promise<string> {
  const images = await serviceNamed('cloudImages').get<{ images: { id: string }[] }>('/images', {
    params: { name: 'debian-12', architecture: 'x86_64' },
  });
  const flavors = await servers.get<{ flavors: { id: string; name: string }[] }>('/flavors/detail');
  const flavorRef = flavors.data.flavors.find(({ name }) => name === 'performance1-1')!.id;
  const { status, data } = await servers.post<{ server: { id: string } }>('/servers', {
    server: { name: 'web-1', imageRef: images.data.images[0]!.id, flavorRef },
  });
  expect(status).toBe(202);
  return data.server.id;
}

const active = (id: string): Promise<Server> =>
  until(
    async () => (await servers.get<{ server: Server }>(`/servers/${id}`)).data.server,
    ({ status }) => status === 'ACTIVE',
  );

describe('Cloud Identity', () => {
  it('gives a token, the tenant and the catalogue for an API key', async () => {
    const { status, data } = await authenticate(byKey());
    expect(status).toBe(200);
    const { token, serviceCatalog } = data.access;
    expect(token).toMatchObject({ tenant: { id: token.tenant.name }, 'RAX-AUTH:authenticatedBy': ['APIKEY'] });
    expect(serviceCatalog.map(({ name, type }) => `${name} ${type}`).sort()).toEqual([
      ...['cloudBlockStorage volume', 'cloudImages image', 'cloudNetworks network'],
      ...['cloudServers compute', 'cloudServersOpenStack compute'],
    ]);
    const compute = serviceCatalog.find(({ name }) => name === 'cloudServersOpenStack')!.endpoints;
    expect(compute).toHaveLength(5);
    expect(compute[0]).toMatchObject({
      tenantId: token.tenant.id,
      publicURL: expect.stringMatching(new RegExp(`/v2/${token.tenant.id}$`)) as string,
      versionId: '2',
      versionInfo: expect.stringMatching(/\/v2$/) as string,
    });
  });

  it('gives one for the password too, and for the tenant that is named', async () => {
    const passwordCredentials = { username: credentialOf(account, 'username'), password: credentialOf(account, 'api_key') };
    expect((await authenticate({ passwordCredentials })).status).toBe(200);
    expect((await authenticate({ ...byKey(), tenantId: access.token.tenant.id })).status).toBe(200);
    expect((await authenticate({ ...byKey(), tenantName: 'another' })).status).toBe(401);
  });

  it('refuses a wrong key, a wrong user and what is no request', async () => {
    const wrong = await authenticate(byKey('guess'));
    expect([wrong.status, wrong.data]).toEqual([401, { unauthorized: { code: 401, message: expect.any(String) as string } }]);
    const stranger = { 'RAX-KSKEY:apiKeyCredentials': { username: 'nobody', apiKey: credentialOf(account, 'api_key') } };
    expect((await authenticate(stranger)).status).toBe(401);
    const none = await authenticate({ apiKeyCredentials: {} });
    expect([none.status, Object.keys(none.data)]).toEqual([400, ['badRequest']]);
  });

  it('tells the tenants of a token', async () => {
    const tenants = (token: string) => testbed.http.get(`${endpointOf(account)}/tenants`, { headers: { 'X-Auth-Token': token } });
    expect((await tenants(access.token.id)).data).toEqual({ tenants: [{ ...access.token.tenant, enabled: true }] });
    expect((await tenants('lost')).status).toBe(401);
  });

  it.each([
    ['rate-limit', 413, 'overLimit'],
    ['server-error', 500, 'identityFault'],
    ['revoked', 401, 'unauthorized'],
  ])('says %s in its own words', async (fault, status, name) => {
    await testbed.fault({ cloud: 'rackspace', fault, ...(fault === 'rate-limit' ? { retry_after: 7 } : {}) });
    const answer = await authenticate(byKey());
    expect([answer.status, Object.keys(answer.data)]).toEqual([status, [name]]);
    if (fault === 'rate-limit') expect(answer.headers['retry-after']).toBe('7');
  });
});

describe('Cloud Servers', () => {
  it('is Nova v2: the tenant in its address, no microversions', async () => {
    const url = present(access.serviceCatalog.find(({ name }) => name === 'cloudServersOpenStack')?.endpoints[0], 'endpoint');
    const headers = { 'X-Auth-Token': access.token.id };
    expect((await testbed.http.get(url.versionInfo ?? '', { headers })).data).toMatchObject({
      version: { id: 'v2.0', version: '' },
    });
    const foreign = await testbed.http.get<unknown>(`${url.versionInfo ?? ''}/123456/servers`, { headers });
    expect(foreign.status).toBe(400);
    const asked = await servers.get('/flavors/detail', { headers: { 'X-OpenStack-Nova-API-Version': '2.79' } });
    expect(asked.status).toBe(200);
    expect(asked.headers).not.toHaveProperty('x-openstack-nova-api-version');
  });

  it('gives a server a public address, at which it answers, and one inside the region', async () => {
    const id = await create();
    const { addresses, accessIPv4 } = await active(id);
    expect(addresses).toMatchObject({
      public: [{ addr: accessIPv4 }],
      private: [{ addr: expect.stringMatching(/^10\./) as string }],
    });
    expect(await probe(accessIPv4)).toMatchObject({ status: 'ok', instance: id });
    const diagnostics = await servers.get<Record<string, number>>(`/servers/${id}/diagnostics`);
    expect(diagnostics.data).toMatchObject({ memory: 1024 * 1024, cpu0_time: expect.any(Number) as number });
    expect((await servers.delete(`/servers/${id}`)).status).toBe(204);
  });

  it('has no floating IPs', async () => {
    const networks = serviceNamed('cloudNetworks');
    expect((await networks.get('/networks')).data).toMatchObject({
      networks: [{ name: 'public', id: '00000000-0000-0000-0000-000000000000' }],
    });
    expect((await networks.get('/floatingips')).status).toBe(404);
  });

  it('answers too many requests with 413', async () => {
    await testbed.fault({ cloud: 'rackspace', fault: 'rate-limit', retry_after: 7 });
    const { status, data, headers } = await servers.get<Record<string, unknown>>('/servers/detail');
    expect([status, Object.keys(data), headers['retry-after']]).toEqual([413, ['overLimit'], '7']);
  });

  it('wants a new token when the old one has ended', async () => {
    await testbed.http.delete('/control/tokens');
    expect((await servers.get('/limits')).status).toBe(401);
    await login();
    expect((await servers.get('/limits')).status).toBe(200);
  });
});

describe('Cloud Block Storage', () => {
  interface Volume {
    readonly id: string;
    readonly status: string;
    readonly display_name: string;
    readonly attachments: readonly { readonly server_id: string; readonly device: string }[];
  }
  const shown = async (id: string): Promise<Volume> => (await storage.get<{ volume: Volume }>(`/volumes/${id}`)).data.volume;
  const inStatus = (id: string, status: string): Promise<Volume> =>
    until(
      () => shown(id),
      (volume) => volume.status === status,
    );

  it('speaks version 1: display names, whole lists, 200 for an order', async () => {
    const { status, data } = await storage.post<{ volume: Volume }>('/volumes', {
      volume: { display_name: 'data', size: 80, metadata: { placement: 'p1' } },
    });
    expect([status, data.volume]).toMatchObject([200, { display_name: 'data', size: 80, metadata: { placement: 'p1' } }]);
    expect(data.volume).not.toHaveProperty('name');
    const { id } = await inStatus(data.volume.id, 'available');
    const listed = await storage.get<{ volumes: Volume[] }>('/volumes', { params: { display_name: 'data' } });
    expect(listed.data).toMatchObject({ volumes: [{ id, display_name: 'data', status: 'available' }] });
    const server = await create();
    await active(server);
    const body = { volumeAttachment: { volumeId: id, device: '/dev/xvdb' } };
    expect((await servers.post(`/servers/${server}/os-volume_attachments`, body)).status).toBe(200);
    expect((await inStatus(id, 'in-use')).attachments).toMatchObject([{ server_id: server, device: '/dev/xvdb' }]);
    expect((await storage.delete(`/volumes/${id}`)).status).toBe(400);
    await servers.delete(`/servers/${server}`);
    await inStatus(id, 'available');
    expect((await storage.delete(`/volumes/${id}`)).status).toBe(202);
  });

  it('refuses what is too small, and the name of a later version', async () => {
    expect((await storage.post('/volumes', { volume: { size: 10 } })).status).toBe(400);
    const { data } = await storage.post<{ volume: Volume }>('/volumes', { volume: { name: 'data', size: 80 } });
    expect(data.volume.display_name).toBe('');
  });
});
