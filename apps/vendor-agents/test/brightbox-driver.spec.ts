/** What Brightbox API 1.0 may answer, after its reference and its own clients, odd things included. */
import { installationMark } from '../src/vendor/machine-label.js';
import type { VendorDriver } from '../src/vendor/port.js';
import { vendor } from '../src/vendors/brightbox/index.js';
import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';
import { json } from './recorded-openstack.js';

const token = '1f0e7c1a-4f5e-4b1c-9a51-0e3f9c1d2b3a';
const label = `web-1-${installationMark('ours')}-${token}`;
let cloud: RecordedCloud;
let driver: VendorDriver;
let answers: Record<string, (seen: Seen) => Recorded>;
let tokens: number;

beforeEach(async () => {
  tokens = 0;
  answers = {
    'POST /token': () => json({ access_token: `token-${(tokens += 1)}`, token_type: 'Bearer', expires_in: 7200 }),
    'GET /1.0/zones': () => json([zone('a'), zone('b'), { id: 'zon-x', handle: 'gb1s-a' }]),
    'GET /1.0/server_types': () => json([type('typ-1', 'nano', 512, 20_480), type('typ-2', 'mini', 1024, 20_480)]),
  };
  cloud = await RecordedCloud.open(
    (seen) => answers[`${seen.method} ${pathOf(seen)}`]?.(seen) ?? refusal(404, 'missing_resource'),
  );
  const account = {
    vendor: 'brightbox',
    name: 'shop',
    endpoint: cloud.url,
    regions: ['gb1'],
    credentials: { client: 'cli-12345', secret: 'planted' },
  };
  driver = vendor.connect(account, { http: testHttp(), now: Date.now });
});
afterEach(async () => {
  driver.close();
  await cloud.close();
});

const pathOf = (seen: Seen): string => seen.url.split('?')[0] ?? '';
const refusal = (status: number, name: string, ...errors: string[]): Recorded => json({ error_name: name, errors }, status);
const zone = (letter: string) => ({ id: `zon-${letter}`, handle: `gb1-${letter}` });
const type = (id: string, handle: string, ram: number, disk: number, status = 'available') => ({
  ...{ id, handle, ram, status, cores: 2, disk_size: disk, storage_type: 'local' },
});
const server = (more: object = {}) => ({
  id: 'srv-lv426',
  name: label,
  status: 'active',
  zone: zone('a'),
  server_type: { id: 'typ-1' },
  interfaces: [{ id: 'int-ds42k', ipv4_address: '10.1.2.3' }],
  cloud_ips: [],
  surprise: [1],
  ...more,
});
const asked = (method: string, path: string): Seen[] =>
  cloud.seen.filter((seen) => seen.method === method && pathOf(seen) === `/1.0${path}`);
const sent = (method: string, path: string): unknown => JSON.parse(asked(method, path).at(-1)?.body ?? 'null');
const order = {
  name: 'web 1',
  region: 'gb1',
  zone: 'gb1-b',
  size: 'mini',
  image: 'img-1',
  tags: { 'agency.placement': token, 'agency.installation': 'ours' },
};

describe('the token', () => {
  it('is had once for many calls, with the client’s secret', async () => {
    await Promise.all([driver.regions(), driver.zones('gb1'), driver.sizes('gb1')]);
    const logins = cloud.seen.filter((seen) => seen.url === '/token');
    expect(logins).toHaveLength(1);
    expect(logins[0]?.headers.authorization).toBe(`Basic ${Buffer.from('cli-12345:planted').toString('base64')}`);
    expect(JSON.parse(logins[0]?.body ?? '')).toEqual({ client_id: 'cli-12345', grant_type: 'none' });
    expect(asked('GET', '/server_types')[0]?.headers.authorization).toBe('OAuth token-1');
  });

  it('is renewed once when it is refused', async () => {
    answers['GET /1.0/zones'] = ({ headers }) =>
      headers.authorization === 'OAuth token-1' ? json({ error: 'invalid_token' }, 401) : json([zone('a')]);
    await expect(driver.zones('gb1')).resolves.toEqual(['gb1-a']);
    answers['GET /1.0/zones'] = () => json({ error: 'invalid_token' }, 401);
    await expect(driver.zones('gb1')).rejects.toMatchObject({ reason: 'bad-credentials' });
  });

  it.each([
    [401, { error: 'invalid_client', error_description: 'The client failed to authenticate.' }],
    [400, { error: 'invalid_client', error_description: 'The client failed to authenticate.' }],
  ])('that is not had (%i) says that the credentials are bad, without them', async (status, body) => {
    answers['POST /token'] = () => json(body, status);
    await expect(driver.check()).rejects.toMatchObject({ reason: 'bad-credentials', vendorCode: 'invalid_client' });
    await expect(driver.check()).rejects.not.toThrow('planted');
  });

  it('that is none is not used', async () => {
    answers['POST /token'] = () => json({ surprise: true });
    await expect(driver.check()).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
  });
});

describe('what there is', () => {
  it('is zones by their handles, each of the region that it begins with', async () => {
    await expect(driver.regions()).resolves.toEqual(['gb1', 'gb1s']);
    await expect(driver.zones('gb1')).resolves.toEqual(['gb1-a', 'gb1-b']);
    await expect(driver.zones('nowhere')).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('is types in GiB, but deprecated ones and those that say too little', async () => {
    answers['GET /1.0/server_types'] = () =>
      json([
        type('typ-1', 'nano', 512, 20_480),
        type('typ-2', '2gb.net', 2048, 0),
        type('typ-3', 'old', 2048, 0, 'deprecated'),
        { id: 'typ-4', handle: 'half' },
      ]);
    await expect(driver.sizes('gb1')).resolves.toEqual([
      { name: 'nano', cores: 2, memory: 0.5, disk: 20, gpu: 0, architecture: 'x64' },
      { name: '2gb.net', cores: 2, memory: 2, disk: null, gpu: 0, architecture: 'x64' },
    ]);
  });

  it('is left of the account’s limits: a cloud IP for each machine, and memory', async () => {
    answers['GET /1.0/accounts'] = () =>
      json([{ id: 'acc-1', ram_limit: 32_768, ram_used: 2048, cloud_ips_limit: 10, cloud_ips_used: 1 }]);
    await expect(driver.quotas('gb1')).resolves.toEqual([
      { of: 'machines', left: 9 },
      { of: 'memory', left: 30 },
    ]);
    answers['GET /1.0/accounts'] = () => json([]);
    await expect(driver.quotas('gb1')).resolves.toEqual([]);
  });

  it('is images that are available, the newest first', async () => {
    const image = (id: string, name: string, created: string, more: object = {}) => ({
      ...{ id, name, status: 'available', arch: 'x86_64', created_at: created },
      ...more,
    });
    answers['GET /1.0/images'] = () =>
      json([
        image('img-1', 'ubuntu-noble-24.04-amd64-server', '2024-04-25T00:00:00Z'),
        image('img-2', 'ubuntu-noble-24.04-amd64-server', '2025-04-25T00:00:00Z'),
        image('img-3', 'ubuntu-noble-24.04-arm64-server', '2025-05-25T00:00:00Z', { arch: 'arm64' }),
        image('img-4', 'ubuntu-noble-24.04-amd64-server', '2026-01-01T00:00:00Z', { status: 'deprecated' }),
      ]);
    await expect(driver.image('ubuntu-24.04', 'x64', 'gb1')).resolves.toBe('img-2');
  });
});

describe('a server', () => {
  it.each([
    ['active', 'active'],
    ['inactive', 'inactive'],
    ['creating', 'building'],
    ['deleting', 'building'],
    ['deleted', 'gone'],
    ['failed', 'error'],
    ['unavailable', 'error'],
    ['melting', 'building'],
  ])('that is %s counts as %s', async (status, state) => {
    answers['GET /1.0/servers/srv-lv426'] = () => json(server({ status }));
    const found = await driver.get('gb1', 'srv-lv426');
    expect(found).toMatchObject({ vendorId: 'srv-lv426', state, zone: 'gb1-a', address: '10.1.2.3' });
    expect(found?.fault?.reason).toBe(state === 'error' ? 'boot-failed' : undefined);
  });

  it('is reached at its cloud IP', async () => {
    answers['GET /1.0/servers/srv-lv426'] = () => json(server({ cloud_ips: [{ id: 'cip-1', public_ip: '109.107.50.0' }] }));
    await expect(driver.get('gb1', 'srv-lv426')).resolves.toMatchObject({ address: '109.107.50.0' });
  });

  it('is asked for with a cloud IP of its name', async () => {
    answers['GET /1.0/cloud_ips'] = () => json([]);
    answers['POST /1.0/cloud_ips'] = () => json({ id: 'cip-k4a25', name: label }, 201);
    answers['POST /1.0/servers'] = () => json(server({ status: 'creating' }), 202);
    await expect(driver.create({ ...order, userData: '#!/bin/sh\n' }, token)).resolves.toMatchObject({ state: 'building' });
    expect(sent('POST', '/cloud_ips')).toEqual({ name: label });
    expect(sent('POST', '/servers')).toEqual({
      name: label,
      image: 'img-1',
      zone: 'zon-b',
      server_type: 'typ-2',
      user_data: Buffer.from('#!/bin/sh\n').toString('base64'),
      cloud_ip: 'cip-k4a25',
    });
  });

  it('takes the cloud IP of a create that was broken off, and gives it back when it is refused', async () => {
    const own = { id: 'cip-k4a25', name: label, status: 'unmapped' };
    answers['GET /1.0/cloud_ips'] = () => json([{ id: 'cip-other', name: 'theirs' }, own]);
    answers['GET /1.0/cloud_ips/cip-k4a25'] = () => json(own);
    answers['DELETE /1.0/cloud_ips/cip-k4a25'] = () => json(own, 202);
    answers['POST /1.0/servers'] = () => refusal(403, 'forbidden', 'Account limit reached, please contact support');
    await expect(driver.create(order, token)).rejects.toMatchObject({ reason: 'quota', outcomeUnknown: false });
    expect(asked('POST', '/cloud_ips')).toEqual([]);
    expect(asked('DELETE', '/cloud_ips/cip-k4a25')).toHaveLength(1);
  });

  it('gets a key by cloud-init, beside the caller’s user data', async () => {
    answers['GET /1.0/cloud_ips'] = () => json([{ id: 'cip-1', name: label }]);
    answers['POST /1.0/servers'] = () => json(server(), 202);
    const userDataSent = (): string =>
      Buffer.from((sent('POST', '/servers') as { user_data: string }).user_data, 'base64').toString();
    await driver.create({ ...order, sshKey: 'ssh-ed25519 AAAA shop\n' }, token);
    expect(userDataSent()).toBe('#cloud-config\nssh_authorized_keys:\n  - "ssh-ed25519 AAAA shop"\n');
    await driver.create({ ...order, sshKey: 'ssh-ed25519 AAAA shop', userData: '#!/bin/sh\nreboot\n' }, token);
    const parts = userDataSent().split(/--==agency-cloud-init==(?:--)?\r\n/);
    expect(parts[0]).toContain('Content-Type: multipart/mixed; boundary="==agency-cloud-init=="');
    expect(parts.slice(1, 3).map((part) => Buffer.from(part.split('\r\n\r\n')[1] ?? '', 'base64').toString())).toEqual([
      '#cloud-config\nssh_authorized_keys:\n  - "ssh-ed25519 AAAA shop"\n',
      '#!/bin/sh\nreboot\n',
    ]);
    expect(parts[2]).toContain('Content-Type: text/x-shellscript');
  });

  it('is found and listed by its name, unless it is gone or somebody else’s', async () => {
    answers['GET /1.0/servers'] = () =>
      json([server({ id: 'srv-old', status: 'deleted' }), server(), server({ name: 'by hand' })]);
    await expect(driver.find('gb1', token)).resolves.toMatchObject({ vendorId: 'srv-lv426' });
    await expect(driver.list('gb1', 'ours')).resolves.toMatchObject([{ vendorId: 'srv-lv426', placement: token }]);
    await expect(driver.list('gb1', 'theirs')).resolves.toEqual([]);
    answers['GET /1.0/servers'] = () => json({ servers: [] });
    await expect(driver.list('gb1', 'ours')).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
  });

  it('is deleted after its cloud IP, and takes no other one with it', async () => {
    const own = { id: 'cip-1', name: label, status: 'mapped' };
    answers['GET /1.0/servers/srv-lv426'] = () => json(server());
    answers['GET /1.0/cloud_ips'] = () => json([own, { id: 'cip-2', name: '' }]);
    answers['GET /1.0/cloud_ips/cip-1'] = () => json(own);
    answers['POST /1.0/cloud_ips/cip-1/unmap'] = () => json(own, 202);
    answers['DELETE /1.0/cloud_ips/cip-1'] = () => refusal(409, 'resource_conflict', 'is mapped');
    await expect(driver.delete('gb1', 'srv-lv426')).rejects.toMatchObject({ reason: 'conflict', passing: true });
    expect(asked('DELETE', '/servers/srv-lv426')).toEqual([]);
    answers['GET /1.0/cloud_ips'] = () => json([{ id: 'cip-2', name: '' }]);
    answers['DELETE /1.0/servers/srv-lv426'] = () => json(server({ status: 'deleting' }), 202);
    await driver.delete('gb1', 'srv-lv426');
    answers['GET /1.0/servers/srv-lv426'] = () => json(server({ name: '' }));
    answers['GET /1.0/cloud_ips/cip-2'] = () => json({ id: 'cip-2', name: '', status: 'unmapped' });
    await driver.delete('gb1', 'srv-lv426');
    expect(asked('DELETE', '/cloud_ips/cip-2')).toEqual([]);
    await expect(driver.delete('gb1', 'srv-none')).rejects.toMatchObject({ reason: 'not-found' });
  });

  it.each([
    ['stop', false, 'shutdown'],
    ['stop', true, 'stop'],
    ['restart', false, 'reboot'],
    ['restart', true, 'reset'],
    ['start', false, 'start'],
  ] as const)('%s (forced: %s) is %s', async (action, forced, verb) => {
    answers[`POST /1.0/servers/srv-1/${verb}`] = () => json(server(), 202);
    await driver.operations?.act('gb1', 'srv-1', action, forced);
    expect(asked('POST', `/servers/srv-1/${verb}`)).toHaveLength(1);
  });
});

describe('another size', () => {
  const step = (size = 'mini') => driver.operations?.resize('gb1', 'srv-lv426', size);
  const shown = (more: object) => () => json(server(more));

  it('is had off, and the server runs again', async () => {
    answers['PUT /1.0/servers/srv-lv426'] = () => json(server());
    for (const verb of ['stop', 'start']) answers[`POST /1.0/servers/srv-lv426/${verb}`] = () => json(server(), 202);
    answers['GET /1.0/servers/srv-lv426'] = shown({});
    answers['POST /1.0/servers/srv-lv426/resize'] = () => refusal(409, 'resource_conflict', 'has to be inactive');
    await expect(step()).resolves.toBe(false);
    expect(sent('PUT', '/servers/srv-lv426')).toEqual({ name: `resuming-${label}` });
    expect(asked('POST', '/servers/srv-lv426/stop')).toHaveLength(1);
    answers['GET /1.0/servers/srv-lv426'] = shown({ status: 'inactive', name: `resuming-${label}` });
    answers['POST /1.0/servers/srv-lv426/resize'] = () => json(server(), 202);
    await expect(step()).resolves.toBe(false);
    expect(sent('POST', '/servers/srv-lv426/resize')).toEqual({ new_type: 'typ-2' });
    const done = { name: `resuming-${label}`, server_type: { id: 'typ-2' } };
    answers['GET /1.0/servers/srv-lv426'] = shown({ ...done, status: 'inactive' });
    await expect(step()).resolves.toBe(false);
    expect(asked('POST', '/servers/srv-lv426/start')).toHaveLength(1);
    answers['GET /1.0/servers/srv-lv426'] = shown(done);
    await expect(step()).resolves.toBe(true);
    expect(sent('PUT', '/servers/srv-lv426')).toEqual({ name: label });
    await expect(driver.find('gb1', token)).rejects.toMatchObject({ reason: 'not-found' });
  });

  it('that is refused leaves the server running', async () => {
    answers['GET /1.0/servers/srv-lv426'] = shown({ status: 'inactive', name: `resuming-${label}` });
    answers['POST /1.0/servers/srv-lv426/resize'] = () => refusal(422, 'unprocessable_entity', 'another local disk');
    answers['POST /1.0/servers/srv-lv426/start'] = () => json(server(), 202);
    await expect(step()).rejects.toMatchObject({ reason: 'invalid-request', message: 'another local disk' });
    expect(asked('POST', '/servers/srv-lv426/start')).toHaveLength(1);
    await expect(step('huge')).rejects.toMatchObject({ reason: 'invalid-request' });
  });

  it('keeps the server found while it is under way', async () => {
    answers['GET /1.0/servers'] = () => json([server({ name: `resuming-${label}` })]);
    await expect(driver.find('gb1', token)).resolves.toMatchObject({ vendorId: 'srv-lv426' });
  });
});

describe('a snapshot', () => {
  const image = (more: object) => ({ id: 'img-9', name: 'Snapshot of srv-1', source: 'srv-1', source_type: 'snapshot', ...more });
  const save = () => driver.operations?.save('gb1', 'srv-1', { name: 'golden', token });

  beforeEach(() => {
    answers['PUT /1.0/images/img-9'] = () => json(image({ status: 'creating', name: `golden-${token}` }));
  });

  it('is the image that is new after it, and is named at once', async () => {
    let images: unknown[] = [
      image({ id: 'img-8', status: 'available' }),
      image({ id: 'img-7', source: 'srv-2', status: 'creating' }),
    ];
    answers['GET /1.0/images'] = () => json(images);
    answers['POST /1.0/servers/srv-1/snapshot'] = () => {
      images = [...images, image({ status: 'creating' })];
      return json(server(), 202);
    };
    await expect(save()).resolves.toEqual({ vendorId: 'img-9', state: 'building' });
    expect(sent('PUT', '/images/img-9')).toEqual({ name: `golden-${token}` });
    images = [image({ status: 'available', name: `golden-${token}` })];
    await expect(save()).resolves.toEqual({ vendorId: 'img-9', state: 'active' });
    expect(asked('POST', '/servers/srv-1/snapshot')).toHaveLength(1);
  });

  it('that an earlier call began and could not name is taken', async () => {
    answers['GET /1.0/images'] = () => json([image({ status: 'creating' })]);
    await expect(save()).resolves.toEqual({ vendorId: 'img-9', state: 'building' });
    expect(asked('POST', '/servers/srv-1/snapshot')).toEqual([]);
  });
});

it.each([
  ['creating', 'building', null],
  ['detached', 'available', null],
  ['attached', 'attached', 'srv-1'],
  ['deleting', 'building', null],
  ['deleted', 'gone', null],
  ['failed', 'error', null],
  ['dreaming', 'building', null],
])('reads a volume that is %s as %s', async (status, state, machine) => {
  answers['GET /1.0/volumes/vol-1'] = () => json({ id: 'vol-1', status, server: { id: 'srv-1' } });
  await expect(driver.volumes?.get('gb1', 'vol-1')).resolves.toEqual({
    vendorId: 'vol-1',
    state,
    zone: null,
    machine,
    device: null,
  });
});

it('gives a machine one cloud IP more, mapped to its interface', async () => {
  const own = { id: 'cip-5', name: `agency-${token}`, public_ip: '109.107.50.9', status: 'unmapped' };
  answers['GET /1.0/cloud_ips'] = () => json([]);
  answers['POST /1.0/cloud_ips'] = () => json(own, 201);
  answers['GET /1.0/servers/srv-lv426'] = () => json(server());
  answers['POST /1.0/cloud_ips/cip-5/map'] = () => json({ ...own, status: 'mapped' }, 202);
  const assign = () => driver.addresses?.assign('gb1', 'srv-lv426', token);
  await expect(assign()).resolves.toEqual({ vendorId: 'cip-5', address: '109.107.50.9' });
  expect(sent('POST', '/cloud_ips/cip-5/map')).toEqual({ destination: 'int-ds42k' });
  answers['GET /1.0/cloud_ips'] = () => json([{ ...own, status: 'mapped' }]);
  await expect(assign()).resolves.toEqual({ vendorId: 'cip-5', address: '109.107.50.9' });
  expect(asked('POST', '/cloud_ips')).toHaveLength(1);
  answers['GET /1.0/servers/srv-lv426'] = () => json(server({ interfaces: [] }));
  answers['GET /1.0/cloud_ips'] = () => json([own]);
  await expect(assign()).rejects.toMatchObject({ reason: 'conflict', passing: true });
});

it.each([
  [503, 'insufficient_capacity', 'There is not enough capacity in the zone', 'no-capacity'],
  [503, 'service_unavailable', 'The service is unavailable', 'unavailable'],
  [429, 'too_many_requests', 'Rate limit exceeded', 'rate-limited'],
  [422, 'unprocessable_entity', 'image: is not an image', 'invalid-request'],
  [409, 'resource_conflict', 'is not in a state for that', 'conflict'],
])('reads a refusal of %i %s “%s” as %s', async (status, name, words, reason) => {
  answers['GET /1.0/zones'] = () => ({ ...refusal(status, name, words), headers: { 'retry-after': '600' } });
  await expect(driver.check()).rejects.toMatchObject({ reason, vendorCode: name, message: words });
});
