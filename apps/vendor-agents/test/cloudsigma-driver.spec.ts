/** What CloudSigma may answer, odd things included; documents after the samples of its API 2.0 documentation. */
import { asVendorError } from '../src/vendor/vendor-error.js';
import type { MachineOrder, VendorDriver } from '../src/vendor/port.js';
import { vendor } from '../src/vendors/cloudsigma/index.js';
import { resourcesOf } from '../src/vendors/cloudsigma/sizes.js';
import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';

let cloud: RecordedCloud | undefined;
afterEach(async () => {
  await cloud?.close();
});

const gib = 2 ** 30;
const json = (body: unknown, status = 200): Recorded => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
});
const listed = (objects: readonly unknown[], total = objects.length): Recorded =>
  json({ meta: { limit: 0, offset: 0, total_count: total }, objects });
const refused = (status: number, type: string, message: string): Recorded =>
  json([{ error_point: null, error_type: type, error_message: message }], status);

const token = '0f0c0b6e-0000-4000-8000-000000000001';
const since = '2014-06-05T09:51:08+00:00';
const nicRuntime = { interface_type: 'public', ip_v4: { uuid: '162.213.38.81', resource_uri: '/api/2.0/ips/162.213.38.81/' } };
const meta = { 'agency.placement': token, 'agency.installation': 'ours' };
const server = (more: object = {}): Record<string, unknown> => ({
  uuid: 's-1',
  name: 'shop',
  status: 'running',
  cpu: 2000,
  smp: 1,
  mem: 2 * gib,
  vnc_password: 'shown',
  meta,
  tags: [{ uuid: 't-1', resource_uri: '/api/2.0/tags/t-1/' }],
  nics: [{ mac: '22:78:87:54:83:80', model: 'virtio', ip_v4_conf: { conf: 'dhcp', ip: null }, vlan: null, runtime: nicRuntime }],
  drives: [{ boot_order: 1, dev_channel: '0:0', device: 'virtio', drive: { uuid: 'd-1', resource_uri: '/api/2.0/drives/d-1/' } }],
  runtime: { active_since: since, nics: [nicRuntime] },
  surprise: [{}],
  ...more,
});
const planned = (plan: object, more: object = {}): Record<string, unknown> =>
  server({ meta: { ...meta, 'agency.plan': JSON.stringify(plan) }, ...more });
const drive = (more: object = {}): Record<string, unknown> => ({
  uuid: 'd-1',
  name: `shop-752225-${token}`,
  status: 'mounted',
  size: 10 * gib,
  media: 'disk',
  meta: {},
  mounted_on: [{ uuid: 's-1' }],
  ...more,
});
const order: MachineOrder = {
  name: 'shop',
  region: 'zrh',
  zone: 'zrh',
  size: 'c1-m2-d10',
  image: 'lib-1',
  userData: '#cloud-config\n',
  sshKey: 'ssh-ed25519 AAAA shop',
  tags: { 'agency.installation': 'ours' },
};

/** Answers by method and path, e.g. `GET /servers/detail/`; what is not told is not found. */
async function connected(answers: Readonly<Record<string, (seen: Seen) => Recorded>>): Promise<VendorDriver> {
  cloud = await RecordedCloud.open((seen) => answers[callOf(seen)]?.(seen) ?? refused(404, 'notexist', 'no such thing'));
  const account = {
    vendor: 'cloudsigma',
    name: 'test',
    endpoint: `${cloud.url}/{region}/api/2.0`,
    regions: ['zrh'],
    credentials: { username: 'me@example.org', password: 'planted' },
  };
  return vendor.connect(account, { http: testHttp(), now: Date.now });
}

function callOf({ method, url }: Seen): string {
  const { pathname, searchParams } = new URL(url, 'http://cloudsigma');
  const action = searchParams.get('do');
  return `${method} ${pathname.replace('/zrh/api/2.0', '')}${action === null ? '' : action}`;
}
const asked = (call: string): readonly unknown[] =>
  (cloud?.seen ?? [])
    .filter((seen) => callOf(seen) === call)
    .map(({ body }) => (body === '' ? null : JSON.parse(body)) as unknown);
const calls = (): readonly string[] => (cloud?.seen ?? []).map(callOf);
const failure = async (call: Promise<unknown>): Promise<unknown> => await call.catch(asVendorError);
const planOf = (definition: unknown): unknown => {
  const written = (definition as { meta: Record<string, string> }).meta['agency.plan'];
  return written === undefined ? undefined : JSON.parse(written);
};
/** A server that takes every definition it is given. */
const echoed =
  (status: string, more: object = {}) =>
  (seen: Seen) => {
    const { drives, ...definition } = JSON.parse(seen.body) as { drives: readonly { drive: string }[] };
    return json(
      server({ ...definition, status, drives: drives.map((mount) => ({ ...mount, drive: { uuid: mount.drive } })), ...more }),
    );
  };

it.each([
  ['running', 'active'],
  ['stopped', 'inactive'],
  ['starting', 'building'],
  ['stopping', 'building'],
  ['paused', 'suspended'],
  ['levitating', 'building'],
])('reads a server that is %s as %s', async (status, state) => {
  const driver = await connected({ 'GET /servers/s-1/': () => json(server({ status })) });
  expect(await driver.get('zrh', 's-1')).toEqual({ vendorId: 's-1', state, address: '162.213.38.81', zone: 'zrh', fault: null });
});

it('says that what is unavailable did not come up, and does not know what is not there', async () => {
  const driver = await connected({ 'GET /servers/s-1/': () => json(server({ status: 'unavailable' })) });
  expect(await driver.get('zrh', 's-1')).toMatchObject({ state: 'error', fault: { reason: 'boot-failed' } });
  expect(await driver.get('zrh', 's-2')).toBeUndefined();
  expect(cloud?.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me@example.org:planted').toString('base64')}`);
});

it('reads what does not fit into one answer', async () => {
  const driver = await connected({
    'GET /servers/detail/': ({ url }) =>
      url.includes('offset=0') ? listed([server()], 3) : listed([server({ uuid: 's-2' }), server({ uuid: 's-3', meta: {} })], 3),
  });
  expect((await driver.list('zrh', 'ours')).map(({ vendorId }) => vendorId)).toEqual(['s-1', 's-2']);
  expect(await driver.list('zrh', 'others')).toEqual([]);
});

it('makes a server, clones its drive, enlarges it, mounts it, and starts the server', async () => {
  let status = 'cloning_dst';
  let size = 5 * gib;
  const boot = (): object => drive({ status, size, mounted_on: [] });
  const driver = await connected({
    'GET /servers/detail/': () => listed([]),
    'POST /servers/': ({ body }) =>
      json({ objects: [server({ ...(JSON.parse(body) as object), status: 'stopped', drives: [] })] }, 201),
    'GET /drives/detail/': () => {
      const shown = listed(asked('POST /libdrives/lib-1/action/clone').length === 0 ? [] : [boot()]);
      status = 'unmounted';
      return shown;
    },
    'POST /libdrives/lib-1/action/clone': () => json({ objects: [boot()] }, 202),
    'POST /drives/d-1/action/resize': ({ body }) => {
      ({ size } = JSON.parse(body) as { size: number });
      status = 'resizing';
      return json({ objects: [boot()] }, 202);
    },
    'PUT /servers/s-1/': echoed('stopped', { runtime: null }),
    'POST /servers/s-1/action/start': () => json({ action: 'start', result: 'success', uuid: 's-1' }, 202),
  });
  expect(await driver.create(order, token)).toMatchObject({ vendorId: 's-1', state: 'building' });
  const [definition] = asked('POST /servers/');
  expect(definition).toMatchObject({
    cpu: 2000,
    mem: 2 * gib,
    nics: [{ ip_v4_conf: { conf: 'dhcp' } }],
    meta: {
      ...meta,
      ssh_public_key: 'ssh-ed25519 AAAA shop',
      'cloudinit-user-data': Buffer.from('#cloud-config\n').toString('base64'),
      base64_fields: 'cloudinit-user-data',
    },
  });
  expect(asked('POST /libdrives/lib-1/action/clone')).toEqual([
    { name: expect.stringMatching(new RegExp(`^shop-[0-9a-f]{6}-${token}$`)) as string, media: 'disk' },
  ]);
  expect(asked('POST /drives/d-1/action/resize')).toMatchObject([{ size: 10 * gib, media: 'disk' }]);
  expect(asked('PUT /servers/s-1/')).toMatchObject([{ drives: [{ drive: 'd-1', dev_channel: '0:0', boot_order: 1 }] }]);
  expect(planOf(asked('PUT /servers/s-1/')[0])).toEqual({ start: true, fresh: true, since: null });
  expect(calls().at(-1)).toBe('POST /servers/s-1/action/start');
});

it('goes on with what an earlier try has made', async () => {
  const plan = { image: 'lib-1', resources: resourcesOf('c1-m2-d10'), start: true, fresh: true, since: null };
  const driver = await connected({
    'GET /servers/detail/': () => listed([planned(plan, { status: 'stopped', drives: [] })]),
    'GET /drives/detail/': () =>
      listed([drive({ uuid: 'd-2' }), drive({ status: 'unmounted' }), drive({ uuid: 'd-0', name: 'x' })]),
    'PUT /servers/s-1/': echoed('stopped'),
    'POST /servers/s-1/action/start': () => json({}, 202),
  });
  expect(await driver.find('zrh', token)).toMatchObject({ vendorId: 's-1', state: 'building' });
  expect(await driver.create(order, token)).toMatchObject({ vendorId: 's-1', state: 'building' });
  expect(calls().filter((call) => call.startsWith('POST'))).toEqual(['POST /servers/s-1/action/start']);
});

it('leaves nothing of a create that is refused', async () => {
  const stopped = planned({ start: true, fresh: true, since: null }, { status: 'stopped' });
  const driver = await connected({
    'GET /servers/detail/': () => listed([stopped]),
    'POST /servers/s-1/action/start': () => refused(402, 'billing', 'quota'),
    'GET /drives/detail/': () => listed([drive(), drive({ uuid: 'd-9', status: 'unmounted' })]),
    'DELETE /drives/d-9/': () => ({ status: 204 }),
    'DELETE /servers/s-1/': () => ({ status: 204 }),
  });
  expect(await failure(driver.create(order, token))).toMatchObject({ reason: 'quota', outcomeUnknown: false });
  expect(calls().slice(-2)).toEqual(['DELETE /drives/d-9/', 'DELETE /servers/s-1/']);
  expect(cloud?.seen.at(-1)?.url).toContain('recurse=all_drives');
});

it.each([
  ['fresh', { start: true, fresh: true, since: null }, { state: 'error', fault: { reason: 'no-capacity' } }],
  ['not fresh', { start: true, since }, { state: 'inactive', fault: null }],
])('tells a machine that is %s and may not start', async (_, plan, shown) => {
  const driver = await connected({
    'GET /servers/s-1/': () => json(planned(plan, { status: 'stopped' })),
    'POST /servers/s-1/action/start': () => refused(503, 'backend', 'the cloud is out of capacity'),
  });
  expect(await driver.get('zrh', 's-1')).toMatchObject(shown);
});

it('restarts by a plan that outlives a crash', async () => {
  let now = server();
  const driver = await connected({
    'GET /servers/s-1/': () => json(now),
    'PUT /servers/s-1/': ({ body }) => {
      now = { ...now, meta: (JSON.parse(body) as { meta: object }).meta };
      return json(now);
    },
    'POST /servers/s-1/action/stop': () => ({ status: 202 }),
    'POST /servers/s-1/action/start': () => ({ status: 202 }),
  });
  await driver.operations!.act('zrh', 's-1', 'restart', true);
  const plan = planOf(now);
  expect(plan).toMatchObject({ start: true, hard: true, since });
  // The stop got lost: it is asked for again.
  expect(await driver.get('zrh', 's-1')).toMatchObject({ state: 'building' });
  now = { ...now, status: 'stopped', runtime: null };
  expect(await driver.get('zrh', 's-1')).toMatchObject({ state: 'building' });
  now = { ...now, status: 'running', runtime: { active_since: 'later', nics: [nicRuntime] } };
  expect(await driver.get('zrh', 's-1')).toMatchObject({ state: 'active' });
  expect(planOf(now)).toBeUndefined();
  expect(calls().filter((call) => call.startsWith('POST'))).toEqual([
    'POST /servers/s-1/action/stop',
    'POST /servers/s-1/action/stop',
    'POST /servers/s-1/action/start',
  ]);
});

it('keeps all of a definition that it changes, and nobody starts what is to stop', async () => {
  const driver = await connected({
    'GET /servers/s-1/': () => json(planned({ start: true, since: 'before' })),
    'PUT /servers/s-1/': echoed('running'),
    'POST /servers/s-1/action/shutdown': () => ({ status: 202 }),
  });
  await driver.operations!.act('zrh', 's-1', 'stop', false);
  expect(asked('PUT /servers/s-1/')).toEqual([
    {
      name: 'shop',
      cpu: 2000,
      smp: 1,
      mem: 2 * gib,
      vnc_password: 'shown',
      meta,
      tags: ['t-1'],
      nics: [{ mac: '22:78:87:54:83:80', model: 'virtio', ip_v4_conf: { conf: 'dhcp' } }],
      drives: [{ drive: 'd-1', dev_channel: '0:0', device: 'virtio', boot_order: 1 }],
    },
  ]);
});

it('asks nothing of a machine that is in no state for it', async () => {
  const driver = await connected({ 'GET /servers/s-1/': () => json(server()) });
  const act = async (action: 'start' | 'suspend'): Promise<unknown> =>
    await failure(driver.operations!.act('zrh', 's-1', action, false));
  expect(await act('start')).toMatchObject({ reason: 'conflict' });
  expect(await act('suspend')).toMatchObject({ reason: 'invalid-request' });
  expect(calls().filter((call) => !call.startsWith('GET'))).toEqual([]);
});

it('shrinks no drive', async () => {
  const driver = await connected({
    'GET /servers/s-1/': () => json(server()),
    'GET /drives/d-1/': () => json(drive({ size: 20 * gib })),
  });
  expect(await failure(driver.operations!.resize('zrh', 's-1', 'c2-m2-d10'))).toMatchObject({ reason: 'invalid-request' });
  expect(await driver.operations!.resize('zrh', 's-1', 'c1-m2-d20')).toBe(true);
});

it('keeps volumes from going with their machine', async () => {
  const volume = { boot_order: null, dev_channel: '0:1', device: 'virtio', drive: { uuid: 'v-1' } };
  const boot = server().drives as object[];
  let status = 'running';
  const driver = await connected({
    'GET /servers/s-1/': () => json(server({ status, drives: [...boot, volume] })),
    'POST /servers/s-1/action/stop': () => ({ status: 202 }),
    'GET /drives/detail/': () => listed([drive(), drive({ uuid: 'v-1', name: 'data' })]),
    'PUT /servers/s-1/': echoed('stopped'),
    'DELETE /servers/s-1/': () => ({ status: 204 }),
  });
  await driver.delete('zrh', 's-1');
  expect(calls().at(-1)).toBe('POST /servers/s-1/action/stop');
  status = 'stopped';
  await driver.delete('zrh', 's-1');
  expect(asked('PUT /servers/s-1/')).toMatchObject([{ drives: [{ drive: 'd-1' }] }]);
  expect(calls().at(-1)).toBe('DELETE /servers/s-1/');
});

it('shuts a machine down for a volume, and has it run again', async () => {
  let now = server();
  const volume = (): object => drive({ uuid: 'v-1', name: 'data', status: 'unmounted', mounted_on: [] });
  const driver = await connected({
    'GET /servers/detail/': () => listed([now]),
    'GET /servers/s-1/': () => json(now),
    'GET /drives/v-1/': () => json(volume()),
    'PUT /servers/s-1/': (seen) => {
      const shown = echoed(String(now.status), { runtime: now.runtime })(seen);
      now = JSON.parse(shown.body ?? '') as typeof now;
      return shown;
    },
    'POST /servers/s-1/action/shutdown': () => ({ status: 202 }),
    'POST /servers/s-1/action/start': () => ({ status: 202 }),
  });
  await driver.volumes!.attach('zrh', 'v-1', 's-1', undefined);
  expect(planOf(now)).toMatchObject({ attach: ['v-1'], start: true, since });
  expect(await failure(driver.volumes!.delete('zrh', 'v-1'))).toMatchObject({ reason: 'conflict' });
  now = { ...now, status: 'stopped', runtime: null };
  expect(await driver.volumes!.get('zrh', 'v-1')).toMatchObject({ state: 'attached', machine: 's-1', device: '/dev/vdb' });
  expect(planOf(now)).toEqual({ start: true, since });
  expect(calls()).toContain('POST /servers/s-1/action/start');
});

it('gives up what CloudSigma refuses of a plan, and has the machine run as it was', async () => {
  const driver = await connected({
    'GET /servers/s-1/': () => json(planned({ attach: ['v-1'], start: true, since }, { status: 'stopped', runtime: null })),
    'PUT /servers/s-1/': (seen) =>
      seen.body.includes('"v-1"') ? refused(400, 'validation', 'already mounted') : echoed('stopped')(seen),
  });
  expect(await driver.get('zrh', 's-1')).toMatchObject({ state: 'inactive' });
  expect(planOf(asked('PUT /servers/s-1/').at(-1))).toEqual({ start: true, since });
});

it('takes one snapshot of a token', async () => {
  const snapshots: object[] = [];
  const driver = await connected({
    'GET /servers/s-1/': () => json(server()),
    'GET /snapshots/detail/': () => listed(snapshots),
    'POST /snapshots/': ({ body }) => {
      snapshots.push({ uuid: 'n-1', status: 'creating', ...(JSON.parse(body) as object) });
      return json({ objects: snapshots }, 201);
    },
  });
  const save = async (): Promise<unknown> => await driver.operations!.save('zrh', 's-1', { name: 'golden', token });
  expect(await save()).toEqual({ vendorId: 'snapshots/n-1', state: 'building' });
  Object.assign(snapshots[0]!, { status: 'available' });
  expect(await save()).toEqual({ vendorId: 'snapshots/n-1', state: 'active' });
  expect(asked('POST /snapshots/')).toMatchObject([{ drive: 'd-1', name: 'golden', meta: { 'agency.image': token } }]);
});

it('prices what a size is made of, at the current level and in the account’s currency', async () => {
  const price = (resource: string, multiplier: number, amount: string, level: number, currency = 'CHF'): object => ({
    resource,
    multiplier,
    price: amount,
    level,
    currency,
    id: '1',
    unit: 'whatever',
  });
  const driver = await connected({
    'GET /balance/': () => json({ balance: '10', currency: 'CHF' }),
    'GET /capabilities/': () => json(capabilities),
    'GET /pricing/': () =>
      json({
        current: { cpu: 15, mem: 1 },
        meta: { total_count: 5 },
        objects: [
          price('cpu', 3_600_000, '9', 1),
          price('cpu', 3_600_000, '0.0100', 15),
          price('cpu', 3_600_000, '0.5', 15, 'USD'),
          price('mem', 3_600 * gib, '0.005', 1),
          price('dssd', 2_592_000 * gib, '0.72', 1),
        ],
      }),
  });
  const prices = await driver.prices!.list(['zrh']);
  const told = prices.find(({ size }) => size === 'c1-m2-d10');
  expect(told).toMatchObject({ region: 'zrh', currency: 'CHF' });
  expect(told?.price).toBeCloseTo(2 * 0.01 + 2 * 0.005 + (10 * 0.72) / 720, 9);
  const named = (await driver.sizes('zrh')).find(({ name }) => name === 'high-cpu-medium');
  expect(named).toMatchObject({ cores: 2.75, memory: 1.7, disk: 150 });
  expect(prices.map(({ size }) => size)).toContain('high-cpu-medium');
});
const capabilities = {
  servers: { cpu: { min: 250, max: 8_000 }, smp: { min: 1, max: 32 }, mem: { min: 268_435_456, max: 8 * gib } },
  drives: { dssd: { size: { min: 536_870_912, max: 100 * gib } } },
};

it('knows images by the names of the library’s ready-made drives, and the account’s own by their paths', async () => {
  const driver = await connected({
    'GET /libdrives/': () =>
      listed([
        { uuid: 'l-1', name: 'Debian 12.1 Server', image_type: 'preinst', arch: '64' },
        { uuid: 'l-2', name: 'Debian 12.5 Server', image_type: 'preinst', arch: '64' },
        { uuid: 'l-3', name: 'Debian 12.9 Server', image_type: 'install' },
        { uuid: 'l-4', name: 'Debian 12.9 Server', arch: '32' },
        { name: 'nameless' },
      ]),
  });
  expect(await driver.image('debian-12', 'x64', 'zrh')).toBe('l-2');
  expect(await failure(driver.create({ ...order, size: 'huge' }, token))).toMatchObject({ reason: 'invalid-request' });
});

it.each([
  ['bad-credentials', refused(401, 'permission', 'Authentication failed')],
  ['forbidden', refused(403, 'permission', 'not yours')],
  ['conflict', refused(403, 'permission', 'Cannot start guest in state "started"')],
  ['conflict', refused(400, 'concurrency', 'try again')],
  ['invalid-request', refused(400, 'validation', 'cpu')],
  ['quota', refused(402, 'billing', 'too much')],
  ['rate-limited', { ...refused(429, 'permission', 'slowly'), headers: { 'retry-after': '600' } }],
  ['unavailable', refused(500, 'backend', 'oh')],
  ['unknown', { status: 200, body: '<html>hello</html>' }],
  ['unknown', json({ meta: {} })],
])('takes for %s what is so', async (reason, answer) => {
  const driver = await connected({ 'GET /servers/detail/': () => answer });
  const refusal = await failure(driver.list('zrh', 'ours'));
  expect(refusal).toMatchObject({ reason });
  expect(JSON.stringify(refusal)).not.toContain('planted');
});
