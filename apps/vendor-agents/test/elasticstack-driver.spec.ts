/** What operators of ElasticStack may answer, odd things included. Servers and drives follow the examples of their API and of its clients. */
import type { VendorDriver } from '../src/vendor/port.js';
import { asVendorError } from '../src/vendor/vendor-error.js';
import { vendor as elastichosts } from '../src/vendors/elastichosts/index.js';
import { vendor as serverlove } from '../src/vendors/serverlove/index.js';
import { vendor as skalicloud } from '../src/vendors/skalicloud/index.js';
import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';

let cloud: RecordedCloud | undefined;
afterEach(async () => {
  await cloud?.close();
});

const json = (body: unknown): Recorded => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const done: Recorded = { status: 204 };
const fault = (status: number, word: string, body = `${word} it is`): Recorded => ({
  status,
  headers: { 'x-elastic-error': word, 'content-type': 'text/plain' },
  body,
});

async function connected(answer: (seen: Seen) => Recorded): Promise<VendorDriver> {
  cloud = await RecordedCloud.open(answer);
  const account = {
    vendor: 'elastichosts',
    name: 'test',
    endpoint: `${cloud.url}/{region}`,
    regions: ['lon-p'],
    credentials: { user_uuid: 'a-user', api_key: 'planted' },
  };
  return elastichosts.connect(account, { http: testHttp(), now: Date.now });
}

const token = '6f9b1c9e-6a35-4f43-9a0e-0f3e0a8a7a11';
const serverId = 'b605ca90-c3e6-4cee-85f8-a8ebdf8f9903';
const bootDrive = 'b6049e7a-aa1b-47f9-b21d-cdf2354e28d3';
const server = (change: object = {}): Record<string, unknown> => ({
  boot: 'ide:0:0',
  cpu: 2000,
  'ide:0:0': bootDrive,
  'ide:0:0:read:bytes': '299696128',
  mem: 512,
  name: 'web',
  'nic:0:dhcp': 'auto',
  'nic:0:dhcp:ip': ['1.2.3.4', '1.2.3.5'],
  persistent: 'true',
  rx: 679560,
  server: serverId,
  smp: 1,
  started: 1280723696,
  status: 'active',
  user: '2164ce57-591a-43ee-ade5-e2fe0ee13c3f',
  'user:agency.placement': token,
  'user:agency.installation': 'ours',
  ...change,
});
const drive = (change: object = {}): Record<string, unknown> => ({
  drive: bootDrive,
  name: 'web',
  size: 10 * 2 ** 30,
  status: 'active',
  'user:agency.placement': token,
  ...change,
});
const planned = (plan: object): object => ({ 'user:agency.plan': JSON.stringify({ start: true, since: null, ...plan }) });
const posts = (): [string, unknown][] =>
  (cloud?.seen ?? [])
    .filter(({ method }) => method === 'POST')
    .map(({ url, body }) => [url.replace('/lon-p', ''), JSON.parse(body) as unknown]);
const order = {
  name: 'web',
  region: 'lon-p',
  zone: 'lon-p',
  size: 'c1-m0.5-d10',
  image: 'an-image',
  tags: { 'agency.installation': 'ours' },
};

it.each([
  ['active', 'active'],
  ['stopped', 'inactive'],
  ['paused', 'suspended'],
  ['dead', 'error'],
  ['dumped', 'error'],
  ['levitating', 'building'],
])('reads a server that is %s as %s', async (status, state) => {
  const driver = await connected(() => json(server({ status })));
  expect(await driver.get('lon-p', serverId)).toMatchObject({ vendorId: serverId, state, address: '1.2.3.4', zone: 'lon-p' });
});

it.each([
  ['one address', { 'nic:0:dhcp:ip': '1.2.3.4' }, '1.2.3.4'],
  ['a static address', { 'nic:0:dhcp:ip': undefined, 'nic:0:dhcp': '5.6.7.8' }, '5.6.7.8'],
  ['none yet', { 'nic:0:dhcp:ip': undefined }, null],
])('reads %s', async (_, change, address) => {
  const driver = await connected(() => json(server(change)));
  expect(await driver.get('lon-p', serverId)).toMatchObject({ address });
});

it('proves who asks, and asks the region', async () => {
  const driver = await connected(() => json([server(), server({ 'user:agency.installation': 'theirs' }), server({ name: 'x' })]));
  expect(await driver.list('lon-p', 'theirs')).toMatchObject([{ vendorId: serverId, placement: token }]);
  expect(cloud?.seen).toMatchObject([
    {
      url: '/lon-p/servers/info',
      headers: { accept: 'application/json', authorization: `Basic ${Buffer.from('a-user:planted').toString('base64')}` },
    },
  ]);
});

it('makes a drive and a server that is planned to start, and has the image written', async () => {
  const driver = await connected(({ url }) => {
    if (url.endsWith('/drives/create')) return json(drive());
    if (url.endsWith('/servers/create/stopped'))
      return json([server({ status: 'stopped', ...planned({ fresh: true, image: { source: 'an-image', isPacked: true } }) })]);
    if (url.endsWith(`/drives/${bootDrive}/info`)) return json(drive());
    if (url.endsWith('/set')) return json(server({ status: 'stopped', ...planned({ fresh: true }) }));
    return url.includes('/image/') ? done : json([]);
  });
  expect(await driver.create(order, token)).toMatchObject({ vendorId: serverId, state: 'building' });
  expect(posts()).toMatchObject([
    ['/drives/create', { name: 'web', size: 10 * 2 ** 30, 'user:agency.placement': token }],
    ['/servers/create/stopped', { cpu: 2000, mem: 512, 'ide:0:0': bootDrive, boot: 'ide:0:0', persistent: 'true' }],
    [`/drives/${bootDrive}/image/an-image/gunzip`, {}],
    [`/servers/${serverId}/set`, planned({ fresh: true })],
  ]);
});

it('goes on with a drive that an earlier try made, and copies one of the account’s own as it is', async () => {
  const own = drive({ drive: 'an-image', 'user:agency.placement': undefined });
  const driver = await connected(({ url }) => {
    if (url.endsWith('/drives/info')) return json([own, drive()]);
    if (url.endsWith('/servers/info')) return json([]);
    if (url.includes('/servers/'))
      return json(server({ status: 'stopped', ...planned({ image: { source: 'an-image', isPacked: false } }) }));
    return url.includes('/image/') ? done : json(drive());
  });
  await driver.create(order, token);
  expect(posts().map(([path]) => path)).toEqual([
    '/servers/create/stopped',
    `/drives/${bootDrive}/image/an-image`,
    `/servers/${serverId}/set`,
  ]);
});

it('starts a server once its image is written, and does not mind that it is being started', async () => {
  let imaging: string | undefined = '12%';
  const driver = await connected(({ url }) => {
    if (url.includes('/drives/')) return json(drive({ imaging }));
    return url.endsWith('/start')
      ? fault(409, 'busy')
      : json(server({ status: 'stopped', started: undefined, ...planned({ fresh: true }) }));
  });
  expect(await driver.get('lon-p', serverId)).toMatchObject({ state: 'building' });
  expect(posts()).toEqual([]);
  imaging = undefined;
  expect(await driver.get('lon-p', serverId)).toMatchObject({ state: 'building' });
  expect(posts()).toEqual([[`/servers/${serverId}/start`, {}]]);
});

it.each([
  [fault(507, 'full'), 'no-capacity'],
  [fault(402, 'billing'), 'quota'],
  [fault(400, 'usage'), 'boot-failed'],
])('tells by %j why a server that never ran will not', async (answer, reason) => {
  const driver = await connected(({ url }) =>
    url.endsWith('/start')
      ? answer
      : json(url.includes('/drives/') ? drive() : server({ status: 'stopped', ...planned({ fresh: true }) })),
  );
  expect(await driver.get('lon-p', serverId)).toMatchObject({ state: 'error', fault: { reason } });
});

it('stops what runs before it changes its drives, and sets to nothing what goes', async () => {
  let status = 'active';
  const driver = await connected(({ url, body }) => {
    if (url.endsWith('/shutdown') || url.endsWith('/start')) return done;
    if (url.endsWith('/set')) return json(server({ status, 'block:0': 'a-volume', ...(JSON.parse(body) as object) }));
    if (url.includes('/drives/')) return json(drive({ drive: 'a-volume' }));
    return json([server({ status, 'block:0': 'a-volume', ...(status === 'active' ? {} : planned({ detach: ['a-volume'] })) })]);
  });
  await driver.volumes?.detach('lon-p', 'a-volume', serverId);
  expect(posts().map(([path]) => path)).toEqual([`/servers/${serverId}/set`, `/servers/${serverId}/shutdown`]);
  status = 'stopped';
  expect(await driver.volumes?.get('lon-p', 'a-volume')).toMatchObject({ state: 'building' });
  expect(posts().slice(2)).toMatchObject([
    [`/servers/${serverId}/set`, { 'block:0': '', ...planned({}) }],
    [`/servers/${serverId}/start`, {}],
  ]);
});

it('deletes a machine with the drive that was made for it, and leaves volumes alone', async () => {
  const volume = drive({ drive: 'a-volume', 'user:agency.volume': 'v' });
  const driver = await connected(({ url }) => {
    if (url.endsWith('/drives/info')) return json([drive(), volume]);
    return url.endsWith('/destroy') ? done : json(server({ status: 'stopped', 'block:0': 'a-volume' }));
  });
  await driver.delete('lon-p', serverId);
  expect(posts()).toMatchObject([
    [`/servers/${serverId}/set`, { boot: '', 'ide:0:0': '', 'block:0': '' }],
    [`/drives/${bootDrive}/destroy`, {}],
    [`/servers/${serverId}/destroy`, {}],
  ]);
});

it('removes what a create has made that is refused for good', async () => {
  const driver = await connected(({ url }) => {
    if (url.endsWith('/servers/create/stopped')) return fault(402, 'billing');
    if (url.endsWith('/drives/info'))
      return json(cloud?.seen.some((seen) => seen.url.endsWith('/drives/create')) ? [drive()] : []);
    if (url.endsWith('/drives/create')) return json(drive());
    return url.endsWith('/destroy') ? done : json([]);
  });
  await expect(driver.create(order, token)).rejects.toMatchObject({ reason: 'quota', vendorCode: 'billing' });
  expect(posts().at(-1)).toEqual([`/drives/${bootDrive}/destroy`, {}]);
});

it.each([
  [fault(401, 'auth'), 'bad-credentials', 'auth'],
  [fault(402, 'billing'), 'quota', 'billing'],
  [fault(409, 'busy'), 'conflict', 'busy'],
  [fault(429, 'busy'), 'rate-limited', 'busy'],
  [fault(400, 'usage'), 'invalid-request', 'usage'],
  [fault(507, 'full'), 'no-capacity', 'full'],
  [fault(500, 'failed'), 'unavailable', 'failed'],
  [{ status: 502, body: '<html>Bad gateway</html>' }, 'unavailable', '502'],
  [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' }, 'unknown', 'malformed'],
  [json({}), 'unknown', 'malformed'],
])('tells the failure of a list by %j', async (answer, reason, vendorCode) => {
  const driver = await connected(() => answer);
  const failure = await driver.list('lon-p', 'ours').then(
    () => undefined,
    (error: unknown) => asVendorError(error),
  );
  expect(failure).toMatchObject({ reason, vendorCode });
  expect(failure?.message).not.toContain('planted');
});

it('does not know a server that is missing, and makes nothing of a size that is none', async () => {
  const driver = await connected(({ url }) => (url.includes(serverId) ? fault(404, 'missing') : json([])));
  expect(await driver.get('lon-p', serverId)).toBeUndefined();
  await expect(driver.delete('lon-p', serverId)).rejects.toMatchObject({ reason: 'not-found' });
  await expect(driver.create({ ...order, size: 'tiny' }, token)).rejects.toMatchObject({ reason: 'invalid-request' });
});

it('knows the sizes of the price lists, and each operator by its own host', async () => {
  const driver = await connected(() => json([]));
  const named = (await driver.sizes('lon-p')).find(({ name }) => name === 'high-cpu-medium');
  expect(named).toMatchObject({ cores: 2.5, disk: 350 });
  expect(
    [elastichosts, serverlove, skalicloud].map(({ name, endpoint }) => [name, new URL(endpoint ?? '').host.split('.').at(-2)]),
  ).toEqual(['elastichosts', 'serverlove', 'skalicloud'].map((name) => [name, name]));
});
