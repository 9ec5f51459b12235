import type { VendorDriver } from '../src/vendor/port.js';
import { vendor as rackspace } from '../src/vendors/rackspace/index.js';
import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';
import { json } from './recorded-openstack.js';

let now: number;
let cloud: RecordedCloud;
let driver: VendorDriver;
let answers: Record<string, (seen: Seen) => Recorded>;

const path = (seen: Seen): string => seen.url.split('?')[0] ?? '';
const asked = (method: string, wanted: string): Seen[] =>
  cloud.seen.filter((seen) => seen.method === method && path(seen) === wanted);
const sent = (method: string, wanted: string): unknown => JSON.parse(asked(method, wanted).at(-1)?.body ?? 'null');

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  answers = {};
  cloud = await RecordedCloud.open((seen) => {
    const found = answers[`${seen.method} ${path(seen)}`];
    if (found) return found(seen);
    return path(seen) === '/v2.0/tokens' ? login() : json({ itemNotFound: { code: 404, message: 'not recorded' } }, 404);
  });
  driver = connect();
});
afterEach(async () => {
  driver.close();
  await cloud.close();
});

const connect = (endpoint = `${cloud.url}/v2.0/`): VendorDriver =>
  rackspace.connect(
    {
      vendor: 'rackspace',
      name: 'rackspace',
      endpoint,
      regions: ['dfw'],
      credentials: { username: 'demo', api_key: 'a-secret-key' },
    },
    { http: testHttp(), now: () => now },
  );

const login = (token = 'token-1'): Recorded => {
  const services = [
    ['cloudServersOpenStack', 'compute', '/dfw/servers/v2/123456'],
    ['cloudImages', 'image', '/dfw/images/v2/123456'],
    ['cloudBlockStorage', 'volume', '/dfw/blockstorage/v1/123456'],
  ].map(([name, type, at]) => ({
    name,
    type,
    endpoints: [{ region: 'DFW', tenantId: '123456', publicURL: `${cloud.url}${at}`, internalURL: 'https://snet-dfw.example' }],
  }));
  const first = {
    name: 'cloudServers',
    type: 'compute',
    endpoints: [{ tenantId: '123456', publicURL: 'https://old.example/v1.0/1' }],
  };
  return json({
    access: {
      token: { id: token, expires: new Date(now + 3_600_000).toISOString(), tenant: { id: '123456', name: '123456' } },
      serviceCatalog: [first, ...services],
      user: { id: '1', roles: [] },
    },
  });
};

const order = {
  name: 'web-1',
  region: 'dfw',
  zone: 'dfw',
  size: '2 GB Performance',
  image: 'img-1',
  userData: '#cloud-config\n',
  tags: { 'agency.placement': 'p-1' },
};

describe('identity v2.0', () => {
  it('is proved by user name and API key, and knows regions by their small names', async () => {
    expect(await driver.regions()).toEqual(['dfw']);
    expect(sent('POST', '/v2.0/tokens')).toEqual({
      auth: { 'RAX-KSKEY:apiKeyCredentials': { username: 'demo', apiKey: 'a-secret-key' } },
    });
    expect(await connect(cloud.url).regions()).toEqual(['dfw']);
  });

  it('is renewed near its end, and when a service refuses its token', async () => {
    answers['GET /dfw/servers/v2/123456/limits'] = ({ headers }) =>
      headers['x-auth-token'] === 'token-1' ? json({ unauthorized: { code: 401 } }, 401) : json({ limits: { absolute: {} } });
    let logins = 0;
    answers['POST /v2.0/tokens'] = () => login(`token-${(logins += 1)}`);
    await driver.quotas('dfw');
    expect(logins).toBe(2);
    now += 3_300_000;
    await driver.quotas('dfw');
    expect(logins).toBe(3);
  });

  it.each([
    [json({ unauthorized: { code: 401, message: 'Username or api key is invalid.' } }, 401), 'bad-credentials'],
    [json({ overLimit: { code: 413, message: 'OverLimit Retry...' } }, 413), 'rate-limited'],
    [json({ access: {} }), 'unknown'],
    [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }, 'unknown'],
  ])('tells what is wrong, without the key (%#)', async (answer, reason) => {
    answers['POST /v2.0/tokens'] = () => answer;
    const failure: unknown = await driver.check().catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason });
    expect(String(failure)).not.toContain('a-secret-key');
  });
});

describe('sizes', () => {
  const flavor = (name: string, klass: string, more: object = {}) => ({
    id: name.toLowerCase().replaceAll(' ', '-'),
    name,
    ram: 2_048,
    vcpus: 2,
    disk: 40,
    'OS-FLV-WITH-EXT-SPECS:extra_specs': { class: klass, number_of_data_disks: '1' },
    ...more,
  });

  it('are of one architecture and without graphics; those without a disk of their own are left out', async () => {
    answers['GET /dfw/servers/v2/123456/flavors/detail'] = () =>
      json({
        flavors: [
          flavor('2 GB Performance', 'performance1'),
          flavor('3.75 GB Compute v1', 'compute1', { disk: 0 }),
          flavor('15 GB Memory v1', 'memory1', { disk: 0 }),
          flavor('OnMetal General Small v1', 'onmetal'),
          { name: 'broken' },
        ],
      });
    expect(await driver.sizes('dfw')).toEqual([
      { name: '2 GB Performance', cores: 2, memory: 2, disk: 40, gpu: 0, architecture: 'x64' },
    ]);
  });

  it('are not of zones: a region is one', async () => {
    expect(await driver.zones('dfw')).toEqual(['dfw']);
    expect(asked('GET', '/dfw/servers/v2/123456/os-availability-zone')).toEqual([]);
  });
});

describe('a machine', () => {
  beforeEach(() => {
    answers['GET /dfw/servers/v2/123456/flavors/detail'] = () =>
      json({ flavors: [{ id: 'performance1-2', name: '2 GB Performance', ram: 2_048, vcpus: 2, disk: 40 }] });
  });

  it('is asked for without a zone, its user data on a drive', async () => {
    answers['POST /dfw/servers/v2/123456/servers'] = () => json({ server: { id: 's-1', adminPass: 'x' } }, 202);
    await driver.create(order, 'p-1');
    expect(sent('POST', '/dfw/servers/v2/123456/servers')).toEqual({
      server: {
        name: 'web-1-p-1',
        imageRef: 'img-1',
        flavorRef: 'performance1-2',
        metadata: order.tags,
        user_data: Buffer.from('#cloud-config\n').toString('base64'),
        config_drive: true,
      },
    });
  });

  it('is reached at its public IPv4 address', async () => {
    answers['GET /dfw/servers/v2/123456/servers/s-1'] = () =>
      json({
        server: {
          id: 's-1',
          status: 'ACTIVE',
          addresses: {
            private: [{ version: 4, addr: '10.176.0.1' }],
            public: [
              { version: 6, addr: '2001:4800::1' },
              { version: 4, addr: '198.51.100.4' },
            ],
          },
        },
      });
    expect(await driver.get('dfw', 's-1')).toMatchObject({ state: 'active', address: '198.51.100.4' });
  });

  it('cannot be suspended, and has neither console, metrics, networks nor addresses', async () => {
    await expect(driver.operations!.act('dfw', 's-1', 'suspend', false)).rejects.toMatchObject({ reason: 'invalid-request' });
    expect(driver.operations!.console).toBeUndefined();
    expect([driver.metrics, driver.networks, driver.addresses]).toEqual([undefined, undefined, undefined]);
  });
});

describe('an image', () => {
  it('goes by Rackspace’s own names, below an endpoint that has version and account', async () => {
    answers['GET /dfw/images/v2/123456/images'] = ({ url }) =>
      url.includes('marker')
        ? json({ images: [{ id: 'i-3', name: 'Debian 12 (Bookworm) (PVHVM)', status: 'active', created_at: '2026-01-01' }] })
        : json({
            images: [
              { id: 'i-1', name: 'OnMetal - Debian 12 (Bookworm)', status: 'active', created_at: '2026-02-01' },
              {
                id: 'i-2',
                name: 'Debian 12 (Bookworm) (PVHVM)',
                status: 'active',
                created_at: '2025-01-01',
                'org.openstack__1__architecture': 'x64',
              },
            ],
            next: '/v2/images?marker=i-2',
          });
    expect(await driver.image('debian-12', 'x64', 'dfw')).toBe('i-3');
  });
});

describe('a volume', () => {
  const volumes = '/dfw/blockstorage/v1/123456/volumes';
  const volume = { name: 'data', region: 'dfw', zone: 'dfw', size: 10, tags: {} };

  it('is made by v1’s names, of the least size at least, and found by its token', async () => {
    answers[`POST ${volumes}`] = () => json({ volume: { id: 'v-1', display_name: 'data', status: 'creating' } }, 200);
    expect(await driver.volumes!.create(volume, 't-1')).toMatchObject({ vendorId: 'v-1', state: 'building' });
    expect(sent('POST', volumes)).toEqual({
      volume: { display_name: 'data', size: 75, metadata: { 'agency.volume': 't-1' } },
    });
    answers[`GET ${volumes}/detail`] = () =>
      json({ volumes: [{ id: 'v-1', display_name: 'data', status: 'available', metadata: { 'agency.volume': 't-1' } }] });
    expect(await driver.volumes!.find('dfw', 't-1')).toMatchObject({ vendorId: 'v-1', state: 'available' });
    await driver.volumes!.create({ ...volume, size: 200 }, 't-2');
    expect(sent('POST', volumes)).toMatchObject({ volume: { size: 200 } });
  });
});
