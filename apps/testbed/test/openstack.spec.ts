import type { Account } from '@cloud-agency/runtime';
import type { AxiosInstance } from 'axios';
import { probe, runTestbed, type RunningTestbed, until } from './harness.js';
import { authenticate, type Server, servicesOf } from './openstack-client.js';

interface Flavor {
  readonly id: string;
  readonly name: string;
  readonly ram: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly extra_specs: Readonly<Record<string, string>>;
}

const region = 'eu-west';
let testbed: RunningTestbed;
let account: Account;
let nova: AxiosInstance;
let glance: AxiosInstance;
let neutron: AxiosInstance;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['campus', 'azure', 'aws'] });
  account = await testbed.account('campus');
  ({ nova, glance, neutron } = await servicesOf(account, region));
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const flavorNamed = async (name: string): Promise<Flavor> => {
  const { data } = await nova.get<{ flavors: Flavor[] }>('/flavors/detail');
  return data.flavors.find((flavor) => flavor.name === name)!;
};

async function imageOf(architecture: string): Promise<string> {
  const { data } = await glance.get<{ images: { id: string }[] }>('/v2/images', {
    params: { name: 'debian-12', status: 'active', architecture },
  });
  return data.images[0]!.id;
}

const order = async (changes: Record<string, unknown> = {}) => ({
  server: {
    name: 'web-1',
    imageRef: await imageOf('x86_64'),
    flavorRef: (await flavorNamed('m1.medium')).id,
    networks: 'auto',
    ...changes,
  },
});

async function create(changes: Record<string, unknown> = {}): Promise<string> {
  const { status, data } = await nova.post<{ server: { id: string } }>('/servers', await order(changes));
  expect(status).toBe(202);
  return data.server.id;
}

const shown = async (id: string): Promise<Server> => (await nova.get<{ server: Server }>(`/servers/${id}`)).data.server;
const inStatus = (id: string, status: string): Promise<Server> =>
  until(
    () => shown(id),
    (server) => server.status === status,
  );
const addressOf = ({ addresses }: Server): string => addresses.private![0]!.addr;

describe('Keystone', () => {
  it('gives a token and the catalogue of every region for the password', async () => {
    const { status, headers, data } = await authenticate(account);
    expect(status).toBe(201);
    expect(headers['x-subject-token']).toEqual(expect.any(String));
    expect(data.token.catalog.map(({ type }) => type)).toEqual([
      ...['identity', 'compute', 'image', 'network', 'volumev3', 'block-storage'],
    ]);
    expect(data.token.catalog[1]!.endpoints).toHaveLength(4);
  });

  it('refuses a wrong password', async () => {
    const { status, data } = await authenticate(account, 'guess');
    expect([status, data]).toEqual([401, { error: { code: 401, message: expect.any(String) as string, title: 'Unauthorized' } }]);
  });

  it('refuses a request that is none', async () => {
    expect((await testbed.http.post('/campus/identity/v3/auth/tokens', { auth: 'please' })).status).toBe(400);
  });

  it('gives tokens that end, and that are of one cloud', async () => {
    const azure = await servicesOf(await testbed.account('azure'), 'westeurope');
    expect((await azure.nova.get('/limits', { baseURL: nova.defaults.baseURL! })).status).toBe(401);
    await testbed.http.delete('/control/tokens');
    expect((await nova.get('/limits')).status).toBe(401);
    ({ nova, glance, neutron } = await servicesOf(account, region));
    expect((await nova.get('/limits')).status).toBe(200);
  });
});

describe('flavors', () => {
  it('tell cores, MiB and GB', async () => {
    expect(await flavorNamed('m1.medium')).toMatchObject({
      vcpus: 2,
      ram: 4096,
      disk: 80,
      extra_specs: { 'trait:HW_ARCH_X86_64': 'required' },
    });
  });

  it('come in pages of a thousand, each with the way to the next', async () => {
    const azure = (await servicesOf(await testbed.account('azure'), 'westeurope')).nova;
    const names: string[] = [];
    for (let url: string | undefined = '/flavors/detail'; url !== undefined;) {
      const { data }: { data: { flavors: Flavor[]; flavors_links?: { href: string }[] } } = await azure.get(url);
      expect(data.flavors.length).toBeLessThanOrEqual(1000);
      names.push(...data.flavors.map(({ name }) => name));
      url = data.flavors_links?.[0]?.href;
    }
    const prices = (await testbed.http.get<string>('/prices/azure.csv')).data;
    expect(names).toHaveLength(prices.split('\n').filter((line) => line.includes(',westeurope,')).length);
    expect(new Set(names).size).toBe(names.length);
  });

  it('start after a marker, which has to be one of them', async () => {
    const { data } = await nova.get<{ flavors: Flavor[] }>('/flavors/detail', { params: { limit: 2 } });
    const rest = await nova.get<{ flavors: Flavor[] }>('/flavors/detail', { params: { limit: 1, marker: data.flavors[0]!.id } });
    expect(rest.data.flavors[0]).toEqual(data.flavors[1]);
    expect((await nova.get('/flavors/detail', { params: { marker: 'lost' } })).status).toBe(400);
  });

  it('show their extra specs from microversion 2.61 on', async () => {
    const old = await servicesOf(account, region, '2.60');
    const { data } = await old.nova.get<{ flavors: Flavor[] }>('/flavors/detail');
    expect(data.flavors[0]).not.toHaveProperty('extra_specs');
    expect((await (await servicesOf(account, region, '2.999')).nova.get('/flavors')).status).toBe(406);
  });
});

describe('servers', () => {
  it('build, answer at an address of their own, are acted on and deleted', async () => {
    const network = (await neutron.get<{ networks: { id: string }[] }>('/v2.0/networks', { params: { name: account.network } }))
      .data.networks[0]!;
    const id = await create({ networks: [{ uuid: network.id }], availability_zone: 'eu-west-2', metadata: { placement: 'p1' } });
    expect(await shown(id)).toMatchObject({ status: 'BUILD', addresses: {} });
    const server = await inStatus(id, 'ACTIVE');
    expect(server).toMatchObject({
      'OS-EXT-AZ:availability_zone': 'eu-west-2',
      metadata: { placement: 'p1' },
      flavor: { original_name: 'm1.medium' },
    });
    expect(await probe(addressOf(server))).toMatchObject({
      status: 'ok',
      instance: id,
      region,
      zone: 'eu-west-2',
      type: 'm1.medium',
    });
    expect((await nova.get(`/servers/${id}/diagnostics`)).data).toMatchObject({
      state: 'running',
      memory_details: { maximum: 4096 },
    });

    for (const [action, status, answer] of [
      [{ 'os-stop': null }, 'SHUTOFF', 'refused'],
      [{ 'os-start': null }, 'ACTIVE', expect.objectContaining({ status: 'ok' })],
      [{ reboot: { type: 'SOFT' } }, 'ACTIVE', expect.objectContaining({ status: 'ok' })],
      [{ suspend: null }, 'SUSPENDED', 'refused'],
      [{ resume: null }, 'ACTIVE', expect.objectContaining({ status: 'ok' })],
    ] as const) {
      expect((await nova.post(`/servers/${id}/action`, action)).status).toBe(202);
      await until(
        () => shown(id),
        (now) => now.status === status && now['OS-EXT-STS:task_state'] === null,
      );
      expect(await probe(addressOf(server))).toEqual(answer);
    }

    expect((await nova.delete(`/servers/${id}`)).status).toBe(204);
    await until(
      () => nova.get(`/servers/${id}`),
      ({ status }) => status === 404,
    );
    expect((await nova.get(`/servers/${id}`)).data).toEqual({
      itemNotFound: { code: 404, message: expect.stringContaining(id) as string },
    });
    expect(await probe(addressOf(server))).toBe('refused');
  });

  it('are made again for every request, and found by their name', async () => {
    const ids = [await create({ name: 'agency-p7' }), await create({ name: 'agency-p7' })];
    await create({ name: 'agency-p77' });
    const { data } = await nova.get<{ servers: Server[] }>('/servers/detail', { params: { name: '^agency-p7$' } });
    expect(data.servers.map(({ id }) => id).sort()).toEqual(ids.sort());
  });

  it('come in pages', async () => {
    await Promise.all([1, 2, 3].map((n) => create({ name: `paged-${n}` })));
    const names: string[] = [];
    for (let url: string | undefined = '/servers/detail?name=paged&limit=2'; url !== undefined;) {
      const { data }: { data: { servers: Server[]; servers_links?: { href: string }[] } } = await nova.get(url);
      names.push(...data.servers.map(({ name }) => name));
      url = data.servers_links?.[0]?.href;
    }
    expect(names.sort()).toEqual(['paged-1', 'paged-2', 'paged-3']);
  });

  it('tell what the hypervisor counts: flat as libvirt does, and in one shape for all from microversion 2.48 on', async () => {
    await testbed.fault({ cloud: 'campus', region, fault: 'slow-boot', delay_ms: 8000, times: 1 });
    const id = await create();
    expect((await nova.get(`/servers/${id}/diagnostics`)).status).toBe(409);
    await inStatus(id, 'ACTIVE');
    const { data } = await nova.get<{ cpu_details: unknown[] }>(`/servers/${id}/diagnostics`);
    expect(data).toMatchObject({
      num_cpus: 2,
      cpu_details: [{ id: 0, time: expect.any(Number) as number, utilisation: null }, { id: 1 }],
      memory_details: { maximum: 4096 },
      nic_details: [{ mac_address: expect.stringMatching(/^fa:16:3e:/) as string, rx_octets: expect.any(Number) as number }],
      disk_details: [{ read_bytes: expect.any(Number) as number }],
    });
    const old = await servicesOf(account, region, '2.47');
    const flat = (await old.nova.get<Record<string, number>>(`/servers/${id}/diagnostics`)).data;
    expect(flat).toMatchObject({
      memory: 4096 * 1024,
      vda_write: expect.any(Number) as number,
      cpu1_time: expect.any(Number) as number,
    });
    expect(Object.keys(flat).filter((name) => /^tap[\da-f-]{11}_(rx|tx)$/.test(name))).toHaveLength(2);
  });

  it('show the end of what they wrote to their console, once they have run', async () => {
    await testbed.fault({ cloud: 'campus', region, fault: 'slow-boot', delay_ms: 8000, times: 1 });
    const id = await create();
    const read = (wish: unknown) => nova.post<{ output: string }>(`/servers/${id}/action`, { 'os-getConsoleOutput': wish });
    expect((await read({})).status).toBe(409);
    await inStatus(id, 'ACTIVE');
    const whole = (await read({})).data.output;
    expect(whole).toContain(id);
    expect((await read({ length: '1' })).data.output).toBe(`${id} login:\n`);
    expect((await read({ length: -1 })).data.output).toBe(whole);
    expect((await read({ lines: 3 })).status).toBe(400);
  });

  it('cannot be acted on in the wrong state', async () => {
    const id = await create();
    const { status, data } = await nova.post<unknown>(`/servers/${id}/action`, { 'os-start': null });
    expect([status, data]).toEqual([
      409,
      { conflictingRequest: { code: 409, message: expect.stringContaining('vm_state') as string } },
    ]);
  });

  it.each([
    [{ flavorRef: 'none' }, 'Flavor none could not be found.'],
    [{ imageRef: 'none' }, 'Image none could not be found.'],
    [{ key_name: 'lost' }, 'Invalid key_name provided.'],
    [{ availability_zone: 'moon' }, 'The requested availability zone is not available'],
    [{ networks: [{ uuid: 'none' }] }, 'Network none could not be found.'],
    [{ networks: undefined }, "'networks' is a required property"],
    [{ colour: 'red' }, 'Unexpected property'],
  ])('are not made of %j', async (changes, message) => {
    const { status, data } = await nova.post<unknown>('/servers', await order(changes));
    expect([status, data]).toEqual([400, { badRequest: { code: 400, message: expect.stringContaining(message) as string } }]);
  });

  it('find no host for an image of another architecture', async () => {
    const id = await create({ imageRef: await imageOf('aarch64') });
    expect(await shown(id)).toMatchObject({
      status: 'ERROR',
      fault: { code: 500, message: expect.stringContaining('No valid host') as string },
    });
  });

  it('come with a key pair that was imported', async () => {
    const keypair = { name: 'shop', public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE2bVwQ8 shop' };
    expect((await nova.post('/os-keypairs', { keypair })).status).toBe(201);
    expect((await nova.post('/os-keypairs', { keypair })).status).toBe(409);
    expect(await shown(await create({ key_name: 'shop' }))).toMatchObject({ key_name: 'shop' });
    expect((await nova.delete('/os-keypairs/shop')).status).toBe(204);
    expect((await nova.get('/os-keypairs/shop')).status).toBe(404);
  });
});

describe('faults', () => {
  it('make every list come in pages of two', async () => {
    await Promise.all([1, 2, 3].map((n) => create({ name: `short-${n}` })));
    await testbed.fault({ cloud: 'campus', region, fault: 'short-pages' });
    const pages = async (client: AxiosInstance, path: string, collection: string): Promise<number[]> => {
      const lengths: number[] = [];
      for (let url: string | undefined = path; url !== undefined;) {
        const { data }: { data: Record<string, { length: number; href?: string }[]> & { next?: string } } = await client.get(url);
        lengths.push(data[collection]!.length);
        url = data.next ?? (data[`${collection}_links`] as { href: string }[] | undefined)?.[0]?.href;
      }
      return lengths;
    };
    expect(await pages(nova, '/servers?name=short', 'servers')).toEqual([2, 1]);
    expect(await pages(glance, '/v2/images?architecture=x86_64&limit=100', 'images')).toEqual([2, 2, 2, 2]);
    expect((await pages(nova, '/flavors/detail', 'flavors'))[0]).toBe(2);
    expect(await pages(neutron, '/v2.0/networks', 'networks')).toEqual([2]);
  });

  it('without room a server ends in ERROR, at once and for good', async () => {
    await testbed.fault({ cloud: 'campus', region, fault: 'no-capacity' });
    const id = await create();
    expect(await shown(id)).toMatchObject({
      status: 'ERROR',
      addresses: {},
      fault: { message: expect.stringContaining('No valid host') as string },
    });
    expect((await nova.delete(`/servers/${id}`)).status).toBe(204);
  });

  it('let a server fail while it builds', async () => {
    await testbed.fault({ cloud: 'campus', region, zone: 'eu-west-1', fault: 'boot-error' });
    const id = await create({ availability_zone: 'eu-west-1' });
    expect(await shown(id)).toMatchObject({ status: 'BUILD' });
    expect(await inStatus(id, 'ERROR')).toMatchObject({ fault: { message: 'The instance failed to boot.' } });
  });

  it.each([
    [{ fault: 'quota' }, 403, 'forbidden'],
    [{ fault: 'server-error' }, 500, 'computeFault'],
    [{ fault: 'region-down' }, 503, 'serviceUnavailable'],
    [{ fault: 'rate-limit', retry_after: 7 }, 429, 'overLimit'],
  ])('%j', async (fault, status, name) => {
    const wanted = await order();
    await testbed.fault({ cloud: 'campus', region, ...fault });
    const answer = await nova.post<Record<string, unknown>>('/servers', wanted);
    expect([answer.status, Object.keys(answer.data)]).toEqual([status, [name]]);
    if (fault.fault === 'rate-limit') expect(answer.headers['retry-after']).toBe('7');
  });

  it('make a cloud slow, its Keystone too', async () => {
    await testbed.fault({ cloud: 'campus', fault: 'slow', delay_ms: 4000 });
    const started = Date.now();
    expect((await authenticate(account)).status).toBe(201);
    expect(Date.now() - started).toBeGreaterThanOrEqual(195);
  });
});
