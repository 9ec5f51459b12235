/** What Slicehost may answer, odd things included. Documents follow the examples of its API and of clients that spoke it. */
import { installationMark, machineLabel } from '../src/vendor/machine-label.js';
import type { VendorDriver } from '../src/vendor/port.js';
import { asVendorError } from '../src/vendor/vendor-error.js';
import { vendor } from '../src/vendors/slicehost/index.js';
import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';

let cloud: RecordedCloud | undefined;
afterEach(async () => {
  await cloud?.close();
});

const xml = (body: string, status = 200): Recorded => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});

async function connected(answer: (seen: Seen) => Recorded): Promise<VendorDriver> {
  cloud = await RecordedCloud.open(answer);
  const account = {
    vendor: 'slicehost',
    name: 'test',
    endpoint: cloud.url,
    regions: ['stl'],
    credentials: { api_key: 'planted' },
  };
  return vendor.connect(account, { http: testHttp(), now: Date.now });
}

const token = '6f9b1c9e-6a35-4f43-9a0e-0f3e0a8a7a11';
const labelled = machineLabel('web', 'ours', token);
const slice = (change: Readonly<Record<string, string>> = {}): string => {
  const members = { status: 'active', name: labelled, 'ip-address': '174.143.212.229', progress: '100', ...change };
  const written = Object.entries(members).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<slice>${written.join('')}<image-id type="integer">2</image-id><addresses type="array"><address>174.143.212.229</address><address>10.176.164.199</address></addresses><flavor-id type="integer">1</flavor-id><id type="integer">74830</id><bw-in type="float">0.0</bw-in></slice>`;
};
const flavors = `<flavors type="array"><flavor><id type="integer">1</id><name>256 slice</name><price type="integer">2000</price><ram type="integer">256</ram></flavor><flavor><id type="integer">2</id><name>says too little</name></flavor></flavors>`;
const order = { name: 'web', region: 'stl', zone: 'stl', size: '256 slice', image: '2', tags: { 'agency.installation': 'ours' } };

it.each([
  ['active', 'active'],
  ['build', 'building'],
  ['reboot', 'building'],
  ['hard_reboot', 'building'],
  ['terminated', 'gone'],
  ['levitating', 'building'],
])('reads a slice that is %s as %s', async (status, state) => {
  const driver = await connected(() => xml(slice({ status })));
  expect(await driver.get('stl', '74830')).toEqual({
    vendorId: '74830',
    state,
    address: '174.143.212.229',
    zone: 'stl',
    fault: null,
  });
});

it('takes a slice that ended before it was built for one that did not boot', async () => {
  const driver = await connected(() => xml(slice({ status: 'terminated', progress: '40' })));
  expect((await driver.get('stl', '74830'))?.fault).toMatchObject({ reason: 'boot-failed' });
});

it('proves who asks by the key alone', async () => {
  const driver = await connected(() => xml('<nil-classes type="array"/>'));
  await driver.check();
  expect(await driver.list('stl', 'ours')).toEqual([]);
  expect(cloud?.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('planted:').toString('base64')}`);
});

it('knows its own slices by their names', async () => {
  const others = `${slice({ name: 'somebody' })}${slice({ name: machineLabel('web', 'theirs', token) })}`;
  const driver = await connected(() =>
    xml(`<slices type="array">${slice()}${others}${slice({ status: 'terminated' })}</slices>`),
  );
  expect(await driver.list('stl', 'ours')).toMatchObject([{ vendorId: '74830', placement: token, state: 'active' }]);
  expect(await driver.find('stl', token)).toMatchObject({ vendorId: '74830' });
  expect(labelled).toContain(installationMark('ours'));
});

it('makes a slice of a flavor’s id, and tells prices by the hour', async () => {
  const driver = await connected(({ method }) => (method === 'POST' ? xml(slice({ status: 'build' }), 201) : xml(flavors)));
  expect(await driver.create(order, token)).toMatchObject({ vendorId: '74830', state: 'building' });
  const made = cloud?.seen.find(({ method }) => method === 'POST');
  expect(made).toMatchObject({
    url: '/slices.xml',
    headers: { 'content-type': 'application/xml' },
    body: `<slice><name>${labelled}</name><flavor-id>1</flavor-id><image-id>2</image-id></slice>`,
  });
  expect(await driver.sizes('stl')).toMatchObject([{ name: '256 slice', memory: 0.25, disk: null }]);
  expect(await driver.prices?.list(['stl'])).toEqual([{ size: '256 slice', price: 20 / 730, currency: 'USD' }]);
});

it('reboots softly and hard, and says what it cannot', async () => {
  const driver = await connected(() => xml(slice({ status: 'reboot' })));
  await driver.operations?.act('stl', '74830', 'restart', false);
  await driver.operations?.act('stl', '74830', 'restart', true);
  expect(cloud?.seen.map(({ method, url }) => [method, url])).toEqual([
    ['PUT', '/slices/74830/reboot.xml'],
    ['PUT', '/slices/74830/hard_reboot.xml'],
  ]);
  await expect(driver.operations?.act('stl', '74830', 'stop', false)).rejects.toMatchObject({ reason: 'invalid-request' });
  await expect(driver.operations?.resize('stl', '74830', 'x')).rejects.toMatchObject({ reason: 'invalid-request' });
});

const errors = (...told: string[]): string => `<errors>${told.map((error) => `<error>${error}</error>`).join('')}</errors>`;

it.each([
  [{ status: 401, body: 'HTTP Basic: Access denied.' }, 'bad-credentials', '401'],
  [xml(errors('You must enable slice deletes in the SliceManager', 'Permission denied'), 403), 'forbidden', '403'],
  [xml(errors('You have reached your slice limit'), 422), 'quota', '422'],
  [xml(errors('There is no capacity for another slice'), 422), 'no-capacity', '422'],
  [xml(errors('Name can’t be blank'), 422), 'invalid-request', '422'],
  [{ status: 502, body: '<html>Bad gateway</html>' }, 'unavailable', '502'],
  [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' }, 'unknown', 'malformed'],
  [xml('<slice><name>nameless</name></slice>', 201), 'unknown', 'malformed'],
])('tells the failure of a create by %j', async (answer, reason, vendorCode) => {
  const driver = await connected(({ method }) => (method === 'POST' ? answer : xml(flavors)));
  const failure = await driver.create(order, token).then(
    () => undefined,
    (error: unknown) => asVendorError(error),
  );
  expect(failure).toMatchObject({ reason, vendorCode });
  expect(failure?.message).not.toContain('planted');
});

it('makes nothing of a flavor that there is not, and does not know what is not found', async () => {
  const driver = await connected(({ url }) => (url.includes('flavors') ? xml(flavors) : { status: 404, body: '' }));
  await expect(driver.create({ ...order, size: '1TB slice' }, token)).rejects.toMatchObject({ reason: 'invalid-request' });
  expect(await driver.get('stl', '1')).toBeUndefined();
  await expect(driver.delete('stl', '1')).rejects.toMatchObject({ reason: 'not-found' });
});
