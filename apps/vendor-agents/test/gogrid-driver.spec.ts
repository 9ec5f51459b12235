/** What GoGrid may answer, odd things included; documents after the samples of its wiki. */
import { createHash } from 'node:crypto';
import { asVendorError } from '../src/vendor/vendor-error.js';
import type { MachineOrder, VendorDriver } from '../src/vendor/port.js';
import { signatureOf } from '../src/vendors/gogrid/gogrid-api.js';
import { vendor } from '../src/vendors/gogrid/index.js';
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
const listed = (list: readonly unknown[], total = list.length): Recorded =>
  json({ list, status: 'success', summary: { numpages: 0, returned: list.length, start: 0, total } });
const refused = (status: number, errorcode: string, message: string): Recorded =>
  json({ list: [{ object: 'error', errorcode, message }], status: 'failure', summary: { total: 1 } }, status);

const token = '0f0c0b6e-0000-4000-8000-000000000001';
const mark = createHash('sha256').update('ours').digest('hex').slice(0, 6);
const datacenter = { id: 2, name: 'US-East-1', object: 'option', description: 'US East 1 Datacenter' };
const server = (more: object = {}): object => ({
  object: 'server',
  id: 3212,
  name: 'shop',
  description: `shop-${mark}-${token}`,
  datacenter,
  ip: { id: 65667, ip: '208.113.110.130', public: true, object: 'ip', datacenter, state: { id: 2, name: 'Assigned' } },
  ram: { id: 2, name: '1GB', object: 'option' },
  state: { id: 1, name: 'On', object: 'option' },
  surprise: [{ id: null }],
  ...more,
});
const freeIp = (ip: string, name = 'US-East-1'): object => ({ id: 1, ip, object: 'ip', datacenter: { id: 2, name } });
const order: MachineOrder = {
  name: 'the shop of all shops',
  region: 'us-east-1',
  zone: 'us-east-1',
  size: '1GB',
  image: '117',
  tags: { 'agency.installation': 'ours' },
};

/** Answers by method, e.g. `grid/server/list`; what is not told is an empty list. */
async function connected(answers: Readonly<Record<string, (seen: Seen) => Recorded>>): Promise<VendorDriver> {
  cloud = await RecordedCloud.open((seen) => answers[methodOf(seen)]?.(seen) ?? listed([]));
  const account = {
    vendor: 'gogrid',
    name: 'test',
    endpoint: `${cloud.url}/api`,
    regions: ['us-east-1'],
    credentials: { api_key: 'planted-key', secret: 'planted-secret' },
  };
  return vendor.connect(account, { http: testHttp(), now: () => 1_230_768_000_000 });
}

const methodOf = ({ url }: Seen): string => new URL(url, 'http://gogrid').pathname.replace('/api/', '');
const paramsOf = ({ url, body }: Seen): URLSearchParams => new URLSearchParams(body || new URL(url, 'http://gogrid').search);
const asked = (method: string): readonly Seen[] => (cloud?.seen ?? []).filter((seen) => methodOf(seen) === method);
const failure = async (call: Promise<unknown>): Promise<unknown> => await call.catch(asVendorError);

it('signs with the MD5 of key, secret and seconds', async () => {
  // `printf keysecret1230768000 | md5sum`
  expect(signatureOf('key', 'secret', 1_230_768_000_999)).toBe('0b77abb9187f3a194176a315decbd8ee');
  const driver = await connected({});
  await driver.list('us-east-1', 'ours');
  const params = paramsOf(asked('grid/server/list')[0]!);
  expect(Object.fromEntries(params)).toMatchObject({
    api_key: 'planted-key',
    v: '1.8',
    format: 'json',
    sig: signatureOf('planted-key', 'planted-secret', 1_230_768_000_000),
    page: '0',
  });
});

it.each([
  ['On', 'active'],
  ['On/Saving', 'active'],
  ['Off', 'inactive'],
  ['Starting', 'building'],
  ['Restoring', 'building'],
  ['Levitating', 'building'],
])('reads a server that is %s as %s', async (name, state) => {
  const driver = await connected({ 'grid/server/get': () => listed([server({ state: { name } })]) });
  expect(await driver.get('us-east-1', '3212')).toEqual({
    vendorId: '3212',
    state,
    address: '208.113.110.130',
    zone: 'us-east-1',
    fault: null,
  });
});

it('knows by its job that a server which is off never came up, and by its label that it is that job’s', async () => {
  const job = (description: string): object => ({
    object: 'job',
    command: { id: 6, name: 'CreateVirtualServer' },
    currentstate: { id: 4, name: 'Fatal' },
    detail: { description, ip: '208.113.110.130', name: 'shop', type: 'virtual_server' },
    history: [{ state: { name: 'Processing' } }, { state: { name: 'Fatal' }, note: 'the image is broken' }],
  });
  let description = `shop-${mark}-${token}`;
  const driver = await connected({
    'grid/server/list': () => listed([server({ state: { name: 'Off' } })]),
    'grid/job/list': () => listed([job(description), { object: 'job' }]),
  });
  expect(await driver.list('us-east-1', 'ours')).toMatchObject([
    { state: 'error', fault: { reason: 'boot-failed', code: 'Fatal', message: 'the image is broken' } },
  ]);
  description = `old-${mark}-0f0c0b6e-0000-4000-8000-000000000009`;
  expect(await driver.list('us-east-1', 'ours')).toMatchObject([{ state: 'inactive', fault: null }]);
});

it('reads page after page, and no other region’s or installation’s servers', async () => {
  const driver = await connected({
    'grid/server/list': (seen) =>
      paramsOf(seen).get('page') === '0'
        ? listed([server(), server({ id: 2, datacenter: { name: 'US-West-1' } })], 4)
        : listed([server({ id: 3, description: 'somebody’s' }), server({ id: 4 })], 4),
  });
  expect((await driver.list('us-east-1', 'ours')).map(({ vendorId, placement }) => [vendorId, placement])).toEqual([
    ['3212', token],
    ['4', token],
  ]);
  expect(await driver.list('us-east-1', 'others')).toEqual([]);
});

it('adds a server to a free address of the region, and waits for its id', async () => {
  let looks = 0;
  const driver = await connected({
    'grid/ip/list': () => listed([freeIp('10.9.9.9', 'US-West-1'), freeIp('208.113.110.130')]),
    'grid/server/list': () => {
      looks += 1;
      if (looks === 1) return listed([]);
      return listed([server({ id: looks === 2 ? undefined : 77, state: { name: 'Starting' } })]);
    },
    'grid/server/add': () => listed([server({ id: undefined })]),
  });
  expect(await driver.create(order, token)).toMatchObject({ vendorId: '77', state: 'building', address: '208.113.110.130' });
  const [add] = asked('grid/server/add');
  expect(add?.method).toBe('POST');
  expect(Object.fromEntries(paramsOf(add!))).toMatchObject({
    name: 'the shop of all shop',
    image: '117',
    'server.ram': '1GB',
    ip: '208.113.110.130',
    description: `the-shop-of-all-sho-${mark}-${token}`,
  });
});

it('adds none where the token’s server is, with an id or still without', async () => {
  let id: number | undefined;
  const driver = await connected({
    'grid/server/list': () => {
      const shown = listed([server({ id })]);
      id = 5;
      return shown;
    },
  });
  expect(await failure(driver.find('us-east-1', token))).toMatchObject({ reason: 'timeout', passing: true });
  id = undefined;
  expect(await driver.create(order, token)).toMatchObject({ vendorId: '5' });
  expect(asked('grid/server/add')).toEqual([]);
});

it('takes another address when somebody was faster, and says when there is none', async () => {
  let free = ['10.0.0.1'];
  let added = false;
  const driver = await connected({
    'grid/ip/list': () => listed(free.map((ip) => freeIp(ip))),
    'grid/server/list': () => listed(added ? [server()] : []),
    'grid/server/add': (seen) => {
      if (paramsOf(seen).get('ip') === '10.0.0.1') {
        free = ['10.0.0.2'];
        return refused(400, 'IllegalArgumentException', 'The IP is in use');
      }
      added = true;
      return listed([server({ id: undefined })]);
    },
  });
  await driver.create(order, token);
  expect(asked('grid/server/add').map((seen) => paramsOf(seen).get('ip'))).toEqual(['10.0.0.1', '10.0.0.2']);
  [free, added] = [[], false];
  expect(await failure(driver.create(order, token))).toMatchObject({ reason: 'quota', outcomeUnknown: false });
});

it.each([
  ['invalid-request', refused(400, 'IllegalArgumentException', 'no such thing')],
  ['forbidden', refused(401, 'UnauthorizedException', 'not for this role')],
  ['bad-credentials', refused(403, 'AuthenticationException', 'bad signature')],
  ['invalid-request', refused(200, 'IllegalArgumentException', 'a failure in a success')],
  ['quota', refused(400, 'QuotaExceededException', 'too many')],
  ['unavailable', { status: 503, body: '<html>down</html>' }],
  ['unknown', { status: 200, body: '<html>hello</html>' }],
  ['unknown', json({ status: 'success' })],
])('takes for %s what is so', async (reason, answer) => {
  const driver = await connected({ 'grid/server/list': () => answer });
  const refusal = await failure(driver.list('us-east-1', 'ours'));
  expect(refusal).toMatchObject({ reason });
  expect(JSON.stringify(refusal)).not.toContain('planted-secret');
});

it('believes that a server is gone only when the list says so too', async () => {
  let servers: object[] = [server()];
  const refusal = refused(400, 'IllegalArgumentException', 'No object found');
  const driver = await connected({
    'grid/server/get': () => refusal,
    'grid/server/delete': () => refusal,
    'grid/server/list': () => listed(servers),
  });
  expect(await driver.get('us-east-1', '3212')).toMatchObject({ vendorId: '3212' });
  expect(await failure(driver.delete('us-east-1', '3212'))).toMatchObject({ reason: 'invalid-request' });
  servers = [];
  expect(await driver.get('us-east-1', '3212')).toBeUndefined();
  expect(await failure(driver.delete('us-east-1', '3212'))).toMatchObject({ reason: 'not-found' });
});

it('asks nothing of a machine that is in no state for it', async () => {
  let name = 'Off';
  const driver = await connected({ 'grid/server/get': () => listed([server({ state: { name } })]) });
  const act = async (action: 'start' | 'stop' | 'suspend'): Promise<unknown> =>
    await failure(driver.operations!.act('us-east-1', '3212', action, false));
  expect(await act('stop')).toMatchObject({ reason: 'conflict', passing: false });
  expect(await act('suspend')).toMatchObject({ reason: 'invalid-request' });
  name = 'Restarting';
  expect(await act('start')).toMatchObject({ reason: 'conflict', passing: true });
  expect(asked('grid/server/power')).toEqual([]);
  name = 'Off';
  expect(await act('start')).toBeUndefined();
  expect(paramsOf(asked('grid/server/power')[0]!).get('power')).toBe('start');
});

it('changes the memory, and is done when it shows', async () => {
  let ram = '1GB';
  const driver = await connected({
    'grid/server/get': () => listed([server({ ram: { name: ram } })]),
    'grid/server/edit': (seen) => {
      ram = paramsOf(seen).get('server.ram') ?? '';
      return listed([server()]);
    },
  });
  expect(await driver.operations!.resize('us-east-1', '3212', '4GB')).toBe(false);
  expect(await driver.operations!.resize('us-east-1', '3212', '4GB')).toBe(true);
  expect(await failure(driver.operations!.resize('us-east-1', '3212', '3GB'))).toMatchObject({ reason: 'invalid-request' });
});

it('knows images by either of their names, and none of 32 bits', async () => {
  const image = (id: number, friendlyName: string, more: object = {}): object => ({
    id,
    friendlyName,
    name: `GSI-${id}`,
    state: { name: 'Available' },
    createdTime: 1_257_789_046_453 + id,
    ...more,
  });
  const driver = await connected({
    'common/lookup/list': () => listed([datacenter]),
    'grid/image/list': () =>
      listed([
        image(1, 'Debian 12 (64-bit) w/ None'),
        image(2, 'Debian 12 (64-bit) w/ None'),
        image(3, 'Debian 12 (32-bit) w/ None'),
        image(4, 'Debian 12 (64-bit) w/ None', { state: { name: 'Saving' } }),
        { id: 5, friendlyName: 'nothing else' },
      ]),
  });
  expect(await driver.image('debian-12', 'x64', 'us-east-1')).toBe('2');
  expect(paramsOf(asked('grid/image/list')[0]!).get('datacenter')).toBe('US-East-1');
  expect(await driver.regions()).toEqual(['us-east-1']);
});

it('sells what GoGrid offers of the sizes that it knows', async () => {
  const driver = await connected({
    'common/lookup/list': () =>
      listed([
        { id: 1, name: '512MB' },
        { id: 9, name: '1PB' },
      ]),
  });
  expect(await driver.sizes('us-east-1')).toEqual([
    { name: '512MB', cores: 0.5, memory: 0.5, disk: 30, gpu: 0, architecture: 'x64' },
  ]);
});
