/** What Flexiant Cloud Orchestrator may answer, odd things included; documents after its complex objects. */
import { createHash } from 'node:crypto';
import type { MachineOrder, VendorDriver } from '../src/vendor/port.js';
import { asVendorError } from '../src/vendor/vendor-error.js';
import { vendor } from '../src/vendors/flexiant/index.js';
import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';

let cloud: RecordedCloud | undefined;
afterEach(async () => {
  await cloud?.close();
});

const json = (body: unknown, status = 200): Recorded => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const listed = (list: readonly unknown[], totalCount = list.length): Recorded => json({ list, totalCount });
const refused = (status: number, errorCode: string, message: string): Recorded => json({ errorCode, message }, status);
const job = (itemUUID?: string): Recorded =>
  json({ resourceType: 'JOB', resourceUUID: 'job-1', status: 'NOT_STARTED', itemUUID });

const token = '0f0c0b6e-0000-4000-8000-000000000001';
const mark = createHash('sha256').update('ours').digest('hex').slice(0, 6);
const resourceName = `shop-${mark}-${token}`;
const server = (more: object = {}) => ({
  ...{ resourceType: 'SERVER', resourceUUID: 'server-1', resourceName, resourceState: 'ACTIVE', status: 'RUNNING' },
  ...{ vdcName: 'Alpha', clusterUUID: 'cluster-1', vdcUUID: 'vdc-1', productOfferUUID: 'offer-1', surprise: [{ id: null }] },
  nics: [
    {
      index: 0,
      ipAddresses: [
        { type: 'IPV6', ipAddress: '2001:db8::1' },
        { type: 'IPV4', ipAddress: '192.0.2.7' },
      ],
    },
  ],
  disks: [{ resourceUUID: 'disk-1', resourceName: `${resourceName} disk`, index: 0 }],
  resourceMetadata: { publicMetadata: '', privateMetadata: 'mine' },
  ...more,
});
const toBeStarted = { resourceMetadata: { publicMetadata: 'agency: start' } };
const value = (key: string, amount: string, more: object = {}) => ({ key, value: amount, ...more });
const offer = (name: string, values: readonly object[], more: object = {}) => ({
  ...{ resourceType: 'PRODUCTOFFER', resourceUUID: name, resourceName: name, resourceState: 'ACTIVE' },
  clusters: ['cluster-1'],
  billingPeriod: 'HOURLY',
  componentConfig: [{ productConfiguredValues: values, billingConfiguredValues: [] as readonly object[] }],
  ...more,
});
const costing = (name: string, values: readonly object[], price: object, more: object = {}) =>
  offer(name, values, { componentConfig: [{ productConfiguredValues: values, billingConfiguredValues: [price] }], ...more });
const small = offer('Small', [value('cpu', '1'), value('ram', '2048')]);
const disk20 = offer('20 GB', [value('size', '20')]);
const order: MachineOrder = {
  ...{ name: 'shop', region: 'North', zone: 'Alpha', size: 'Small', image: 'image-1' },
  tags: { 'agency.installation': 'ours' },
};

type Answers = Readonly<Record<string, (seen: Seen) => Recorded>>;

/** A cluster with a virtual data centre that a machine can be made in. */
const places: Answers = {
  'POST cluster/list': () => listed([{ resourceUUID: 'cluster-1', resourceName: 'North' }]),
  'POST vdc/list': () => listed([{ resourceUUID: 'vdc-1', resourceName: 'Alpha' }]),
  'POST productoffer/list': () => listed([small, disk20]),
  'POST network/list': () => listed([{ resourceUUID: 'net-1', resourceName: 'public', networkType: 'IP' }]),
  'GET image/image-1': () => json({ resourceUUID: 'image-1', resourceName: 'Debian 12', size: 10 }),
};

let tokens: number;

/** Answers by method and path below `resources`; what is not told is an empty list, or not there. */
async function connected(answers: Answers): Promise<VendorDriver> {
  tokens = 0;
  cloud = await RecordedCloud.open((seen) => {
    const call = callOf(seen);
    const known = answers[call];
    if (known) return known(seen);
    if (call === 'GET authentication') return json({ publicToken: `token-${(tokens += 1)}` });
    return call.endsWith('/list') ? listed([]) : refused(404, 'RESOURCE_NOT_FOUND', 'no such resource');
  });
  const credentials = { email: 'somebody@example.com', customer: 'customer-1', password: 'planted' };
  const account = { vendor: 'flexiant', name: 'test', endpoint: cloud.url, regions: ['North'], credentials };
  return vendor.connect(account, { http: testHttp(), now: Date.now });
}

const callOf = ({ method, url }: Seen): string => {
  const path = new URL(url, 'http://fco').pathname.replace('/rest/user/current/', '').replace('resources/', '');
  return `${method} ${path}`;
};
const asked = (call: string): readonly Seen[] => (cloud?.seen ?? []).filter((seen) => callOf(seen) === call);
const sent = (call: string): unknown => JSON.parse(asked(call).at(-1)?.body ?? 'null');
/** What was asked that changes something. */
const changes = (): readonly string[] =>
  (cloud?.seen ?? []).map(callOf).filter((call) => !call.startsWith('GET') && !call.endsWith('/list'));
const failure = async (call: Promise<unknown>): Promise<unknown> => await call.then(() => 'no failure', asVendorError);
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('a token', () => {
  it('is had for who asks, and proves it from then on', async () => {
    const driver = await connected(places);
    await driver.check();
    await driver.check();
    expect(cloud?.seen.map((seen) => [callOf(seen), seen.headers.authorization])).toEqual([
      ['GET authentication', basic('somebody@example.com/customer-1', 'planted')],
      ['POST cluster/list', basic('token-1', '')],
      ['POST cluster/list', basic('token-1', '')],
    ]);
  });

  it('that is good no more is renewed, once', async () => {
    const old = basic('token-1', '');
    const driver = await connected({
      'POST cluster/list': ({ headers }) => (headers.authorization === old ? refused(401, 'UNAUTHORIZED', 'no') : listed([])),
    });
    expect(await driver.regions()).toEqual([]);
    expect(asked('GET authentication')).toHaveLength(2);
    await cloud?.close();
    const other = await connected({ 'POST cluster/list': () => refused(401, 'UNAUTHORIZED', 'no') });
    expect(await failure(other.check())).toMatchObject({ reason: 'bad-credentials' });
    expect(asked('GET authentication')).toHaveLength(2);
  });

  it.each([
    [refused(401, 'UNAUTHORIZED', 'no'), 'bad-credentials'],
    [json({}), 'unknown'],
    [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' }, 'unknown'],
  ])('is not %j', async (answer, reason) => {
    const driver = await connected({ 'GET authentication': () => answer });
    expect(await failure(driver.check())).toMatchObject({ reason });
    expect(await failure(driver.check())).toMatchObject({ reason });
  });
});

describe('lists', () => {
  it('are asked for from where the last page ended', async () => {
    const names = ['a', 'b', 'c'];
    const driver = await connected({
      'POST cluster/list': ({ body }) => {
        const { queryLimit } = JSON.parse(body) as { queryLimit: { from: number } };
        const page = names.slice(queryLimit.from, queryLimit.from + 2);
        return listed(
          page.map((name) => ({ resourceUUID: `uuid-${name}`, resourceName: name })),
          names.length,
        );
      },
    });
    expect(await driver.regions()).toEqual(names);
  });

  it('end with a page that is empty, whatever the count says', async () => {
    const driver = await connected({ 'POST cluster/list': () => listed([], 3) });
    expect(await driver.regions()).toEqual([]);
  });

  it.each([json({ totalCount: 0 }), json({ list: [] }), json([]), json({ list: [{ resourceName: 'North' }], totalCount: 1 })])(
    'are not %j',
    async (answer) => {
      const driver = await connected({ 'POST cluster/list': () => answer });
      expect(await failure(driver.regions())).toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
    },
  );

  it('of machines leave out what is another’s, and what is deleted', async () => {
    const driver = await connected({
      ...places,
      'POST server/list': () =>
        listed([
          server(),
          server({ resourceUUID: 'server-2', resourceName: `mail-${mark}` }),
          server({ resourceUUID: 'server-3', resourceState: 'DELETED' }),
        ]),
    });
    expect(await driver.list('North', 'ours')).toMatchObject([{ vendorId: 'server-1', placement: token }]);
    expect(sent('POST server/list')).toMatchObject({
      searchFilter: {
        filterConditions: [
          { field: 'clusterUUID', condition: 'IS_EQUAL_TO', value: ['cluster-1'] },
          { field: 'resourceName', condition: 'CONTAINS', value: [mark] },
        ],
      },
    });
  });
});

describe('a machine', () => {
  it.each([
    ['RUNNING', 'active'],
    ['REBOOTING', 'active'],
    ['STOPPING', 'active'],
    ['STOPPED', 'inactive'],
    ['DELETING', 'inactive'],
    ['STARTING', 'building'],
    ['BUILDING', 'building'],
    ['LEVITATING', 'building'],
    [undefined, 'building'],
  ])('that is %s is %s', async (status, state) => {
    const driver = await connected({ 'GET server/server-1': () => json(server({ status })) });
    const shown = { vendorId: 'server-1', state, address: '192.0.2.7', zone: 'Alpha', fault: null };
    expect(await driver.get('North', 'server-1')).toEqual(shown);
    expect(changes()).toEqual([]);
  });

  it('in the cloud’s error state will not come up', async () => {
    const driver = await connected({ 'GET server/server-1': () => json(server({ status: 'ERROR' })) });
    expect(await driver.get('North', 'server-1')).toMatchObject({
      state: 'error',
      fault: { reason: 'boot-failed', code: 'ERROR' },
    });
  });

  it('may have no interface and no data centre', async () => {
    const driver = await connected({ 'GET server/server-1': () => json(server({ nics: undefined, vdcName: null })) });
    expect(await driver.get('North', 'server-1')).toMatchObject({ address: null, zone: null });
  });

  it.each([refused(404, 'RESOURCE_NOT_FOUND', 'no'), json(server({ resourceState: 'DELETED' }))])(
    'is not there after %j',
    async (answer) => {
      const driver = await connected({ 'GET server/server-1': () => answer });
      expect(await driver.get('North', 'server-1')).toBeUndefined();
      expect(await failure(driver.delete('North', 'server-1'))).toMatchObject({ reason: 'not-found' });
    },
  );

  it.each([json({}), json(server({ resourceUUID: 'server-2' })), { status: 200, body: '' }])('is not %j', async (answer) => {
    const driver = await connected({ 'GET server/server-1': () => answer });
    expect(await failure(driver.get('North', 'server-1'))).toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
  });
});

describe('create', () => {
  it('asks for a server with a disk and an interface, to be started', async () => {
    const driver = await connected({ ...places, 'POST server': () => job('server-1') });
    expect(await driver.create(order, token)).toEqual({
      ...{ vendorId: 'server-1', state: 'building', address: null, zone: 'Alpha', fault: null },
    });
    expect(sent('POST server')).toMatchObject({
      skeletonServer: {
        ...{ resourceName, clusterUUID: 'cluster-1', vdcUUID: 'vdc-1', imageUUID: 'image-1', cpu: 1, ram: 2048 },
        productOfferUUID: 'Small',
        disks: [{ productOfferUUID: '20 GB', size: 20 }],
        nics: [{ networkUUID: 'net-1', networkType: 'IP' }],
        resourceKey: [{ name: 'agency.installation', value: 'ours' }],
        ...toBeStarted,
      },
      sshKeyUUIDList: [],
    });
  });

  it('keeps one key of the account for each public key', async () => {
    let keys: readonly object[] = [];
    const driver = await connected({
      ...places,
      'POST sshkey/list': () => listed(keys),
      'POST sshkey': () => ((keys = [{ resourceUUID: 'key-1' }]), job('key-1')),
      'POST server': () => job('server-1'),
    });
    await driver.create({ ...order, sshKey: 'ssh-ed25519 AAAA shop' }, token);
    await driver.create({ ...order, sshKey: 'ssh-ed25519 AAAA shop' }, token);
    expect(sent('POST server')).toMatchObject({ sshKeyUUIDList: ['key-1'] });
    expect(changes()).toEqual(['POST sshkey', 'POST server', 'POST server']);
  });

  it('finds what an earlier call has made, and starts it when it is there', async () => {
    const driver = await connected({
      ...places,
      'POST server/list': () => listed([server({ status: 'STOPPED', ...toBeStarted })]),
      'PUT server/server-1/change_status': () => job('server-1'),
    });
    expect(await driver.create(order, token)).toMatchObject({ vendorId: 'server-1', state: 'building' });
    expect(changes()).toEqual(['PUT server/server-1/change_status']);
    expect(sent('PUT server/server-1/change_status')).toEqual({ newStatus: 'RUNNING', safe: true });
  });

  it.each([
    [refused(403, 'LIMIT_REACHED', 'the limit of servers is reached'), { state: 'error', fault: { reason: 'quota' } }],
    [refused(400, 'INSUFFICIENT_RESOURCES', 'no suitable node'), { state: 'error', fault: { reason: 'no-capacity' } }],
    [refused(409, 'INVALID_STATE', 'it is starting'), { state: 'building', fault: null }],
  ])('that is answered %j at the start is shown so', async (answer, shown) => {
    const driver = await connected({
      'GET server/server-1': () => json(server({ status: 'STOPPED', ...toBeStarted })),
      'PUT server/server-1/change_status': () => answer,
    });
    expect(await driver.get('North', 'server-1')).toMatchObject(shown);
  });

  it('is done when the machine runs: whoever stops it later finds it stopped', async () => {
    const driver = await connected({
      'GET server/server-1': () => json(server({ ...toBeStarted })),
      'PUT server-1/metadata': () => json({}),
    });
    expect(await driver.get('North', 'server-1')).toMatchObject({ state: 'active' });
    expect(sent('PUT server-1/metadata')).toMatchObject({ resourceMetadata: { publicMetadata: '' } });
  });

  it.each([
    [{ size: 'Large' }, 'invalid-request'],
    [{ zone: 'Beta' }, 'invalid-request'],
    [{ region: 'South' }, 'invalid-request'],
    [{ image: 'image-2' }, 'not-found'],
  ])('refuses %j by itself', async (wrong, reason) => {
    const driver = await connected(places);
    expect(await failure(driver.create({ ...order, ...wrong }, token))).toMatchObject({ reason, outcomeUnknown: false });
    expect(changes()).toEqual([]);
  });

  it.each([
    [refused(400, 'LIMIT_REACHED', 'maximum number of servers'), 'quota', 'LIMIT_REACHED'],
    [refused(400, 'INSUFFICIENT_RESOURCES', 'no suitable node found'), 'no-capacity', 'INSUFFICIENT_RESOURCES'],
    [refused(400, 'PARAMETER_MISSING', 'productOfferUUID is missing'), 'invalid-request', 'PARAMETER_MISSING'],
    [refused(403, 'PERMISSION_DENIED', 'no'), 'forbidden', 'PERMISSION_DENIED'],
    [refused(429, 'LIMIT_REACHED', 'too many requests'), 'rate-limited', 'LIMIT_REACHED'],
    [{ status: 502, body: '<html>Bad gateway</html>' }, 'unavailable', '502'],
    [job(), 'unknown', 'malformed'],
    [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' }, 'unknown', 'malformed'],
  ])('tells the failure %j as %s', async (answer, reason, vendorCode) => {
    const driver = await connected({ ...places, 'POST server': () => answer });
    expect(await failure(driver.create(order, token))).toMatchObject({ reason, vendorCode });
    expect(asked('POST server')).toHaveLength(1);
  });
});

describe('product offers', () => {
  const offers = (...list: readonly object[]): Answers => ({
    ...places,
    'POST billing_entity/list': () => listed([{ resourceUUID: 'be', currency: { code: 'GBP' } }]),
    'POST productoffer/list': () => listed(list),
  });

  it('are sizes where they say how many cores and how much memory, and are sold in the cluster', async () => {
    const driver = await connected(
      offers(
        small,
        offer('Anywhere', [value('CPU', '2'), value('RAM', '512')], { clusters: [] }),
        offer('Elsewhere', [value('cpu', '2'), value('ram', '512')], { clusters: ['cluster-2'] }),
        offer('Old', [value('cpu', '2'), value('ram', '512')], { resourceState: 'DELETED' }),
        offer('Coreless', [value('ram', '512')]),
        offer('Odd', [value('cpu', 'many'), value('ram', '512')]),
        { resourceUUID: 'bare', resourceName: 'Bare' },
        disk20,
      ),
    );
    expect(await driver.sizes('North')).toEqual([
      { name: 'Small', cores: 1, memory: 2, disk: 20, gpu: 0, architecture: 'x64' },
      { name: 'Anywhere', cores: 2, memory: 0.5, disk: 20, gpu: 0, architecture: 'x64' },
    ]);
  });

  const price = { key: 'unit price', measureType: 'CURRENCY', value: '7.3' };
  const cores = [value('cpu', '1'), value('ram', '2048')];

  it.each([
    ['HOURLY', 7.3],
    ['DAILY', 7.3 / 24],
    ['MONTHLY', 0.01],
    ['ONE_OFF', undefined],
  ])('that charge %s cost so much an hour', async (billingPeriod, hourly) => {
    const driver = await connected(offers(costing('Small', cores, price, { billingPeriod })));
    const [found] = await driver.prices!.list(['North']);
    if (hourly === undefined) expect(found).toBeUndefined();
    else expect(found).toEqual({ region: 'North', size: 'Small', currency: 'GBP', price: expect.closeTo(hourly, 4) as number });
  });

  it('of disks are paid with the machine', async () => {
    const disk = costing('20 GB', [value('size', '20')], { key: 'Price', value: '1' });
    const driver = await connected(offers(costing('Small', cores, price), disk));
    expect(await driver.prices!.list(['North'])).toMatchObject([{ size: 'Small', price: 8.3 }]);
  });

  it('have no prices where the billing entity has no currency', async () => {
    const driver = await connected({ ...offers(costing('Small', cores, price)), 'POST billing_entity/list': () => listed([]) });
    expect(await driver.prices!.list(['North'])).toEqual([]);
  });

  it('of disks say which sizes there are; the closest is taken', async () => {
    const range = { validator: { validateString: '1-1000' } };
    const driver = await connected({
      ...offers(
        small,
        offer('any', [{ key: 'size', ...range }]),
        offer('few', [{ key: 'size', validator: { validateString: '10,50' } }]),
      ),
      'POST disk': () => job('disk-9'),
    });
    await driver.volumes!.create({ name: 'data', region: 'North', zone: 'Alpha', size: 20, tags: {} }, token);
    expect(sent('POST disk')).toMatchObject({ skeletonDisk: { productOfferUUID: 'few', size: 20 } });
    await driver.volumes!.create({ name: 'data', region: 'North', zone: 'Alpha', size: 500, tags: {} }, token);
    expect(sent('POST disk')).toMatchObject({ skeletonDisk: { productOfferUUID: 'any', size: 500 } });
    const large = driver.volumes!.create({ name: 'data', region: 'North', zone: 'Alpha', size: 5_000, tags: {} }, token);
    expect(await failure(large)).toMatchObject({ reason: 'invalid-request' });
  });
});

it.each([
  [{ limitsMap: { MAX_SERVERS: 5 } }, [{ of: 'machines', left: 4 }]],
  [{ limitsMap: { content: { MAX_SERVERS: '1' } } }, [{ of: 'machines', left: 0 }]],
  [{ limitsMap: { MAX_SERVERS: -1 } }, []],
  [{}, []],
])('reads of the customer %j the quotas %j', async (customer, quotas) => {
  const driver = await connected({
    'POST customer/list': () => listed([customer]),
    'POST server/list': () => listed([server(), server({ resourceState: 'DELETED' })]),
  });
  expect(await driver.quotas('North')).toEqual(quotas);
});

it('takes volumes from a machine before it deletes it, for they would go with it', async () => {
  const volume = { resourceUUID: 'disk-2', resourceName: `data-${mark}-${token}`, index: 1, serverUUID: 'server-1' };
  const shown = { disks: [...server().disks, volume] };
  const driver = await connected({
    'GET server/server-1': () => json(server(shown)),
    'GET disk/disk-2': () => json({ ...volume, resourceState: 'ACTIVE' }),
    'PUT server/server-1/disk/disk-2/detach': () => job('disk-2'),
    'DELETE server/server-1': () => job('server-1'),
  });
  expect(await failure(driver.delete('North', 'server-1'))).toMatchObject({ reason: 'conflict', passing: true });
  expect(changes()).toEqual(['PUT server/server-1/disk/disk-2/detach']);
  shown.disks = server().disks;
  await driver.delete('North', 'server-1');
  expect(changes()).toEqual(['PUT server/server-1/disk/disk-2/detach', 'DELETE server/server-1']);
});

it('takes a volume for detached that was detached while it asked, and no other', async () => {
  const attached = { resourceUUID: 'disk-2', resourceState: 'ACTIVE', serverUUID: 'server-1' as string | undefined };
  let detached = false;
  const driver = await connected({
    'GET disk/disk-2': () => json(attached),
    'PUT server/server-1/disk/disk-2/detach': () => {
      if (detached) attached.serverUUID = undefined;
      return refused(400, 'INVALID_PARAMETER', 'disk-2 is not attached to server-1');
    },
  });
  const detach = async () => {
    await driver.volumes!.detach('North', 'disk-2', 'server-1');
  };
  expect(await failure(detach())).toMatchObject({ reason: 'invalid-request' });
  detached = true;
  await detach();
});

it('stops a machine for another size and starts it again, but not one that was stopped', async () => {
  let shown = server({ productOfferUUID: 'Tiny' });
  const driver = await connected({
    ...places,
    'GET server/server-1': () => json(shown),
    'PUT server-1/metadata': ({ body }) => {
      shown = { ...shown, ...(JSON.parse(body) as object) };
      return json({});
    },
    'PUT server/server-1/change_status': ({ body }) => {
      shown = { ...shown, status: (JSON.parse(body) as { newStatus: string }).newStatus };
      return job('server-1');
    },
    'PUT server/server-1': ({ body }) => {
      shown = (JSON.parse(body) as { updatedResource: typeof shown }).updatedResource;
      return job('server-1');
    },
  });
  const steps: boolean[] = [];
  while (steps.length < 9 && !steps.includes(true)) steps.push(await driver.operations!.resize('North', 'server-1', 'Small'));
  expect(steps.at(-1)).toBe(true);
  expect(changes()).toEqual([
    'PUT server-1/metadata',
    'PUT server/server-1/change_status',
    'PUT server/server-1',
    'PUT server/server-1/change_status',
    'PUT server-1/metadata',
  ]);
  expect(shown).toMatchObject({ status: 'RUNNING', productOfferUUID: 'Small', resourceMetadata: { privateMetadata: 'mine' } });
  shown = server({ productOfferUUID: 'Tiny', status: 'STOPPED' });
  expect(await driver.operations!.resize('North', 'server-1', 'Small')).toBe(false);
  expect(await driver.operations!.resize('North', 'server-1', 'Small')).toBe(true);
  expect(shown).toMatchObject({ status: 'STOPPED', productOfferUUID: 'Small' });
});

it('knows an image by the token in its name, in every state', async () => {
  let images: readonly object[] = [];
  const driver = await connected({
    'POST image/list': () => listed(images),
    'GET server/server-1': () => json(server()),
    'POST image': () => job('image-9'),
  });
  const save = async () => await driver.operations!.save('North', 'server-1', { name: 'golden', token });
  expect(await save()).toEqual({ vendorId: 'image-9', state: 'building' });
  for (const [resourceState, state] of [
    ['CREATING', 'building'],
    ['ACTIVE', 'active'],
    ['DELETED', 'error'],
  ]) {
    images = [{ resourceUUID: 'image-9', resourceState }];
    expect(await save()).toEqual({ vendorId: 'image-9', state });
  }
  expect(changes()).toEqual(['POST image']);
});

it('takes for an image the newest active one of the cluster', async () => {
  const image = (resourceUUID: string, created: string, more: object = {}) => ({
    ...{
      resourceUUID,
      resourceName: 'Debian 12',
      resourceState: 'ACTIVE',
      resourceCreateDate: created,
      clusterUUID: 'cluster-1',
    },
    ...more,
  });
  const driver = await connected({
    ...places,
    'POST image/list': () =>
      listed([
        image('old', '2024-01-01'),
        image('new', '2025-01-01', { clusterUUID: undefined }),
        image('elsewhere', '2026-01-01', { clusterUUID: 'cluster-2' }),
        image('unready', '2026-01-01', { resourceState: 'CREATING' }),
      ]),
  });
  expect(await driver.image('debian-12', 'x64', 'North')).toBe('new');
});

describe('measurements', () => {
  const measured = (measureKey: string, measurement: unknown, more: object = {}) => ({
    ...{ resourceUUID: 'server-1', measureKey, measurement, timestamp: 1_000, ...more },
  });
  const path = 'GET measurement/timestamp/0';

  it('are told by their keys and units', async () => {
    const driver = await connected({
      'GET server/server-1': () => json(server()),
      [path]: () =>
        json([
          measured('cpu_percent', 250),
          measured('ram_used', '1024', { measurementType: 'MB' }),
          measured('nic_rx', 3, { measurementType: 'KB', timestamp: 900 }),
          measured('disk_written', 5),
          measured('love', 5),
          measured('cpu_percent', null),
          measured('cpu_percent', 1, { resourceUUID: 'server-2' }),
        ]),
    });
    expect(await driver.metrics!.read('North', 'server-1', 0)).toEqual([
      { metric: 'network-in', at: 900_000, value: 3_072, total: true },
      { metric: 'cpu', at: 1_000_000, value: 1 },
      { metric: 'memory', at: 1_000_000, value: 1 },
      { metric: 'disk-write', at: 1_000_000, value: 5, total: true },
    ]);
    expect(await driver.metrics!.read('North', 'server-1', 950_000)).toHaveLength(3);
  });

  it('are none of a machine that is not there, and nothing but a list', async () => {
    const driver = await connected({ 'GET server/server-1': () => json(server()), [path]: () => json({}) });
    expect(await driver.metrics!.read('North', 'server-2', 0)).toBeUndefined();
    expect(await failure(driver.metrics!.read('North', 'server-1', 0))).toMatchObject({ vendorCode: 'malformed' });
  });
});
