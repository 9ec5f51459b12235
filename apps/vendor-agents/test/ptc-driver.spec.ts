/** What PTC may answer, odd things included. */
import { asVendorError } from '../src/vendor/vendor-error.js';
import type { VendorDriver } from '../src/vendor/port.js';
import { vendor } from '../src/vendors/ptc/index.js';
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

async function connected(answer: (seen: Seen) => Recorded): Promise<VendorDriver> {
  cloud = await RecordedCloud.open(answer);
  const account = {
    vendor: 'ptc',
    name: 'test',
    endpoint: `${cloud.url}/v1`,
    regions: ['north'],
    credentials: { token: 'planted' },
  };
  return vendor.connect(account, { http: testHttp(), now: Date.now });
}

const machine = { id: 'm-1', state: 'running', zone: 'north-1', size: 'small', address: '10.0.0.1', tags: {}, surprise: [1] };

it.each([
  ['running', 'active'],
  ['stopped', 'inactive'],
  ['suspended', 'suspended'],
  ['changing', 'building'],
  ['failed', 'error'],
  ['levitating', 'building'],
])('reads a machine that is %s as %s', async (state, read) => {
  const driver = await connected(() => json({ ...machine, state }));
  expect(await driver.get('north', 'm-1')).toMatchObject({ vendorId: 'm-1', state: read, address: '10.0.0.1' });
});

it('proves who asks, and asks the region', async () => {
  const driver = await connected(() => json({ machines: [], next: null }));
  expect(await driver.list('north', 'ours')).toEqual([]);
  expect(cloud?.seen).toMatchObject([
    {
      method: 'GET',
      url: '/v1/regions/north/machines?tag=agency.installation%3Dours',
      headers: { authorization: 'Bearer planted' },
    },
  ]);
});

it('goes on where a page leads', async () => {
  const driver = await connected(({ url }) =>
    json(
      url.includes('cursor=7')
        ? { sizes: [size('b')], next: null }
        : { sizes: [size('a'), { name: 'says too little' }], next: '7' },
    ),
  );
  expect((await driver.sizes('north')).map(({ name }) => name)).toEqual(['a', 'b']);
});

it.each([
  [json({ error: { code: 'unauthorized', message: 'no' } }, 401), 'bad-credentials', 'unauthorized'],
  [json({ error: { code: 'quota_exceeded', message: 'no' } }, 403), 'quota', 'quota_exceeded'],
  [json({ error: { code: 'no_capacity', message: 'no' } }, 409), 'no-capacity', 'no_capacity'],
  [json({ error: { code: 'conflict', message: 'no' } }, 409), 'conflict', 'conflict'],
  [json({ error: { code: 'invalid', message: 'no' } }, 400), 'invalid-request', 'invalid'],
  [{ status: 502, body: '<html>Bad gateway</html>' }, 'unavailable', '502'],
  [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' }, 'unknown', 'malformed'],
  [json({}), 'unknown', 'malformed'],
  [json([]), 'unknown', 'malformed'],
])('tells the failure of a create by %j', async (answer, reason, vendorCode) => {
  const driver = await connected(() => answer);
  const order = { name: 'web', region: 'north', zone: 'north-1', size: 'small', image: 'i', tags: {} };
  const failure = await driver.create(order, 'a-token').then(
    () => undefined,
    (error: unknown) => asVendorError(error),
  );
  expect(failure).toMatchObject({ reason, vendorCode });
  expect(failure?.message).not.toContain('planted');
});

it('does not take an answer without its list for an empty one', async () => {
  const driver = await connected(() => json({ next: null }));
  await expect(driver.list('north', 'ours')).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
});

const size = (name: string) => ({ name, cores: 1, memory_gib: 2, disk_gib: 20, architecture: 'x86_64' });
