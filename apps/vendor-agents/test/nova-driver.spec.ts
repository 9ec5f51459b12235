import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';
import { json } from './recorded-openstack.js';
import type { VendorDriver } from '../src/vendor/port.js';
import { vendor as openstack } from '../src/vendors/openstack/index.js';

const start = Date.UTC(2026, 0, 1);
let now: number;
let cloud: RecordedCloud;
let driver: VendorDriver;
let answers: Record<string, (seen: Seen) => Recorded>;
let services: string[];

const path = (seen: Seen): string => seen.url.split('?')[0] ?? '';
const asked = (method: string, wanted: string): Seen[] =>
  cloud.seen.filter((seen) => seen.method === method && path(seen) === wanted);

beforeEach(async () => {
  now = start;
  services = ['compute', 'image'];
  answers = {};
  cloud = await RecordedCloud.open((seen) => {
    const found = answers[`${seen.method} ${path(seen)}`];
    if (found) return found(seen);
    return path(seen) === '/identity/v3/auth/tokens'
      ? login()
      : json({ itemNotFound: { code: 404, message: 'not recorded' } }, 404);
  });
  const account = {
    vendor: 'openstack',
    name: 'campus',
    endpoint: `${cloud.url}/identity/v3`,
    regions: ['RegionOne'],
    credentials: { username: 'demo', password: 'hunter2', project: 'shop' },
    network: 'private',
    images: { 'debian-11': 'my-debian' },
  };
  driver = openstack.connect(account, { http: testHttp(), now: () => now });
});
afterEach(async () => {
  driver.close();
  await cloud.close();
});

const endpoint = (type: string, region: string) => [
  { interface: 'internal', region_id: region, region, url: `http://10.0.0.1/${type}` },
  { interface: 'public', region_id: region, region, url: `${cloud.url}/${type}/${type === 'compute' ? 'v2.1' : ''}` },
];
const login = (token = 'gAAAA'): Recorded => {
  const catalog = services.map((type) => ({
    type,
    name: type,
    endpoints: [...endpoint(type, 'RegionOne'), ...endpoint(type, 'RegionTwo')],
  }));
  return json({ token: { expires_at: new Date(now + 3_600_000).toISOString(), catalog } }, 201, { 'x-subject-token': token });
};
const server = (more: object) => ({ id: 's-1', name: 'web-1-p-1', status: 'ACTIVE', metadata: {}, addresses: {}, ...more });
const order = {
  name: 'web-1',
  region: 'RegionOne',
  zone: 'nova',
  size: 'm1.small',
  image: 'img-1',
  userData: '#cloud-config\n',
  tags: { 'agency.placement': 'p-1', 'agency.installation': 'here' },
};

describe('the quota of a project', () => {
  it('is what the absolute limits leave of machines, cores and memory; -1 is no limit', async () => {
    const limits = (absolute: object) => () => json({ limits: { rate: [], absolute } });
    answers['GET /compute/v2.1/limits'] = limits({
      maxTotalInstances: 10,
      totalInstancesUsed: 3,
      maxTotalCores: 20,
      totalCoresUsed: 25,
      maxTotalRAMSize: 51_200,
      totalRAMUsed: 2_048,
    });
    await expect(driver.quotas('RegionOne')).resolves.toEqual([
      { of: 'machines', left: 7 },
      { of: 'cores', left: 0 },
      { of: 'memory', left: 48 },
    ]);
    answers['GET /compute/v2.1/limits'] = limits({ maxTotalInstances: -1, totalInstancesUsed: 3, maxTotalCores: 20 });
    await expect(driver.quotas('RegionOne')).resolves.toEqual([]);
  });
});

describe('the session', () => {
  it('is one login for many calls, scoped to the project', async () => {
    answers['GET /compute/v2.1/os-availability-zone'] = () =>
      json({ availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: true } }] });
    await Promise.all([driver.zones('RegionOne'), driver.zones('RegionOne'), driver.zones('RegionOne')]);
    const [tokens, ...more] = asked('POST', '/identity/v3/auth/tokens');
    expect(more).toEqual([]);
    expect(JSON.parse(tokens?.body ?? '')).toEqual({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'demo', password: 'hunter2', domain: { name: 'Default' } } },
        },
        scope: { project: { name: 'shop', domain: { name: 'Default' } } },
      },
    });
    expect(asked('GET', '/compute/v2.1/os-availability-zone')[0]?.headers['x-auth-token']).toBe('gAAAA');
  });

  it('is renewed near its end, and when a service refuses its token', async () => {
    let tokens = 0;
    answers['POST /identity/v3/auth/tokens'] = () => login(`token-${(tokens += 1)}`);
    answers['GET /compute/v2.1/os-availability-zone'] = (seen) =>
      seen.headers['x-auth-token'] === 'token-2'
        ? json(
            { error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' } },
            401,
          )
        : json({ availabilityZoneInfo: [{ zoneName: 'nova' }] });
    await driver.zones('RegionOne');
    now += 3_590_000;
    await expect(driver.zones('RegionOne')).resolves.toEqual(['nova']);
    expect(tokens).toBe(3);
  });

  it('tells wrong credentials as such, without them', async () => {
    answers['POST /identity/v3/auth/tokens'] = () =>
      json({ error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' } }, 401);
    const failure = driver.check();
    await expect(failure).rejects.toMatchObject({ reason: 'bad-credentials', vendorCode: 'error' });
    await expect(failure).rejects.not.toThrow('hunter2');
  });

  it('knows the regions of its catalog, and names what is missing in it', async () => {
    await expect(driver.regions()).resolves.toEqual(['RegionOne', 'RegionTwo']);
    await expect(driver.sizes('RegionNine')).rejects.toMatchObject({
      reason: 'not-found',
      message: 'the service catalog has no compute endpoint in RegionNine',
    });
    services = ['compute'];
    now += 3_600_000;
    await expect(driver.image('debian-12', 'x64', 'RegionOne')).rejects.toThrow('no image endpoint');
  });
});

describe('sizes', () => {
  const flavor = (more: object) => ({ id: '1', name: 'm1.small', ram: 2048, vcpus: 1, disk: 20, ...more });

  it('come from all pages, in canonical units', async () => {
    answers['GET /compute/v2.1/flavors/detail'] = (seen) =>
      seen.url.includes('marker=1')
        ? json({
            flavors: [
              flavor({
                id: '2',
                name: 'g1',
                disk: 0,
                extra_specs: { 'resources:VGPU': '2', 'capabilities:cpu_info:arch': 'aarch64' },
              }),
              { id: '3', name: 'odd' },
            ],
          })
        : json({
            flavors: [flavor({ extra_specs: { 'trait:HW_ARCH_X86_64': 'required' } })],
            flavors_links: [{ rel: 'next', href: 'http://nova.internal:8774/compute/v2.1/flavors/detail?limit=1000&marker=1' }],
          });
    await expect(driver.sizes('RegionOne')).resolves.toEqual([
      { name: 'm1.small', cores: 1, memory: 2, disk: 20, gpu: 0, architecture: 'x64' },
      { name: 'g1', cores: 1, memory: 2, disk: null, gpu: 2, architecture: 'arm64' },
    ]);
  });

  it('do without extra specs at a cloud too old for them: what they would tell is unknown', async () => {
    answers['GET /compute/v2.1/flavors/detail'] = (seen) =>
      seen.headers['openstack-api-version'] === undefined
        ? json({ flavors: [flavor({})] })
        : json({ errors: [{ title: 'Not Acceptable' }] }, 406);
    await expect(driver.sizes('RegionOne')).resolves.toMatchObject([{ name: 'm1.small', gpu: null, architecture: null }]);
  });

  it.each([
    ['HTML', { headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['nothing', { body: '' }],
    ['JSON without the list', { body: '{"flavours":[]}' }],
  ])('are not taken to be none when %s comes', async (_, recorded) => {
    answers['GET /compute/v2.1/flavors/detail'] = () => recorded;
    await expect(driver.sizes('RegionOne')).rejects.toMatchObject({ name: 'VendorError', reason: 'unknown' });
  });
});

describe('a machine', () => {
  beforeEach(() => {
    answers['GET /compute/v2.1/flavors/detail'] = () =>
      json({ flavors: [{ id: 'f-7', name: 'm1.small', ram: 2048, vcpus: 1, disk: 20 }] });
  });

  it('is asked for by flavor id, with a name that ends in our token', async () => {
    answers['POST /compute/v2.1/servers'] = () => json({ server: { id: 's-1' } }, 202);
    await expect(driver.create(order, 'p-1')).resolves.toMatchObject({ vendorId: 's-1', state: 'building' });
    expect(JSON.parse(asked('POST', '/compute/v2.1/servers')[0]?.body ?? '')).toEqual({
      server: {
        name: 'web-1-p-1',
        imageRef: 'img-1',
        flavorRef: 'f-7',
        availability_zone: 'nova',
        metadata: order.tags,
        user_data: Buffer.from('#cloud-config\n').toString('base64'),
      },
    });
  });

  it('joins the account’s network by its id, and gets its key', async () => {
    services.push('network');
    answers['GET /network/v2.0/networks'] = () => json({ networks: [{ id: 'net-1', name: 'private' }] });
    answers['POST /compute/v2.1/os-keypairs'] = () =>
      json({ conflictingRequest: { code: 409, message: 'Key pair exists.' } }, 409);
    answers['POST /compute/v2.1/servers'] = () => json({ server: { id: 's-1' } }, 202);
    await driver.create({ ...order, sshKey: 'ssh-ed25519 AAAA shop' }, 'p-1');
    const { server: sent } = JSON.parse(asked('POST', '/compute/v2.1/servers')[0]?.body ?? '') as {
      server: Record<string, unknown>;
    };
    expect(sent.networks).toEqual([{ uuid: 'net-1' }]);
    expect(sent.key_name).toMatch(/^agency-[0-9a-f]{24}$/);
  });

  it.each([
    ['forbidden', 403, 'Quota exceeded for cores: Requested 1, but already used 20 of 20 cores', 'quota'],
    ['forbidden', 403, 'Policy doesn’t allow os_compute_api:servers:create to be performed.', 'forbidden'],
    ['overLimit', 413, 'This request was rate-limited.', 'rate-limited'],
    ['badRequest', 400, 'Flavor f-7 could not be found.', 'invalid-request'],
    ['conflictingRequest', 409, 'Cannot do that now', 'conflict'],
    ['computeFault', 500, 'Unexpected API Error.', 'unavailable'],
  ])('refused with %s %i (%s) is %s', async (code, status, message, reason) => {
    answers['POST /compute/v2.1/servers'] = () => json({ [code]: { code: status, message } }, status);
    await expect(driver.create(order, 'p-1')).rejects.toMatchObject({ reason, vendorCode: code, message });
    expect(asked('POST', '/compute/v2.1/servers')).toHaveLength(1);
  });

  it('is found again by its token, and by nothing like it', async () => {
    answers['GET /compute/v2.1/servers/detail'] = () =>
      json({ servers: [server({ id: 's-2', name: 'web-1-p-10' }), server({})] });
    await expect(driver.find('RegionOne', 'p-1')).resolves.toMatchObject({ vendorId: 's-1' });
    await expect(driver.find('RegionOne', 'p-2')).resolves.toBeUndefined();
  });

  it.each([
    ['BUILD', {}, { state: 'building', fault: null }],
    ['active', {}, { state: 'active', address: null }],
    ['SHUTOFF', {}, { state: 'inactive' }],
    ['PAUSED', {}, { state: 'suspended' }],
    ['DREAMING', {}, { state: 'building' }],
    [undefined, {}, { state: 'building' }],
    [
      'ERROR',
      { fault: { code: 500, message: 'No valid host was found. There are not enough hosts available.' } },
      { state: 'error', fault: { reason: 'no-capacity', code: '500' } },
    ],
    [
      'ERROR',
      { fault: { code: 500, message: 'Build of instance aborted' } },
      { state: 'error', fault: { reason: 'boot-failed' } },
    ],
    ['ERROR', {}, { state: 'error', fault: { reason: 'boot-failed', code: null } }],
  ])('in %s %j reads %j', async (status, more, wanted) => {
    answers['GET /compute/v2.1/servers/s-1'] = () => json({ server: server({ status, ...more }) });
    await expect(driver.get('RegionOne', 's-1')).resolves.toMatchObject(wanted);
  });

  it('is reached at its floating address, else on the account’s network, by IPv4 first', async () => {
    const fixed = [
      { addr: 'fd00::5', version: 6 },
      { addr: '10.1.0.5', version: 4, 'OS-EXT-IPS:type': 'fixed' },
    ];
    answers['GET /compute/v2.1/servers/s-1'] = () =>
      json({ server: server({ addresses: { other: [{ addr: '10.9.0.5', version: 4 }], private: fixed } }) });
    await expect(driver.get('RegionOne', 's-1')).resolves.toMatchObject({ address: '10.1.0.5' });
    answers['GET /compute/v2.1/servers/s-1'] = () =>
      json({
        server: server({
          addresses: { other: [{ addr: '203.0.113.5', version: 4, 'OS-EXT-IPS:type': 'floating' }], private: fixed },
        }),
      });
    await expect(driver.get('RegionOne', 's-1')).resolves.toMatchObject({ address: '203.0.113.5' });
  });

  it('that the cloud does not know is undefined; a document without a server is not', async () => {
    await expect(driver.get('RegionOne', 's-1')).resolves.toBeUndefined();
    await expect(driver.delete('RegionOne', 's-1')).rejects.toMatchObject({ reason: 'not-found', vendorCode: 'itemNotFound' });
    answers['GET /compute/v2.1/servers/s-1'] = () => json({});
    await expect(driver.get('RegionOne', 's-1')).rejects.toMatchObject({ reason: 'unknown' });
  });

  it('of this installation is listed with its placement', async () => {
    const ours = { 'agency.placement': 'p-1', 'agency.installation': 'here' };
    answers['GET /compute/v2.1/servers/detail'] = () =>
      json({
        servers: [
          server({ metadata: ours }),
          server({ id: 's-2' }),
          server({ id: 's-3', metadata: { ...ours, 'agency.installation': 'there' } }),
        ],
      });
    await expect(driver.list('RegionOne', 'here')).resolves.toMatchObject([{ vendorId: 's-1', placement: 'p-1' }]);
  });
});

describe('an image', () => {
  const image = (id: string, name: string, more: object = {}) => ({
    id,
    name,
    status: 'active',
    created_at: '2026-01-01T00:00:00Z',
    ...more,
  });

  it('is the newest by its usual names or its publisher’s properties, for the architecture', async () => {
    answers['GET /image/v2/images'] = (seen) =>
      seen.url.includes('marker')
        ? json({
            images: [
              image('new', 'Debian 12 (bookworm)', { created_at: '2026-02-01T00:00:00Z' }),
              image('arm', 'debian-12-arm64'),
            ],
          })
        : json({
            images: [
              image('old', 'debian-12'),
              image('props', 'x', { os_distro: 'debian', os_version: '12.5' }),
              image('u', 'ubuntu-22.04'),
            ],
            next: '/v2/images?marker=old',
          });
    await expect(driver.image('debian-12', 'x64', 'RegionOne')).resolves.toBe('new');
    await expect(driver.image('debian-12', 'arm64', 'RegionOne')).resolves.toBe('arm');
    await expect(driver.image('rocky-9', 'x64', 'RegionOne')).rejects.toMatchObject({ reason: 'not-found' });
    await expect(driver.image('beos-5', 'x64', 'RegionOne')).rejects.toMatchObject({ reason: 'invalid-request' });
  });

  it('may be the account’s own, by name', async () => {
    answers['GET /image/v2/images'] = () => json({ images: [image('i-9', 'my-debian')] });
    await expect(driver.image('debian-11', 'x64', 'RegionOne')).resolves.toBe('i-9');
  });
});
