/** What OpSource's two APIs may answer, odd things included. */
import type { MachineOrder, VendorDriver } from '../src/vendor/port.js';
import { asVendorError } from '../src/vendor/vendor-error.js';
import { vendor as opsource } from '../src/vendors/opsource/index.js';
import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';

let cloud: RecordedCloud;
let driver: VendorDriver;
let answers: Record<string, Recorded | (() => Recorded)>;

const organization = '8a8f6abc-2745-4d8a-9cbc-8dabe5a7d0e4';
const xml = (body: string, status = 200): Recorded => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${body}`,
});
const json = (body: unknown, status = 200): Recorded => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const refused = (responseCode: string, status = 400): Recorded =>
  json({ operation: 'ANY', responseCode, message: 'No.' }, status);
const oec = (path: string): string => `/oec/0.9/${organization}${path}`;
const caas = (path: string): string => `/caas/2.4/${organization}${path}`;
const asked = (method: string, url: string): Seen[] => cloud.seen.filter((seen) => seen.method === method && seen.url === url);
const wish = (url: string): unknown => JSON.parse(asked('POST', url).at(-1)?.body ?? 'null');

const connect = (more: Record<string, unknown> = {}): VendorDriver =>
  opsource.connect(
    {
      vendor: 'opsource',
      name: 'opsource',
      endpoint: `${cloud.url}/`,
      regions: ['NA1'],
      credentials: { username: 'ann', password: 'hunter2' },
      ...more,
    },
    { http: testHttp(), now: () => 0 },
  );

beforeEach(async () => {
  answers = {
    'GET /oec/0.9/myaccount': xml(
      `<ns3:Account xmlns="http://oec.api.opsource.net/schemas/organization" xmlns:ns3="http://oec.api.opsource.net/schemas/directory"><ns3:userName>ann</ns3:userName><ns3:orgId>${organization}</ns3:orgId></ns3:Account>`,
    ),
    [`GET ${oec('/networkWithLocation')}`]: xml(
      `<ns3:NetworkWithLocations xmlns:ns3="http://oec.api.opsource.net/schemas/network">${network('n-5', 'front', 'NA5')}${network('n-1', 'front', 'NA1')}${network('n-2', 'back', 'NA1')}</ns3:NetworkWithLocations>`,
    ),
  };
  cloud = await RecordedCloud.open(({ method, url }) => {
    const answer = answers[`${method} ${url}`] ?? refused('RESOURCE_NOT_FOUND');
    return typeof answer === 'function' ? answer() : answer;
  });
  driver = connect();
});
afterEach(async () => {
  driver.close();
  await cloud.close();
});

const network = (id: string, name: string, location: string): string =>
  `<ns3:network><ns3:id>${id}</ns3:id><ns3:name>${name}</ns3:name><ns3:location>${location}</ns3:location></ns3:network>`;
const token = '01234567-89ab-4def-8123-456789abcdef';
const order: MachineOrder = {
  name: 'web',
  region: 'NA1',
  zone: 'NA1',
  size: 'c2-m4-d10',
  image: 'i-1',
  tags: { 'agency.installation': 'here' },
};
const server = (more: object = {}): object => ({
  id: 's-1',
  name: 'web',
  description: 'web',
  datacenterId: 'NA1',
  cpu: { count: 2, speed: 'STANDARD', coresPerSocket: 1 },
  memoryGb: 4,
  nic: { id: 'x', privateIpv4: '10.160.117.25', networkId: 'n-1', state: 'NORMAL' },
  deployed: true,
  started: true,
  state: 'NORMAL',
  surprise: [1],
  ...more,
});
const accepted = json({
  operation: 'DEPLOY_SERVER',
  responseCode: 'IN_PROGRESS',
  message: 'Accepted.',
  info: [
    { name: 'other', value: 'x' },
    { name: 'serverId', value: 's-1' },
  ],
});
const deploy = `POST ${caas('/server/deployServer')}`;
const listing = (page: number): string => `GET ${caas(`/server/server?datacenterId=NA1&pageSize=250&pageNumber=${page}`)}`;

it('proves who asks to both APIs, and asks for the organization once', async () => {
  await driver.check();
  answers[listing(1)] = json({ pageNumber: 1, pageCount: 0, totalCount: 0, pageSize: 250 });
  expect(await driver.list('NA1', 'here')).toEqual([]);
  expect(await driver.list('NA1', 'here')).toEqual([]);
  const authorization = `Basic ${Buffer.from('ann:hunter2').toString('base64')}`;
  for (const { headers } of cloud.seen) expect(headers.authorization).toBe(authorization);
  expect(asked('GET', '/oec/0.9/myaccount')).toHaveLength(2);
});

it('has the data centres of MCP 1.0 as regions, and sizes within what one says', async () => {
  const datacenter = (id: string, type: string, property: object[]) => ({ id, type, hypervisor: { type: 'VMWARE', property } });
  const all = [
    datacenter('NA1', 'MCP 1.0', [
      { name: 'MAX_CPU_COUNT', value: '2' },
      { name: 'MIN_MEMORY_MB', value: '1024' },
      { name: 'MAX_MEMORY_MB', value: '4096' },
    ]),
    datacenter('NA3', 'MCP 1.0', []),
    datacenter('NA9', 'MCP 2.0', []),
  ];
  answers[`GET ${caas('/infrastructure/datacenter')}`] = json({ datacenter: all });
  expect(await driver.regions()).toEqual(['NA1', 'NA3']);
  expect(await driver.zones('NA1')).toEqual(['NA1']);
  answers[`GET ${caas('/infrastructure/datacenter?id=NA1')}`] = json({ datacenter: [all[0]] });
  expect((await driver.sizes('NA1')).map(({ name }) => name)).toEqual([
    'c1-m1-d10',
    'c1-m2-d10',
    'c1-m4-d10',
    'c2-m1-d10',
    'c2-m2-d10',
    'c2-m4-d10',
  ]);
  answers[`GET ${caas('/infrastructure/datacenter?id=NA3')}`] = json({ datacenter: [all[1]] });
  expect(Math.max(...(await driver.sizes('NA3')).map(({ cores }) => cores))).toBe(8);
  answers[`GET ${caas('/infrastructure/datacenter')}`] = json({});
  await expect(driver.regions()).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
});

it('has the newest image of a system', async () => {
  const image = (id: string, name: string, createTime: string) => ({ id, name, createTime });
  answers[`GET ${caas('/image/osImage?datacenterId=NA1&pageSize=250&pageNumber=1')}`] = json({
    osImage: [
      image('i-1', 'Debian 12 64-bit 2 CPU', '2024-01-01T00:00:00.000Z'),
      image('i-2', 'Debian 12 64-bit 4 CPU', '2025-01-01T00:00:00.000Z'),
      image('i-3', 'Win2008 Std 64-bit 2 CPU', '2026-01-01T00:00:00.000Z'),
    ],
    totalCount: 3,
  });
  expect(await driver.image('debian-12', 'x64', 'NA1')).toBe('i-2');
  await expect(driver.image('beos', null, 'NA1')).rejects.toMatchObject({ reason: 'invalid-request' });
});

describe('a server', () => {
  it('is deployed into the first network of its data centre, or the one that the account names', async () => {
    answers[deploy] = accepted;
    expect(await driver.create(order, token)).toMatchObject({ vendorId: 's-1', state: 'building', address: null });
    const { administratorPassword, ...rest } = wish(caas('/server/deployServer')) as Record<string, unknown>;
    expect(rest).toEqual({
      name: expect.stringMatching(new RegExp(`^web-[0-9a-f]{6}-${token}$`)) as string,
      description: 'web',
      imageId: 'i-1',
      start: true,
      cpu: { count: 2, coresPerSocket: 1, speed: 'STANDARD' },
      memoryGb: 4,
      network: { networkId: 'n-1' },
    });
    expect(administratorPassword).toMatch(/^Aa1-.{24}$/);
    await driver.create(order, token);
    expect((wish(caas('/server/deployServer')) as Record<string, unknown>).administratorPassword).not.toBe(administratorPassword);
    driver.close();
    driver = connect({ network: 'back' });
    await driver.create(order, token);
    expect(wish(caas('/server/deployServer'))).toMatchObject({ network: { networkId: 'n-2' } });
    driver.close();
    driver = connect({ network: 'middle' });
    await expect(driver.create(order, token)).rejects.toMatchObject({ reason: 'invalid-request' });
  });

  it.each(['large', 'c2-m4-d50', 'c3-m1.5-d10'])('of size %s is not asked for', async (size) => {
    await expect(driver.create({ ...order, size }, token)).rejects.toMatchObject({ reason: 'invalid-request' });
    expect(cloud.seen).toEqual([]);
  });

  it.each([
    [{}, 'active'],
    [{ started: false }, 'inactive'],
    [{ state: 'PENDING_ADD', started: false, progress: { action: 'DEPLOY_SERVER' } }, 'building'],
    [{ state: 'PENDING_CHANGE', progress: { action: 'SHUTDOWN_SERVER' } }, 'building'],
    [{ state: 'PENDING_DELETE' }, 'building'],
    [{ state: 'NORMAL', progress: { action: 'REBOOT_SERVER' } }, 'building'],
    [{ state: 'FAILED_ADD', progress: { action: 'DEPLOY_SERVER', failureReason: 'No host.' } }, 'error'],
    [{ state: 'FAILED_CHANGE', progress: { action: 'START_SERVER' }, started: false }, 'inactive'],
    [{ state: 'REQUIRES_SUPPORT' }, 'active'],
    [{ state: 'MELTING' }, 'active'],
    [{ started: 'true' }, 'active'],
  ])('that is %j is %s to others', async (more, state) => {
    answers[`GET ${caas('/server/server/s-1')}`] = json(server(more));
    const instance = await driver.get('NA1', 's-1');
    expect(instance).toMatchObject({ vendorId: 's-1', state, address: '10.160.117.25', zone: 'NA1' });
    if (state === 'error') expect(instance?.fault).toMatchObject({ reason: 'boot-failed', message: 'No host.' });
    else expect(instance?.fault).toBeNull();
  });

  it.each([
    [{ nic: [{ privateIpv4: '10.0.0.1' }] }, '10.0.0.1'],
    [{ nic: undefined, networkInfo: { primaryNic: { privateIpv4: '10.0.4.8' } } }, '10.0.4.8'],
    [{ nic: undefined }, null],
  ])('has its address in %j', async (more, address) => {
    answers[`GET ${caas('/server/server/s-1')}`] = json(server(more));
    expect(await driver.get('NA1', 's-1')).toMatchObject({ address });
  });

  it('is found and listed by its name, on whatever page it stands', async () => {
    answers[deploy] = accepted;
    await driver.create(order, token);
    const { name } = wish(caas('/server/deployServer')) as { name: string };
    answers[listing(1)] = json({ server: [server({ id: 's-0' })], pageNumber: 1, pageCount: 1, totalCount: 2, pageSize: 1 });
    answers[listing(2)] = json({ server: [server({ name })], pageNumber: 2, pageCount: 1, totalCount: 2, pageSize: 1 });
    expect(await driver.find('NA1', token)).toMatchObject({ vendorId: 's-1', state: 'active' });
    expect(await driver.find('NA1', '11111111-89ab-4def-8123-456789abcdef')).toBeUndefined();
    expect(await driver.list('NA1', 'here')).toMatchObject([{ vendorId: 's-1', placement: token }]);
    expect(await driver.list('NA1', 'elsewhere')).toEqual([]);
    answers[listing(1)] = json({ totalCount: 2 });
    await expect(driver.list('NA1', 'here')).rejects.toMatchObject({ vendorCode: 'malformed' });
    answers[listing(1)] = json({ server: [] });
    await expect(driver.list('NA1', 'here')).rejects.toMatchObject({ vendorCode: 'malformed' });
  });

  it.each([
    [{}, 'powerOffServer'],
    [{ started: false }, 'deleteServer'],
    [{ started: false, state: 'FAILED_ADD' }, 'cleanServer'],
  ])('that is %j is asked to %s on its way out', async (more, operation) => {
    answers[`GET ${caas('/server/server/s-1')}`] = json(server(more));
    answers[`POST ${caas(`/server/${operation}`)}`] = accepted;
    await driver.delete('NA1', 's-1');
    expect(wish(caas(`/server/${operation}`))).toEqual({ id: 's-1' });
  });

  it('is not deleted while it is busy, nor when nobody knows it', async () => {
    answers[`GET ${caas('/server/server/s-1')}`] = json(server({ state: 'PENDING_CHANGE' }));
    await expect(driver.delete('NA1', 's-1')).rejects.toMatchObject({ reason: 'conflict', passing: true });
    expect(await driver.get('NA1', 's-7')).toBeUndefined();
    await expect(driver.delete('NA1', 's-7')).rejects.toMatchObject({ reason: 'not-found', vendorCode: 'RESOURCE_NOT_FOUND' });
  });

  it.each([
    ['start', false, 'startServer'],
    ['stop', false, 'shutdownServer'],
    ['stop', true, 'powerOffServer'],
    ['restart', false, 'rebootServer'],
    ['restart', true, 'resetServer'],
  ] as const)('does %s (forced: %s) by %s', async (action, forced, operation) => {
    answers[`POST ${caas(`/server/${operation}`)}`] = accepted;
    await driver.operations!.act('NA1', 's-1', action, forced);
    expect(wish(caas(`/server/${operation}`))).toEqual({ id: 's-1' });
    await expect(driver.operations!.act('NA1', 's-1', 'suspend', false)).rejects.toMatchObject({ reason: 'invalid-request' });
  });

  it('is stopped, resized and started again, and remembers by its description that it ran', async () => {
    let now = server();
    answers[`GET ${caas('/server/server/s-1')}`] = () => json(now);
    answers[`POST ${oec('/server/s-1')}`] = xml(
      '<ns6:Status xmlns:ns6="http://oec.api.opsource.net/schemas/general"><ns6:operation>Edit Server</ns6:operation><ns6:result>SUCCESS</ns6:result><ns6:resultCode>REASON_0</ns6:resultCode></ns6:Status>',
    );
    for (const operation of ['shutdownServer', 'reconfigureServer', 'startServer'])
      answers[`POST ${caas(`/server/${operation}`)}`] = accepted;
    const step = () => driver.operations!.resize('NA1', 's-1', 'c4-m8-d10');
    const described = (): string => new URLSearchParams(asked('POST', oec('/server/s-1')).at(-1)?.body).get('description') ?? '';
    expect(await step()).toBe(false);
    expect(described()).toBe('web (being resized, to be started again)');
    const description = described();
    now = server({ state: 'PENDING_CHANGE', description });
    await expect(step()).rejects.toMatchObject({ reason: 'conflict', passing: true });
    now = server({ started: false, description });
    expect(await step()).toBe(false);
    expect(wish(caas('/server/reconfigureServer'))).toEqual({ id: 's-1', cpuCount: 4, memoryGb: 8, coresPerSocket: 1 });
    now = server({ started: false, description, cpu: { count: 4 }, memoryGb: 8 });
    expect(await step()).toBe(false);
    expect(wish(caas('/server/startServer'))).toEqual({ id: 's-1' });
    now = server({ description, cpu: { count: 4 }, memoryGb: 8 });
    expect(await step()).toBe(true);
    expect(described()).toBe('web');
  });
});

it.each([
  [refused('EXCEEDS_LIMIT'), 'quota', 'EXCEEDS_LIMIT'],
  [refused('OUT_OF_RESOURCES'), 'no-capacity', 'OUT_OF_RESOURCES'],
  [refused('RESOURCE_BUSY'), 'conflict', 'RESOURCE_BUSY'],
  [refused('AUTHORIZATION_FAILURE'), 'forbidden', 'AUTHORIZATION_FAILURE'],
  [refused('INVALID_INPUT_DATA'), 'invalid-request', 'INVALID_INPUT_DATA'],
  [refused('INFRASTRUCTURE_IN_MAINTENANCE', 503), 'unavailable', 'INFRASTRUCTURE_IN_MAINTENANCE'],
  [refused('A_NEW_ONE'), 'invalid-request', 'A_NEW_ONE'],
  [{ status: 401, body: '<html>Unauthorized</html>' }, 'bad-credentials', '401'],
  [{ status: 502, body: '<html>Bad gateway</html>' }, 'unavailable', '502'],
  [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' }, 'unknown', 'malformed'],
  [json({}), 'unknown', 'malformed'],
  [json({ responseCode: 'IN_PROGRESS', info: [] }), 'unknown', 'malformed'],
])('tells the failure of a create by %j', async (answer, reason, vendorCode) => {
  answers[deploy] = answer;
  const failure = await driver.create(order, token).then(
    () => undefined,
    (error: unknown) => asVendorError(error),
  );
  expect(failure).toMatchObject({ reason, vendorCode });
  expect(failure?.message).not.toContain('hunter2');
  expect(asked('POST', caas('/server/deployServer'))).toHaveLength(1);
});

it.each([
  [
    xml(
      '<Status><operation>Any</operation><result>ERROR</result><resultDetail>Busy</resultDetail><resultCode>REASON_392</resultCode></Status>',
      400,
    ),
    'invalid-request',
    'REASON_392',
  ],
  [{ status: 401, body: '' }, 'bad-credentials', '401'],
  [xml('<Account/>'), 'unknown', 'malformed'],
  [{ status: 200, body: '<html>Welcome' }, 'unknown', 'malformed'],
])('tells the failure of API 0.9 by %j, and asks again after it', async (answer, reason, vendorCode) => {
  const account = answers['GET /oec/0.9/myaccount']!;
  answers['GET /oec/0.9/myaccount'] = answer;
  await expect(driver.check()).rejects.toMatchObject({ reason, vendorCode });
  await expect(driver.get('NA1', 's-1')).rejects.toMatchObject({ reason, vendorCode });
  answers['GET /oec/0.9/myaccount'] = account;
  expect(await driver.get('NA1', 's-1')).toBeUndefined();
});
