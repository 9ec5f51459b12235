/** What a client of Voxel's hAPI gets. */
import { createHash } from 'node:crypto';
import { credentialOf, present, probe, runTestbed, type RunningTestbed, until } from './harness.js';

let testbed: RunningTestbed;
let key: string;
let secret: string;
let image: string;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['voxel'] });
  const account = await testbed.account('voxel');
  [key, secret] = [credentialOf(account, 'key'), credentialOf(account, 'secret')];
  const { data } = await call('voxel.images.list');
  image = present(/<image id="(\d+)" summary="Debian 12, 64-bit"/.exec(data)?.[1], 'image');
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

type Parameters = Record<string, string>;

function signed(parameters: Parameters, withSecret = secret): URLSearchParams {
  const all: Parameters = { key, timestamp: new Date().toISOString().replace('Z', '+0000'), ...parameters };
  const text = Object.keys(all)
    .sort()
    .map((name) => name + (all[name] ?? ''))
    .join('');
  const signature = createHash('md5')
    .update(withSecret + text)
    .digest('hex');
  return new URLSearchParams({ ...all, api_sig: signature });
}
const get = async (query: URLSearchParams) =>
  await testbed.http.get<string>(`/voxel/?${query.toString()}`, {
    responseType: 'text',
    transformResponse: (body: string) => body,
  });
const call = async (method: string, parameters: Parameters = {}) => await get(signed({ method, ...parameters }));

const wish = (change: Parameters = {}): Parameters => ({
  hostname: 'web.example.org',
  disk_size: '20',
  facility: 'LGA8',
  image_id: image,
  processing_cores: '2',
  ...change,
});
const made = async (change: Parameters = {}): Promise<string> =>
  present(/<id>(\d+)<\/id>/.exec((await call('voxel.voxcloud.create', wish(change))).data)?.[1], 'device');
const status = async (id: string): Promise<string | undefined> =>
  /<status>(\w+)</.exec((await call('voxel.voxcloud.status', { device_id: id })).data)?.[1];
const becomes = async (id: string, wanted: string): Promise<unknown> =>
  await until(
    () => status(id),
    (now) => now === wanted,
  );
const failure = (code: number): string => `<rsp stat="fail"><err code="${code}"`;

it('answers whoever signs with the secret, in a query or in a form', async () => {
  const { data } = await call('voxel.voxcloud.facilities.list');
  expect(data).toContain('<rsp stat="ok"><facilities><facility label="LGA8"><description>New York</description>');
  const form = signed({ method: 'voxel.images.list' }).toString();
  const posted = await testbed.http.post<string>('/voxel/', form, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(posted.data).toContain('<rsp stat="ok"><images>');
});

it.each([
  ['another secret', () => signed({ method: 'voxel.images.list' }, 'another')],
  ['another key', () => signed({ method: 'voxel.images.list', key: 'another' })],
  ['no timestamp', () => signed({ method: 'voxel.images.list', timestamp: '' })],
  [
    'a parameter that was added later',
    () => new URLSearchParams(`${signed({ method: 'voxel.images.list' }).toString()}&verbosity=normal`),
  ],
])('knows nobody by %s', async (_, query) => {
  const answer = await get(query());
  expect([answer.status, answer.data]).toEqual([200, expect.stringContaining(failure(1))]);
});

it('makes a server that answers, and tells its state apart from its description', async () => {
  const id = await made();
  await becomes(id, 'SUCCEEDED');
  const { data } = await call('voxel.devices.list', { device_id: id });
  expect(data).toContain(`<device id="${id}" label="web.example.org"><type id="3">Virtual Server</type>`);
  expect(data).not.toContain('status');
  const address = present(/type="frontend"[^>]*>([\d.]+)</.exec(data)?.[1], 'address');
  expect(await probe(address)).toMatchObject({ instance: id, type: 'c2-m4-d20' });
});

it('begins a server as queued, and shows it without an address until it is there', async () => {
  await testbed.fault({ cloud: 'voxel', fault: 'slow-boot', delay_ms: 6_000, times: 1 });
  const { data } = await call('voxel.voxcloud.create', wish());
  expect(data).toContain('<status>QUEUED</status>');
  const id = present(/<id>(\d+)</.exec(data)?.[1], 'device');
  expect(await status(id)).toBe('IN_PROGRESS');
  expect((await call('voxel.devices.list', { device_id: id })).data).not.toContain('frontend');
  expect((await call('voxel.devices.power', { device_id: id, power_action: 'off' })).data).toContain(failure(201));
});

it('turns the power off and on, reboots, and deletes', async () => {
  const id = await made();
  await becomes(id, 'SUCCEEDED');
  const power = async (action: string) => (await call('voxel.devices.power', { device_id: id, power_action: action })).data;
  expect(await power('on')).toContain(failure(201));
  expect(await power('off')).toContain('<rsp stat="ok">');
  await becomes(id, 'OFF');
  expect(await power('on')).toContain('<rsp stat="ok">');
  await becomes(id, 'SUCCEEDED');
  await until(
    () => power('reboot'),
    (answer) => answer.includes('stat="ok"'),
  );
  expect(await power('explode')).toContain(failure(2));
  expect((await call('voxel.voxcloud.delete', { device_id: id })).data).toContain('stat="ok"');
  await becomes(id, 'DELETED');
  expect((await call('voxel.devices.list')).data).not.toContain(`id="${id}"`);
  expect((await call('voxel.voxcloud.delete', { device_id: id })).data).toContain(failure(100));
});

it('tells a server that could not be made', async () => {
  await testbed.fault({ cloud: 'voxel', fault: 'boot-error', times: 1 });
  await becomes(await made(), 'FAILED');
});

it('shows a state that nobody knows', async () => {
  const id = await made();
  await testbed.http.post(`/control/instances/${id}/state`, { state: 'MELTING' });
  expect(await status(id)).toBe('MELTING');
});

it('knows a fault of one facility by the facility, and by the device', async () => {
  const id = await made({ facility: 'AMS2' });
  await testbed.fault({ cloud: 'voxel', region: 'AMS2', fault: 'region-down' });
  expect((await call('voxel.voxcloud.status', { device_id: id })).status).toBe(503);
  expect((await call('voxel.voxcloud.create', wish({ facility: 'AMS2' }))).status).toBe(503);
  expect((await call('voxel.devices.list')).status).toBe(200);
});

it.each([
  ['no-capacity', 200, 'msg="Device action failed (insufficient capacity'],
  ['quota', 200, 'msg="Device action failed (quota'],
  ['server-error', 500, failure(500)],
  ['rate-limit', 429, failure(429)],
  ['revoked', 200, failure(1)],
])('tells %s apart', async (fault, http, words) => {
  await testbed.fault({ cloud: 'voxel', fault });
  const answer = await call('voxel.voxcloud.create', wish());
  expect([answer.status, answer.data]).toEqual([http, expect.stringContaining(words)]);
});

it.each([
  ['a hostname with a space', { hostname: 'my web' }],
  ['no disk', { disk_size: '0' }],
  ['a facility of nobody', { facility: 'XXX1' }],
  ['an image of nobody', { image_id: '999' }],
  ['half a core', { processing_cores: '0.5' }],
])('refuses %s', async (_, change) => {
  expect((await call('voxel.voxcloud.create', wish(change))).data).toContain(failure(2));
});

it('refuses methods and devices of nobody', async () => {
  expect((await call('voxel.coffee.make')).data).toContain(failure(3));
  expect((await call('voxel.voxcloud.status', { device_id: '1' })).data).toContain(failure(100));
});
