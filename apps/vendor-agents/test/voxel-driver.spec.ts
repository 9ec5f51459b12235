/** What Voxel's hAPI may answer, odd things included. */
import type { MachineOrder, VendorDriver } from '../src/vendor/port.js';
import { asVendorError } from '../src/vendor/vendor-error.js';
import { vendor as voxel } from '../src/vendors/voxel/index.js';
import { signatureOf } from '../src/vendors/voxel/signature.js';
import { type Recorded, RecordedCloud, testHttp } from './recorded-cloud.js';

let cloud: RecordedCloud;
let driver: VendorDriver;
/** By method; what there is none for is a method that nobody knows. */
let answers: Record<string, Recorded>;

const said = (body: string, status = 200): Recorded => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<?xml version="1.0" encoding="utf-8"?>${body}`,
});
const ok = (body = ''): Recorded => said(`<rsp stat="ok">${body}</rsp>`);
const failed = (code: string, msg: string, status = 200): Recorded =>
  said(`<rsp stat="fail"><err code="${code}" msg="${msg}"/></rsp>`, status);
const asked = (method: string): URLSearchParams[] =>
  cloud.seen
    .map(({ url }) => new URL(url, cloud.url).searchParams)
    .filter((parameters) => parameters.get('method') === `voxel.${method}`);

beforeEach(async () => {
  answers = {};
  cloud = await RecordedCloud.open(
    ({ url }) =>
      answers[(new URL(url, 'http://any').searchParams.get('method') ?? '').replace('voxel.', '')] ??
      failed('3', 'Unknown method'),
  );
  driver = voxel.connect(
    {
      vendor: 'voxel',
      name: 'voxel',
      endpoint: `${cloud.url}/version/1.0/`,
      regions: ['LGA8'],
      credentials: { key: 'k', secret: 's3cret' },
    },
    { http: testHttp(), now: () => Date.UTC(2026, 0, 1) },
  );
});
afterEach(async () => {
  driver.close();
  await cloud.close();
});

const token = '01234567-89ab-4def-8123-456789abcdef';
const order: MachineOrder = {
  name: 'web',
  region: 'LGA8',
  zone: 'LGA8',
  size: 'c2-m4-d20',
  image: '55',
  tags: { 'agency.installation': 'here' },
};
const device = (id: number, label: string, more = '', type = '<type id="3">Virtual Server</type>'): string =>
  `<device id="${id}" label="${label}">${type}<location><facility id="8" code="LGA8">New York</facility></location><memory size="4"/><processor><cores>2</cores></processor>${more}</device>`;
const addresses =
  '<ipassignments><ipassignment id="1" type="backend" description="x">172.16.0.9</ipassignment><ipassignment id="2" type="frontend" description="x">192.0.2.9</ipassignment></ipassignments>';
const devices = (...some: string[]): Recorded => ok(`<devices>${some.join('')}</devices>`);
const statuses = (...some: [number, string][]): Recorded =>
  ok(
    `<devices>${some.map(([id, status]) => `<device><id>${id}</id><last_update>1235386846</last_update><status>${status}</status></device>`).join('')}</devices>`,
  );

it('signs every parameter with the secret', async () => {
  const parameters = { timestamp: '2026-01-01T00:00:00+0000', method: 'voxel.voxcloud.facilities.list', key: 'k' };
  // md5sum of s3cretkeykmethodvoxel.voxcloud.facilities.listtimestamp2026-01-01T00:00:00+0000
  const signature = '217d7cbb6b8c0ddcb92d88e60d4f5341';
  expect(signatureOf('s3cret', parameters)).toBe(signature);
  answers['voxcloud.facilities.list'] = ok(
    '<facilities><facility label="LGA8"><description>New York</description></facility><facility label="AMS2"/><facility/></facilities>',
  );
  expect(await driver.regions()).toEqual(['LGA8', 'AMS2']);
  expect(cloud.seen[0]?.url.split('?')[0]).toBe('/version/1.0/');
  expect(Object.fromEntries(asked('voxcloud.facilities.list')[0] ?? [])).toEqual({ ...parameters, api_sig: signature });
});

it('has sizes of 2 GiB a core, and images by their summary', async () => {
  answers['voxcloud.facilities.list'] = ok('<facilities><facility label="LGA8"/></facilities>');
  const sizes = await driver.sizes('LGA8');
  for (const { cores, memory } of sizes) expect(memory).toBe(2 * cores);
  expect(sizes.map(({ name }) => name)).toEqual(expect.arrayContaining(['c1-m2-d10', 'c12-m24-d1000']));
  expect(await driver.sizes('MOON')).toEqual([]);
  answers['images.list'] = ok(
    '<images><image id="9" summary="Debian 12, 64-bit, base install"/><image id="12" summary="Debian 12, 64-bit, base install"/><image id="13" summary="Debian 12, 32-bit, base install"/><image id="55" summary="Ubuntu 10.04 &quot;Lucid&quot;, 64-bit"/></images>',
  );
  expect(await driver.image('debian-12', 'x64', 'LGA8')).toBe('12');
  await expect(driver.image('rocky-9', 'x64', 'LGA8')).rejects.toMatchObject({ reason: 'not-found' });
  await expect(driver.image('beos', null, 'LGA8')).rejects.toMatchObject({ reason: 'invalid-request' });
});

describe('a machine', () => {
  it('is created with its cores and its disk', async () => {
    answers['voxcloud.create'] = ok('<device><id>1234</id><last_update>1235386846</last_update><status>QUEUED</status></device>');
    expect(await driver.create(order, token)).toMatchObject({ vendorId: '1234', state: 'building', address: null });
    expect(Object.fromEntries(asked('voxcloud.create')[0] ?? [])).toMatchObject({
      hostname: expect.stringMatching(new RegExp(`^web-[0-9a-f]{6}-${token}$`)) as string,
      facility: 'LGA8',
      image_id: '55',
      processing_cores: '2',
      disk_size: '20',
    });
  });

  it.each(['large', 'c2-m8-d20'])('of size %s is not asked for', async (size) => {
    await expect(driver.create({ ...order, size }, token)).rejects.toMatchObject({ reason: 'invalid-request' });
    expect(cloud.seen).toEqual([]);
  });

  it.each([
    ['QUEUED', 'building'],
    ['IN_PROGRESS', 'building'],
    ['SUCCEEDED', 'active'],
    ['OFF', 'inactive'],
    ['DELETED', 'gone'],
    ['FAILED', 'error'],
    ['MELTING', 'building'],
  ])('that is %s is %s to others', async (status, state) => {
    answers['devices.list'] = devices(device(1234, 'web', addresses));
    answers['voxcloud.status'] = statuses([1234, status]);
    const instance = await driver.get('LGA8', '1234');
    expect(instance).toMatchObject({ vendorId: '1234', state, address: '192.0.2.9', zone: 'LGA8' });
    expect(instance?.fault?.reason).toBe(state === 'error' ? 'boot-failed' : undefined);
    expect(asked('devices.list')[0]?.get('device_id')).toBe('1234');
  });

  it('whose status nobody tells is on its way', async () => {
    answers['devices.list'] = devices(device(1234, 'web'));
    answers['voxcloud.status'] = statuses();
    expect(await driver.get('LGA8', '1234')).toMatchObject({ state: 'building', address: null });
    answers['voxcloud.status'] = ok();
    await expect(driver.get('LGA8', '1234')).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
  });

  it('is found and listed by its host name, among devices of all kinds and places', async () => {
    answers['voxcloud.create'] = ok('<device><id>1234</id></device>');
    await driver.create(order, token);
    const name = asked('voxcloud.create')[0]?.get('hostname') ?? '';
    answers['devices.list'] = devices(
      device(7, 'firewall', '', '<type id="9">Firewall</type>'),
      device(8, name.replace('01234567', '11234567'), '', '<type id="1">Server</type>'),
      device(1234, name, addresses, '<type>Virtual Server</type>'),
      device(1235, 'another'),
    );
    answers['voxcloud.status'] = statuses([1234, 'SUCCEEDED'], [1235, 'OFF']);
    expect(await driver.find('LGA8', token)).toMatchObject({ vendorId: '1234', state: 'active' });
    expect(await driver.find('AMS2', token)).toBeUndefined();
    expect(await driver.list('LGA8', 'here')).toMatchObject([{ vendorId: '1234', placement: token, address: '192.0.2.9' }]);
    expect(await driver.list('LGA8', 'elsewhere')).toEqual([]);
    answers['voxcloud.status'] = statuses([1234, 'DELETED']);
    expect(await driver.list('LGA8', 'here')).toEqual([]);
    answers['devices.list'] = ok('<devices/>');
    expect(await driver.list('LGA8', 'here')).toEqual([]);
    answers['devices.list'] = ok('<things/>');
    await expect(driver.list('LGA8', 'here')).rejects.toMatchObject({ vendorCode: 'malformed' });
  });

  it('is switched at its outlet, and no otherwise', async () => {
    answers['devices.power'] = ok();
    await driver.operations!.act('LGA8', '1234', 'stop', false);
    await driver.operations!.act('LGA8', '1234', 'start', false);
    await driver.operations!.act('LGA8', '1234', 'restart', true);
    expect(asked('devices.power').map((parameters) => parameters.get('power_action'))).toEqual(['off', 'on', 'reboot']);
    answers['devices.power'] = failed('201', 'Device action failed (already off)');
    await expect(driver.operations!.act('LGA8', '1234', 'stop', false)).rejects.toMatchObject({ reason: 'conflict' });
    await expect(driver.operations!.act('LGA8', '1234', 'suspend', false)).rejects.toMatchObject({ reason: 'invalid-request' });
    await expect(driver.operations!.resize('LGA8', '1234', 'c1-m2-d10')).rejects.toMatchObject({ reason: 'invalid-request' });
  });

  it('is deleted once, and unknown when nobody knows it', async () => {
    answers['voxcloud.status'] = statuses([1234, 'SUCCEEDED']);
    answers['voxcloud.delete'] = ok();
    await driver.delete('LGA8', '1234');
    answers['voxcloud.status'] = statuses([1234, 'DELETED']);
    answers['devices.list'] = failed('100', 'Unknown device');
    await expect(driver.delete('LGA8', '1234')).rejects.toMatchObject({ reason: 'not-found' });
    expect(asked('voxcloud.delete')).toHaveLength(1);
    expect(await driver.get('LGA8', '1234')).toMatchObject({ vendorId: '1234', state: 'gone' });
    answers['voxcloud.status'] = failed('100', 'Unknown device');
    expect(await driver.get('LGA8', '1234')).toBeUndefined();
    await expect(driver.delete('LGA8', '1234')).rejects.toMatchObject({ reason: 'not-found', vendorCode: '100' });
  });
});

it.each([
  [failed('1', 'Invalid login or password'), 'bad-credentials', '1'],
  [failed('9', 'Permission denied: user lacks access rights for this method'), 'forbidden', '9'],
  [failed('1', 'Invalid login or password', 401), 'bad-credentials', '1'],
  [failed('201', 'Device action failed (quota exceeded)'), 'quota', '201'],
  [failed('201', 'Device action failed (no capacity in LGA8)'), 'no-capacity', '201'],
  [failed('110', 'Incorrect device type'), 'invalid-request', '110'],
  [failed('42', 'Something new'), 'invalid-request', '42'],
  [failed('50', 'Internal error', 500), 'unavailable', '50'],
  [{ status: 502, body: '<html>Bad gateway</html>' }, 'unavailable', '502'],
  [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' }, 'unknown', 'malformed'],
  [said('<rsp>'), 'unknown', 'malformed'],
  [said('<rsp/>'), 'unknown', 'malformed'],
  [ok(), 'unknown', 'malformed'],
])('tells the failure of a create by %j', async (answer, reason, vendorCode) => {
  answers['voxcloud.create'] = answer;
  const failure = await driver.create(order, token).then(
    () => undefined,
    (error: unknown) => asVendorError(error),
  );
  expect(failure).toMatchObject({ reason, vendorCode });
  expect(failure?.message).not.toContain('s3cret');
  expect(asked('voxcloud.create')).toHaveLength(1);
});
