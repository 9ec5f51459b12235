/** What a client of ElasticStack's HTTP API gets. */
import { rmSync } from 'node:fs';
import { credentialOf, probe, runTestbed, type RunningTestbed, temporaryDirectory, until } from './harness.js';

const directory = temporaryDirectory();

let testbed: RunningTestbed;
let authorization: string;

beforeAll(async () => {
  testbed = await runTestbed({ directory, clouds: ['elastichosts', 'serverlove', 'skalicloud'] });
  authorization = await authorizationAt('elastichosts');
});
afterEach(() => testbed.calmDown());
afterAll(async () => {
  await testbed.stop();
  rmSync(directory, { recursive: true });
});

type Thing = Readonly<Record<string, string | number>>;
interface Told {
  readonly status: number;
  readonly data: Thing;
}

async function authorizationAt(cloud: string): Promise<string> {
  const account = await testbed.account(cloud);
  const pair = `${credentialOf(account, 'user_uuid')}:${credentialOf(account, 'api_key')}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

const zone = '/elastichosts/lon-p';

/** In JSON. */
const ask = async (method: 'GET' | 'POST', path: string, body?: object): Promise<Told> =>
  await testbed.http.request({
    method,
    url: zone + path,
    headers: { authorization, accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { data: JSON.stringify(body) } : {}),
  });

/** In lines. */
const say = async (method: 'GET' | 'POST', path: string, lines?: string, type = 'text/plain') =>
  await testbed.http.request<string>({
    method,
    url: zone + path,
    headers: { authorization, accept: 'text/plain', ...(lines === undefined ? {} : { 'content-type': type }) },
    ...(lines === undefined ? {} : { data: lines }),
  });

async function debian(): Promise<string> {
  const { data } = await ask('GET', '/drives/info/standard');
  const drive = (data as unknown as Thing[]).find(({ name }) => name === 'Debian Linux 12');
  return String(drive?.drive);
}

async function drive(image?: string): Promise<string> {
  const { data } = await ask('POST', '/drives/create', { name: 'system', size: '10G' });
  const id = String(data.drive);
  if (image === undefined) return id;
  expect((await ask('POST', `/drives/${id}/image/${image}/gunzip`)).status).toBe(204);
  return id;
}

const imaged = async (id: string): Promise<void> => {
  await until(
    () => ask('GET', `/drives/${id}/info`),
    ({ data }) => data.imaging === undefined,
  );
};

const configuration = (id: string, change: object = {}) => ({
  name: 'web',
  cpu: 2000,
  mem: 2048,
  'ide:0:0': id,
  boot: 'ide:0:0',
  'nic:0:model': 'e1000',
  'nic:0:dhcp': 'auto',
  ...change,
});

async function server(change: object = {}): Promise<Thing> {
  const id = await drive(await debian());
  await imaged(id);
  const { status, data } = await ask('POST', '/servers/create', configuration(id, change));
  expect(status).toBe(200);
  return data;
}

const wordOf = (headers: unknown): unknown => (headers as Record<string, unknown>)['x-elastic-error'];

it('gives nothing to whoever has no key', async () => {
  const { status, headers, data } = await testbed.http.get<string>(`${zone}/servers/info`);
  expect([status, wordOf(headers), data]).toEqual([401, 'auth', 'Authorisation required\n']);
});

it('makes every availability zone an endpoint of its own', async () => {
  const { endpoint } = await testbed.account('elastichosts');
  expect(endpoint).toMatch(/\/elastichosts\/\{region\}$/);
  const { drive: id } = (await ask('POST', '/drives/create', { name: 'here', size: '1G' })).data;
  const elsewhere = await testbed.http.get<unknown>(`/elastichosts/sat-p/drives/${id ?? ''}/info`, {
    headers: { authorization },
  });
  expect(elsewhere.status).toBe(404);
  const nowhere = await testbed.http.get<unknown>('/elastichosts/nowhere/drives/list', { headers: { authorization } });
  expect(nowhere.status).toBe(404);
});

it.each([
  ['serverlove', 'uk-1'],
  ['skalicloud', 'my-1'],
])('speaks for %s too', async (cloud, region) => {
  const headers = { authorization: await authorizationAt(cloud) };
  expect((await testbed.http.get<unknown>(`/${cloud}/${region}/servers/list`, { headers })).status).toBe(200);
});

it('speaks in lines or in JSON, as the client wants it', async () => {
  const made = await say('POST', '/drives/create', 'name two words\nsize 1G\nuser:colour blue\n');
  expect(made.status).toBe(200);
  const [, id = ''] = /^drive (\S+)$/m.exec(made.data) ?? [];
  expect(made.data).toContain('name two words\n');
  expect((await ask('GET', `/drives/${id}/info`)).data).toMatchObject({ size: 2 ** 30, 'user:colour': 'blue', status: 'active' });
  expect((await say('GET', '/drives/list')).data.split('\n')).toContain(id);
  expect((await say('GET', '/drives/info')).data).toContain('\n\n');
});

it('images a drive from a standard one, and tells how far it is', async () => {
  const id = await drive(await debian());
  expect((await ask('GET', `/drives/${id}/info`)).data.imaging).toMatch(/^(queued|\d+%)$/);
  expect(await ask('POST', '/servers/create', configuration(id))).toMatchObject({ status: 409 });
  expect((await ask('POST', `/drives/${id}/destroy`)).status).toBe(409);
  await imaged(id);
  expect((await ask('POST', `/drives/${id}/destroy`)).status).toBe(204);
  expect((await ask('GET', `/drives/${id}/info`)).status).toBe(404);
});

it('copies a drive of the account’s own, which is not compressed', async () => {
  const [own, copy] = [await drive(await debian()), await drive()];
  expect((await ask('POST', `/drives/${copy}/image/${own}`)).status).toBe(409);
  await imaged(own);
  expect((await ask('POST', `/drives/${copy}/image/${own}/gunzip`)).status).toBe(400);
  expect((await ask('POST', `/drives/${copy}/image/${own}`)).status).toBe(204);
});

it('creates a server that answers, counts and is destroyed; its drive stays', async () => {
  const { server: id, status, 'ide:0:0': disk } = await server();
  expect(status).toBe('active');
  const { data } = await ask('GET', `/servers/${id ?? ''}/info`);
  expect(data).toMatchObject({ name: 'web', cpu: 2000, mem: 2048, smp: 'auto', 'smp:cores': 1 });
  for (const counter of ['rx', 'tx', 'started']) expect(typeof data[counter]).toBe('number');
  expect(typeof data['ide:0:0:read:bytes']).toBe('string');
  expect(await probe(String(data['nic:0:dhcp:ip']))).toMatchObject({ instance: id });
  expect((await ask('GET', `/drives/${disk ?? ''}/info`)).data.claimed).toBe(id);
  expect((await ask('POST', `/servers/${id ?? ''}/destroy`)).status).toBe(204);
  expect((await ask('GET', `/servers/${id ?? ''}/info`)).status).toBe(404);
  expect((await ask('GET', `/drives/${disk ?? ''}/info`)).data.claimed).toBeUndefined();
});

it('starts what was created stopped once its drive is imaged', async () => {
  const disk = await drive(await debian());
  const { server: id = '', status } = (await ask('POST', '/servers/create/stopped', configuration(disk))).data;
  expect(status).toBe('stopped');
  expect((await ask('POST', `/servers/${id}/start`)).status).toBe(409);
  await imaged(disk);
  expect((await ask('POST', `/servers/${id}/start`)).status).toBe(204);
  expect((await ask('GET', `/servers/${id}/info`)).data.status).toBe('active');
});

it('keeps a persistent server that stops, and no other', async () => {
  const [kept, fleeting] = [await server({ persistent: 'true' }), await server()];
  for (const { server: id } of [kept, fleeting]) expect((await ask('POST', `/servers/${id ?? ''}/stop`)).status).toBe(204);
  expect((await ask('GET', `/servers/${kept.server ?? ''}/info`)).data.status).toBe('stopped');
  expect((await ask('GET', `/servers/${fleeting.server ?? ''}/info`)).status).toBe(404);
  expect((await ask('POST', `/servers/${kept.server ?? ''}/start`)).status).toBe(204);
  expect((await ask('POST', `/servers/${kept.server ?? ''}/reset`)).status).toBe(204);
});

it('lets an active server change little, and a stopped one all', async () => {
  const { server: id = '' } = await server({ persistent: 'true' });
  expect((await ask('POST', `/servers/${id}/set`, { name: 'shop', 'user:colour': 'blue' })).data).toMatchObject({ name: 'shop' });
  expect((await ask('POST', `/servers/${id}/set`, { mem: 4096 })).status).toBe(400);
  const data = await drive();
  await ask('POST', `/servers/${id}/shutdown`);
  await until(
    () => ask('GET', `/servers/${id}/info`),
    (told) => told.data.status === 'stopped',
  );
  const set = await ask('POST', `/servers/${id}/set`, { mem: 4096, 'ide:0:1': data });
  expect(set.data).toMatchObject({ mem: 4096, 'ide:0:1': data, 'user:colour': 'blue' });
  expect((await ask('POST', `/drives/${data}/destroy`)).status).toBe(409);
  expect((await ask('POST', `/servers/${id}/set`, { 'ide:0:1': '' })).data['ide:0:1']).toBeUndefined();
  expect((await ask('POST', `/drives/${data}/destroy`)).status).toBe(204);
});

it('makes a drive larger while no active server has it, and never smaller', async () => {
  const id = await drive();
  expect((await ask('POST', `/drives/${id}/set`, { size: '20G' })).data.size).toBe(20 * 2 ** 30);
  expect((await ask('POST', `/drives/${id}/set`, { size: '5G' })).status).toBe(400);
  const { 'ide:0:0': used = '' } = await server();
  expect((await ask('POST', `/drives/${used}/set`, { size: '20G' })).status).toBe(409);
});

it('has static addresses and private networks', async () => {
  const { resource: ip = '' } = (await ask('POST', '/resources/ip/create', { name: 'front' })).data;
  const { resource: vlan = '' } = (await ask('POST', '/resources/vlan/create', { name: 'inner' })).data;
  expect((await say('GET', '/resources/list')).data.trim().split('\n').sort()).toEqual([`ip ${ip}`, `vlan ${vlan}`].sort());
  const { server: id = '', 'nic:0:dhcp:ip': shown } = await server({
    'nic:0:dhcp': ip,
    'nic:1:model': 'e1000',
    'nic:1:vlan': vlan,
  });
  expect(shown).toBe(ip);
  expect(
    await until(
      () => probe(String(ip)),
      (told) => told !== 'refused',
    ),
  ).toMatchObject({ instance: id });
  expect((await ask('POST', `/resources/ip/${ip}/destroy`)).status).toBe(409);
  expect((await ask('POST', `/resources/vlan/${vlan}/destroy`)).status).toBe(409);
  await ask('POST', `/servers/${id}/destroy`);
  expect((await ask('POST', `/resources/ip/${ip}/destroy`)).status).toBe(204);
  expect((await ask('GET', `/resources/ip/${ip}/info`)).status).toBe(404);
});

it('keeps everything it has told over a restart', async () => {
  const disk = await drive(await debian());
  const { server: id = '' } = (await ask('POST', '/servers/create/stopped', configuration(disk, { 'user:token': 'abc' }))).data;
  await testbed.stop();
  testbed = await runTestbed({ directory, clouds: ['elastichosts'] });
  expect((await ask('GET', `/servers/${id}/info`)).data).toMatchObject({
    'user:token': 'abc',
    'ide:0:0': disk,
    status: 'stopped',
  });
});

it('calls a server that cannot boot dead', async () => {
  await testbed.fault({ cloud: 'elastichosts', fault: 'boot-error' });
  expect((await server()).status).toBe('dead');
});

it.each([
  ['no-capacity', 507, 'full'],
  ['quota', 402, 'billing'],
  ['server-error', 500, 'system'],
  ['region-down', 503, 'system'],
  ['rate-limit', 429, 'busy'],
  ['revoked', 401, 'auth'],
])('tells %s apart', async (fault, status, word) => {
  const id = await drive(await debian());
  await imaged(id);
  const before = (await say('GET', '/servers/list')).data;
  await testbed.fault({ cloud: 'elastichosts', fault });
  const told = await say('POST', '/servers/create', `name web\ncpu 2000\nmem 2048\nide:0:0 ${id}\nboot ide:0:0\n`);
  expect([told.status, wordOf(told.headers)]).toEqual([status, word]);
  await testbed.calmDown();
  expect((await say('GET', '/servers/list')).data).toBe(before);
});

it.each([
  ['a command that there is not', 'POST', '/servers/levitate/now', undefined, 404, 'missing'],
  ['GET where POST is expected', 'GET', '/servers/create', undefined, 405, 'method'],
  ['a form', 'POST', '/drives/create', 'name=a&size=1G', 400, 'usage'],
  ['a drive without a size', 'POST', '/drives/create', 'name data', 400, 'usage'],
  ['a drive that is too large', 'POST', '/drives/create', 'name data\nsize 100T', 400, 'usage'],
  ['a key that it does not know', 'POST', '/drives/create', 'name data\nsize 1G\nflavour m1', 400, 'usage'],
  ['a server without memory', 'POST', '/servers/create', 'name web\ncpu 2000', 400, 'usage'],
  ['a server with too fast a processor', 'POST', '/servers/create', 'name web\ncpu 90000\nmem 1024', 400, 'usage'],
  ['a server of a drive that there is not', 'POST', '/servers/create', 'name web\ncpu 2000\nmem 1024\nide:0:0 x', 404, 'missing'],
  ['a server that there is not', 'GET', '/servers/x/info', undefined, 404, 'missing'],
] as const)('refuses %s', async (what, method, path, lines, status, word) => {
  const type = what === 'a form' ? 'application/x-www-form-urlencoded' : 'text/plain';
  const told = await say(method, path, lines, type);
  expect([told.status, wordOf(told.headers)]).toEqual([status, word]);
});
