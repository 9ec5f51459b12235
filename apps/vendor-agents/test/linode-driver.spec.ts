/** What Linode API v4 may answer, after its reference, odd things included. */
import { installationMark } from '../src/vendor/machine-label.js';
import type { VendorDriver } from '../src/vendor/port.js';
import { vendor } from '../src/vendors/linode/index.js';
import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';
import { json } from './recorded-openstack.js';

const token = '1f0e7c1a-4f5e-4b1c-9a51-0e3f9c1d2b3a';
const mark = installationMark('ours');
let cloud: RecordedCloud;
let driver: VendorDriver;
let answers: Record<string, (seen: Seen) => Recorded>;

beforeEach(async () => {
  answers = {};
  cloud = await RecordedCloud.open((seen) => {
    const path = (seen.url.split('?')[0] ?? '').replace(/^\/v4/, '');
    return answers[`${seen.method} ${path}`]?.(seen) ?? refusal(404, 'Not found');
  });
  const account = {
    vendor: 'linode',
    name: 'shop',
    endpoint: `${cloud.url}/v4`,
    regions: ['eu-west'],
    credentials: { token: 'planted' },
    images: { 'debian-11': 'private/7' },
  };
  driver = vendor.connect(account, { http: testHttp(), now: Date.now });
});
afterEach(async () => {
  driver.close();
  await cloud.close();
});

const refusal = (status: number, reason: string, field?: string): Recorded =>
  json({ errors: [{ reason, ...(field === undefined ? {} : { field }) }] }, status);
const page =
  (...data: readonly unknown[]): (() => Recorded) =>
  () =>
    json({ data, page: 1, pages: 1, results: data.length });
const asked = (method: string, path: string): Seen[] =>
  cloud.seen.filter((seen) => seen.method === method && seen.url.split('?')[0] === `/v4${path}`);
const sent = (method: string, path: string): unknown => JSON.parse(asked(method, path).at(-1)?.body ?? 'null');
const linode = (more: object = {}) => ({
  id: 123,
  label: `web-1-${mark}-${token}`,
  status: 'running',
  type: 'g6-standard-1',
  region: 'eu-west',
  ipv4: ['192.168.133.7', '203.0.113.1'],
  specs: { vcpus: 2, memory: 2048, disk: 51_200 },
  tags: [],
  surprise: { nested: [1] },
  ...more,
});
const order = {
  name: 'web 1',
  region: 'eu-west',
  zone: 'eu-west',
  size: 'g6-standard-1',
  image: 'linode/debian12',
  sshKey: 'ssh-ed25519 AAAA shop\n',
  userData: '#cloud-config\n',
  tags: { 'agency.placement': token, 'agency.installation': 'ours', shop: 'books', long: 'x'.repeat(60) },
};

describe('a machine', () => {
  it.each([
    ['running', 'active'],
    ['offline', 'inactive'],
    ['stopped', 'inactive'],
    ['billing_suspension', 'inactive'],
    ...['provisioning', 'booting', 'rebooting', 'shutting_down', 'migrating', 'rebuilding', 'cloning', 'restoring'].map(
      (status) => [status, 'building'],
    ),
    ['melting', 'building'],
  ])('that is %s counts as %s', async (status, state) => {
    answers['GET /linode/instances/123'] = () => json(linode({ status }));
    answers['GET /account/events'] = page();
    await expect(driver.get('eu-west', '123')).resolves.toEqual({
      vendorId: '123',
      state,
      address: '203.0.113.1',
      zone: null,
      fault: null,
    });
  });

  it('is asked for with a label of its own, key, user data and tags that Linode takes', async () => {
    answers['POST /linode/instances'] = () => json(linode({ status: 'provisioning' }));
    await expect(driver.create(order, token)).resolves.toMatchObject({ vendorId: '123', state: 'building' });
    expect(sent('POST', '/linode/instances')).toEqual({
      region: 'eu-west',
      type: 'g6-standard-1',
      image: 'linode/debian12',
      label: expect.stringMatching(new RegExp(`^web-1-[0-9a-f]{6}-${token}$`)) as string,
      root_pass: expect.stringMatching(/.{40}/) as string,
      authorized_keys: ['ssh-ed25519 AAAA shop'],
      metadata: { user_data: 'I2Nsb3VkLWNvbmZpZwo=' },
      tags: ['shop=books'],
    });
    expect(asked('POST', '/linode/instances')[0]?.headers.authorization).toBe('Bearer planted');
  });

  it('that an earlier call has made is found when its label is taken', async () => {
    answers['POST /linode/instances'] = () => refusal(400, 'Label must be unique among your linodes', 'label');
    answers['GET /linode/instances'] = page(linode());
    await expect(driver.create(order, token)).resolves.toMatchObject({ vendorId: '123' });
    expect(JSON.parse(String(asked('GET', '/linode/instances')[0]?.headers['x-filter']))).toEqual({
      region: 'eu-west',
      label: { '+contains': token },
    });
  });

  it('that failed to boot is offline, and only its events tell', async () => {
    answers['GET /linode/instances/123'] = () => json(linode({ status: 'offline' }));
    answers['GET /account/events'] = page(
      { action: 'linode_config_update', status: 'failed' },
      { action: 'linode_boot', status: 'failed', message: 'Boot failed: no kernel.' },
      { action: 'linode_create', status: 'finished' },
    );
    await expect(driver.get('eu-west', '123')).resolves.toMatchObject({
      state: 'error',
      fault: { reason: 'boot-failed', code: 'linode_boot', message: 'Boot failed: no kernel.' },
    });
    answers['GET /account/events'] = page(
      { action: 'linode_shutdown', status: 'failed' },
      { action: 'linode_boot', status: 'failed' },
    );
    await expect(driver.get('eu-west', '123')).resolves.toMatchObject({ state: 'inactive' });
  });

  it('is listed over pages when it is of this installation', async () => {
    answers['GET /linode/instances'] = ({ url }) => {
      const second = url.includes('page=2');
      const ours = linode({ id: second ? 2 : 1, label: `a-${mark}-${token}` });
      return json({ data: [ours, linode({ id: 9, label: 'by-hand' })], page: second ? 2 : 1, pages: 2, results: 4 });
    };
    await expect(driver.list('eu-west', 'ours')).resolves.toMatchObject([
      { vendorId: '1', placement: token },
      { vendorId: '2', placement: token },
    ]);
  });

  it('that is not described is not taken for one that is gone', async () => {
    answers['GET /linode/instances/123'] = () => json({ status: 'running' });
    await expect(driver.get('eu-west', '123')).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
    answers['GET /linode/instances'] = () => json({ surprise: true });
    await expect(driver.list('eu-west', 'ours')).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
    answers['GET /linode/instances/123'] = () => ({ headers: { 'content-type': 'text/html' }, body: '<html></html>' });
    await expect(driver.get('eu-west', '123')).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
  });
});

describe('a refusal', () => {
  it.each([
    [401, 'Invalid Token', 'bad-credentials'],
    [403, 'You are not authorized to use this endpoint.', 'forbidden'],
    [400, 'Account Limit reached. Please open a support ticket.', 'quota'],
    [400, 'Region is at capacity for this plan.', 'no-capacity'],
    [400, 'Linode busy.', 'conflict'],
    [400, 'type is not valid', 'invalid-request'],
  ])('of %i with “%s” is %s', async (status, reason, meant) => {
    answers['POST /linode/instances'] = () => refusal(status, reason);
    await expect(driver.create(order, token)).rejects.toMatchObject({ reason: meant, message: reason, outcomeUnknown: false });
  });

  it('never repeats the token', async () => {
    answers['GET /linode/instances'] = () => refusal(401, 'Invalid Token');
    await expect(driver.check()).rejects.not.toThrow('planted');
  });
});

describe('what it sells', () => {
  const types = page(
    {
      id: 'g6-nanode-1',
      vcpus: 1,
      memory: 1024,
      disk: 25_600,
      gpus: 0,
      price: { hourly: 0.0075, monthly: 5 },
      region_prices: [
        { id: 'id-cgk', hourly: 0.009, monthly: 6 },
        { id: 'br-gru', hourly: 0.01, monthly: 7 },
      ],
    },
    { id: 'g1-gpu-rtx6000-1', vcpus: 8, memory: 32_768, disk: 655_360, gpus: 1, price: { hourly: 1.5, monthly: 1000 } },
    { id: 'without-memory', vcpus: 1 },
  );

  it('are types in GiB, but those that a region does not have', async () => {
    answers['GET /linode/types'] = types;
    answers['GET /regions/eu-west/availability'] = () =>
      json([{ region: 'eu-west', plan: 'g1-gpu-rtx6000-1', available: false }]);
    await expect(driver.sizes('eu-west')).resolves.toEqual([
      { name: 'g6-nanode-1', cores: 1, memory: 1, disk: 25, gpu: 0, architecture: 'x64' },
    ]);
    await expect(driver.sizes('us-east')).resolves.toHaveLength(2);
  });

  it('cost US dollars an hour, and in some regions a price of their own', async () => {
    answers['GET /linode/types'] = types;
    await expect(driver.prices?.list(['eu-west', 'id-cgk'])).resolves.toEqual([
      { size: 'g6-nanode-1', price: 0.0075, currency: 'USD' },
      { size: 'g6-nanode-1', region: 'id-cgk', price: 0.009, currency: 'USD' },
      { size: 'g1-gpu-rtx6000-1', price: 1.5, currency: 'USD' },
    ]);
  });

  it('can be made of images that are not deprecated, and of the account’s own', async () => {
    answers['GET /images'] = page(
      { id: 'linode/debian12', label: 'Debian 12', status: 'available', deprecated: false, created: '2023-06-10T00:00:00' },
      { id: 'linode/debian12-old', label: 'Debian 12', status: 'available', deprecated: true, created: '2024-06-10T00:00:00' },
      { id: 'linode/kube', label: 'Kubernetes 1.31 on Debian 12', status: 'available', created: '2025-01-01T00:00:00' },
      { id: 'private/7', label: 'mine', status: 'available', created: '2025-01-01T00:00:00' },
    );
    await expect(driver.image('debian-12', 'x64', 'eu-west')).resolves.toBe('linode/debian12');
    await expect(driver.image('debian-11', null, 'eu-west')).resolves.toBe('private/7');
    await expect(driver.image('ubuntu-24.04', null, 'eu-west')).rejects.toMatchObject({ reason: 'not-found' });
  });
});

describe('another size', () => {
  const at =
    (status: string, type: string, tags: string[] = []) =>
    () =>
      json(linode({ status, type, tags }));

  beforeEach(() => {
    answers['GET /linode/types/g6-nanode-1'] = () => json({ id: 'g6-nanode-1', disk: 25_600 });
    answers['GET /linode/instances/123/disks'] = page(
      { id: 5, filesystem: 'ext4', size: 50_688 },
      { id: 6, filesystem: 'swap', size: 512 },
    );
    for (const path of ['shutdown', 'boot', 'resize', 'disks/5/resize'])
      answers[`POST /linode/instances/123/${path}`] = () => json({});
    answers['PUT /linode/instances/123'] = () => json({});
  });
  const step = (): Promise<boolean> | undefined => driver.operations?.resize('eu-west', '123', 'g6-nanode-1');

  it('that is smaller is had off, after the disk, and on again', async () => {
    answers['GET /linode/instances/123'] = at('running', 'g6-standard-1', ['shop=books']);
    await expect(step()).resolves.toBe(false);
    expect(sent('PUT', '/linode/instances/123')).toEqual({ tags: ['shop=books', 'agency.resume'] });
    expect(asked('POST', '/linode/instances/123/shutdown')).toHaveLength(1);
    answers['GET /linode/instances/123'] = at('shutting_down', 'g6-standard-1', ['agency.resume']);
    await expect(step()).resolves.toBe(false);
    answers['GET /linode/instances/123'] = at('offline', 'g6-standard-1', ['agency.resume']);
    await expect(step()).resolves.toBe(false);
    expect(sent('POST', '/linode/instances/123/disks/5/resize')).toEqual({ size: 25_088 });
    answers['GET /linode/instances/123/disks'] = page({ id: 5, filesystem: 'ext4', size: 25_088 });
    await expect(step()).resolves.toBe(false);
    expect(sent('POST', '/linode/instances/123/resize')).toEqual({ type: 'g6-nanode-1', allow_auto_disk_resize: true });
    answers['GET /linode/instances/123'] = at('offline', 'g6-nanode-1', ['agency.resume']);
    await expect(step()).resolves.toBe(false);
    expect(asked('POST', '/linode/instances/123/boot')).toHaveLength(1);
    answers['GET /linode/instances/123'] = at('running', 'g6-nanode-1', ['agency.resume']);
    await expect(step()).resolves.toBe(true);
    expect(sent('PUT', '/linode/instances/123')).toEqual({ tags: [] });
  });

  it('takes its time while the Linode is busy, and starts again what was stopped for one that is refused', async () => {
    answers['GET /linode/instances/123/disks'] = page({ id: 5, filesystem: 'ext4', size: 20_000 });
    answers['GET /linode/instances/123'] = at('offline', 'g6-standard-1', ['agency.resume']);
    answers['POST /linode/instances/123/resize'] = () => refusal(400, 'Linode busy.');
    await expect(step()).resolves.toBe(false);
    answers['POST /linode/instances/123/resize'] = () => refusal(400, 'Account Limit reached.');
    await expect(step()).rejects.toMatchObject({ reason: 'quota' });
    expect(asked('POST', '/linode/instances/123/boot')).toHaveLength(1);
  });

  it('that there is not is refused before anything is done', async () => {
    await expect(driver.operations?.resize('eu-west', '123', 'huge')).rejects.toMatchObject({ reason: 'invalid-request' });
  });
});

it('makes an image of the largest disk once, and finds it by its label', async () => {
  answers['GET /images'] = page();
  answers['GET /images/linode/debian12'] = () => json({ id: 'linode/debian12', capabilities: ['cloud-init'] });
  answers['GET /linode/instances/123'] = () => json(linode({ image: 'linode/debian12' }));
  answers['GET /linode/instances/123/disks'] = page(
    { id: 6, filesystem: 'swap', size: 512 },
    { id: 5, filesystem: 'ext4', size: 25_088 },
  );
  answers['POST /images'] = () => json({ id: 'private/9', status: 'creating' });
  const save = () => driver.operations?.save('eu-west', '123', { name: 'golden master', token });
  await expect(save()).resolves.toEqual({ vendorId: 'private/9', state: 'building' });
  expect(sent('POST', '/images')).toEqual({ disk_id: 5, label: `golden-master-${token}`, cloud_init: true });
  answers['GET /images'] = page({ id: 'private/9', status: 'available' });
  await expect(save()).resolves.toEqual({ vendorId: 'private/9', state: 'active' });
});

describe('an address', () => {
  const claim = token.replaceAll('-', '');
  const ips =
    (...addresses: string[]) =>
    () =>
      json({ ipv4: { public: addresses.map((address) => ({ address })), private: [] } });

  it('is claimed before it is asked for, and noted after', async () => {
    answers['GET /linode/instances/123'] = () => json(linode({ tags: ['shop'] }));
    answers['GET /linode/instances/123/ips'] = ips('203.0.113.1');
    answers['POST /linode/instances/123/ips'] = () => json({ address: '203.0.113.9' });
    answers['PUT /linode/instances/123'] = () => json({});
    await expect(driver.addresses?.assign('eu-west', '123', token)).resolves.toEqual({
      vendorId: '203.0.113.9',
      address: '203.0.113.9',
    });
    expect(asked('PUT', '/linode/instances/123').map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { tags: ['shop', `${claim}=?`] },
      { tags: ['shop', `${claim}=203.0.113.9`] },
    ]);
  });

  it('that was given and not noted is taken for the claim', async () => {
    answers['GET /linode/instances/123'] = () => json(linode({ tags: [`${claim}=?`] }));
    answers['GET /linode/instances/123/ips'] = ips('203.0.113.1', '203.0.113.9');
    answers['PUT /linode/instances/123'] = () => json({});
    await expect(driver.addresses?.assign('eu-west', '123', token)).resolves.toMatchObject({ vendorId: '203.0.113.9' });
    expect(asked('POST', '/linode/instances/123/ips')).toEqual([]);
  });

  it('is given back once, and what is gone is gone', async () => {
    await driver.addresses?.release('eu-west', '203.0.113.9');
    answers['GET /networking/ips/203.0.113.9'] = () => json({ address: '203.0.113.9', linode_id: 123 });
    answers['DELETE /linode/instances/123/ips/203.0.113.9'] = () => json({});
    answers['GET /linode/instances/123'] = () => json(linode({ tags: ['shop', `${claim}=203.0.113.9`] }));
    answers['PUT /linode/instances/123'] = () => json({});
    await driver.addresses?.release('eu-west', '203.0.113.9');
    expect(sent('PUT', '/linode/instances/123')).toEqual({ tags: ['shop'] });
  });
});

describe('measurements', () => {
  it('are shares of all processors and bytes a second of all networks', async () => {
    answers['GET /linode/instances/123'] = () => json(linode());
    const data = {
      cpu: [
        [1_000, 50],
        [301_000, 150],
      ],
      io: { io: [[1_000, 7]], swap: [] },
      netv4: { in: [[301_000, 800]], out: [[301_000, 80]], private_in: [[301_000, 8]], private_out: [] },
      netv6: { in: [[301_000, 16]], out: 'none' },
    };
    answers['GET /linode/instances/123/stats'] = () => json({ title: 'linode.com', data });
    await expect(driver.metrics?.read('eu-west', '123', 2_000)).resolves.toEqual([
      { metric: 'cpu', at: 301_000, value: 0.75 },
      { metric: 'network-in', at: 301_000, value: 103 },
      { metric: 'network-out', at: 301_000, value: 10 },
    ]);
  });

  it('are none of a machine that is new, and undefined of one that is not', async () => {
    await expect(driver.metrics?.read('eu-west', '123', 0)).resolves.toBeUndefined();
    answers['GET /linode/instances/123'] = () => json(linode());
    answers['GET /linode/instances/123/stats'] = () => refusal(400, 'Stats are unavailable at this time.');
    await expect(driver.metrics?.read('eu-west', '123', 0)).resolves.toEqual([]);
  });
});

it.each([
  [{ status: 'creating', linode_id: null }, 'building', null],
  [{ status: 'active', linode_id: null }, 'available', null],
  [{ status: 'active', linode_id: 123, io_ready: false }, 'building', '123'],
  [{ status: 'active', linode_id: 123, io_ready: true }, 'attached', '123'],
  [{ status: 'mystery', linode_id: null }, 'building', null],
])('reads a volume %j as %s', async (shown, state, machine) => {
  answers['GET /volumes/77'] = () => json({ id: 77, filesystem_path: '/dev/disk/by-id/scsi-0Linode_Volume_x', ...shown });
  const device = machine === null ? null : '/dev/disk/by-id/scsi-0Linode_Volume_x';
  await expect(driver.volumes?.get('eu-west', '77')).resolves.toEqual({ vendorId: '77', state, zone: null, machine, device });
});

it('finds a volume whose label is taken', async () => {
  answers['POST /volumes'] = () => refusal(400, 'Label must be unique among your volumes', 'label');
  answers['GET /volumes'] = page({ id: 77, status: 'creating', linode_id: null });
  const wish = { name: 'data', region: 'eu-west', zone: 'eu-west', size: 10, tags: {} };
  await expect(driver.volumes?.create(wish, token)).resolves.toMatchObject({ vendorId: '77' });
  expect(sent('POST', '/volumes')).toEqual({ label: token.replaceAll('-', ''), region: 'eu-west', size: 10, tags: ['data'] });
});
