import { runTestbed, probe, type RunningTestbed, until } from './harness.js';
import { type Server, servicesOf } from './openstack-client.js';

interface Instance {
  readonly id: string;
  readonly cloud: string;
  readonly state: string;
  readonly dead: boolean;
  readonly address: string | null;
}

let testbed: RunningTestbed;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['campus', 'aws'] });
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const instances = async (): Promise<Instance[]> => (await testbed.http.get<Instance[]>('/control/instances')).data;
const instance = async (id: string): Promise<Instance> => (await instances()).find((candidate) => candidate.id === id)!;

async function serverMaker(region = 'us-east') {
  const { nova, glance } = await servicesOf(await testbed.account('campus'), region);
  const image = (
    await glance.get<{ images: { id: string }[] }>('/v2/images', { params: { name: 'debian-12', architecture: 'x86_64' } })
  ).data.images[0]!;
  const flavor = (await nova.get<{ flavors: { id: string }[] }>('/flavors/detail')).data.flavors[0]!;
  return {
    nova,
    async create(name = 'web'): Promise<string> {
      const { data } = await nova.post<{ server: { id: string } }>('/servers', {
        server: { name, imageRef: image.id, flavorRef: flavor.id, networks: 'auto' },
      });
      return data.server.id;
    },
  };
}

const running = (id: string): Promise<Instance> =>
  until(
    () => instance(id),
    ({ state }) => state === 'running',
  );

describe('accounts', () => {
  it('are ready to be configured: place, price list and declared availability of each region', async () => {
    expect(await testbed.account('campus')).toMatchObject({
      vendor: 'openstack',
      name: 'campus',
      operator: 'campus',
      endpoint: `${testbed.url}/campus/identity/v3`,
      regions: { 'us-east': { city: 'Newark', country: 'US', continent: 'NA' } },
      images: { 'debian-12': 'debian-12' },
      prices: `${testbed.url}/prices/campus.csv`,
      egress: { internet: '0.01 USD/GiB', region: '0.02 USD/GiB', zone: '0 USD/GiB' },
      availability: { 'us-east': expect.stringMatching(/^99\.\d+ %$/) as string },
    });
    expect(await testbed.account('aws')).toMatchObject({ vendor: 'amazon', endpoint: testbed.url });
  });

  it('are of the clouds there are', async () => {
    expect((await testbed.http.get<unknown[]>('/accounts')).data).toHaveLength(2);
    expect((await testbed.http.get('/accounts', { params: { clouds: 'azure' } })).status).toBe(404);
  });
});

describe('price lists', () => {
  const list = (etag?: string) =>
    testbed.http.get<string>('/prices/campus.csv', etag === undefined ? {} : { headers: { 'If-None-Match': etag } });

  it('are sent again only when a price has changed', async () => {
    const first = await list();
    expect(first.data).toContain('instance_type,price_per_hour,currency,region,market\n');
    expect(first.data).toContain('\nm1.tiny,0.0075,USD,us-east,on-demand\n');
    const etag = String(first.headers.etag);
    expect((await list(etag)).status).toBe(304);
    await testbed.http.post('/control/prices', { cloud: 'campus', region: 'us-east', instance_type: 'm1.tiny', factor: 2 });
    const changed = await list(etag);
    expect(changed.status).toBe(200);
    expect(changed.data).toContain('\nm1.tiny,0.015,USD,us-east,on-demand\n');
    expect(changed.data).toContain('\nm1.tiny,0.0075,USD,eu-west,on-demand\n');
  });

  it('refuse a change of nothing', async () => {
    const { status, data } = await testbed.http.post<unknown>('/control/prices', {
      cloud: 'campus',
      instance_type: '3GB',
      price: 1,
    });
    expect([status, data]).toEqual([404, { error: 'not-found', message: expect.stringContaining("'3GB'") as string }]);
  });
});

describe('an instance', () => {
  it('that dies silently is still called running, and comes back with a reboot', async () => {
    const { nova, create } = await serverMaker();
    const id = await create();
    const { address } = await running(id);
    expect((await testbed.http.post(`/control/instances/by-address/${address!}/die`)).status).toBe(200);
    expect(await probe(address!)).toBe('refused');
    expect((await nova.get<{ server: Server }>(`/servers/${id}`)).data.server.status).toBe('ACTIVE');
    await nova.post(`/servers/${id}/action`, { reboot: { type: 'HARD' } });
    await running(id);
    expect(await probe(address!)).toMatchObject({ instance: id });
  });

  it('that dies in sight of its cloud is shown stopped', async () => {
    const { nova, create } = await serverMaker();
    const id = await create();
    const { address } = await running(id);
    await testbed.http.post(`/control/instances/${id}/die`, { silent: false });
    expect(await probe(address!)).toBe('refused');
    expect((await nova.get<{ server: Server }>(`/servers/${id}`)).data.server.status).toBe('SHUTOFF');
    expect((await testbed.http.post(`/control/instances/${id}/die`)).status).toBe(409);
  });

  it('has metrics that move with its load', async () => {
    const id = await (await serverMaker()).create();
    await running(id);
    const metrics = async () =>
      (await testbed.http.get<{ cpuPercent: number; networkInBytes: number }>(`/control/instances/${id}/metrics`)).data;
    const first = await metrics();
    expect(first.cpuPercent).toBeGreaterThan(0);
    await until(metrics, ({ networkInBytes }) => networkInBytes > first.networkInBytes);
  });
});

describe('a cloud', () => {
  it('goes dark with its region: nothing there answers until it is back', async () => {
    const id = await (await serverMaker()).create();
    const elsewhere = await (await serverMaker('eu-west')).create();
    const { address } = await running(id);
    const other = await running(elsewhere);
    await testbed.fault({ cloud: 'campus', region: 'us-east', fault: 'region-down' });
    expect(await probe(address!)).toBe('refused');
    expect(await probe(other.address!)).toMatchObject({ instance: elsewhere });
    await testbed.calmDown();
    expect(await probe(address!)).toMatchObject({ instance: id });
  });

  it('has room for as many as its zone holds', async () => {
    const { nova, create } = await serverMaker('ap-south');
    const room = async () =>
      (
        await testbed.http.get<{ name: string; regions: { region: string; zones: { left: number }[] }[] }[]>('/control/clouds')
      ).data
        .find(({ name }) => name === 'campus')!
        .regions.find(({ region }) => region === 'ap-south')!.zones[0]!.left;
    const left = await room();
    const ids = await Promise.all(Array.from({ length: left }, (_, index) => create(`full-${index}`)));
    expect(await room()).toBe(0);
    const addresses = (await instances()).filter(({ address }) => address !== null).map(({ address }) => address);
    expect(new Set(addresses).size).toBe(addresses.length);
    const overflow = await create('one too many');
    expect((await nova.get<{ server: Server }>(`/servers/${overflow}`)).data.server.status).toBe('ERROR');
    await Promise.all(ids.map((id) => nova.delete(`/servers/${id}`)));
    await until(room, (now) => now === left);
  });

  it('counts what it is asked', async () => {
    const count = async () =>
      (await testbed.http.get<{ cloud: string; action: string; count: number }[]>('/control/requests')).data.find(
        ({ cloud, action }) => cloud === 'campus' && action === 'POST /servers',
      )?.count ?? 0;
    const before = await count();
    await (await serverMaker()).create();
    expect(await count()).toBe(before + 1);
  });
});

describe('the operator', () => {
  it.each([
    [{ fault: 'boredom', cloud: 'aws' }, 400],
    [{ fault: 'slow' }, 400],
    [{ fault: 'slow', cloud: 'aws', retry_after: 1 }, 400],
    [{ fault: 'slow', cloud: 'aws', region: 'ap-south-3', zone: 'ap-south-3a' }, 400],
    [{ fault: 'slow', cloud: 'vultr' }, 404],
    [{ fault: 'no-capacity', cloud: 'aws', region: 'ap-south-9' }, 404],
    [{ fault: 'no-capacity', cloud: 'aws', region: 'ap-south-3', zone: 'ap-south-3z' }, 404],
  ])('cannot switch on %j', async (order, status) => {
    const answer = await testbed.http.post<{ message: string }>('/control/faults', order);
    expect([answer.status, answer.data.message.length > 10]).toEqual([status, true]);
  });

  it('sees and takes back one fault of several', async () => {
    await testbed.fault({ fault: 'slow', cloud: 'aws' });
    await testbed.fault({ fault: 'quota', cloud: 'aws' });
    const faults = async () => (await testbed.http.get<{ id: string; fault: string }[]>('/control/faults')).data;
    const [slow] = await faults();
    expect((await testbed.http.delete(`/control/faults/${slow!.id}`)).status).toBe(204);
    expect((await faults()).map(({ fault }) => fault)).toEqual(['quota']);
    expect((await testbed.http.delete(`/control/faults/${slow!.id}`)).status).toBe(404);
  });

  it('finds the way from the front page', async () => {
    const { data } = await testbed.http.get<Record<string, string>>('/');
    expect(Object.keys(data)).toContain('POST /control/faults');
  });
});
