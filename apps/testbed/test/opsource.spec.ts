/** What a client of the OpSource face gets: API 0.9 in XML, and the servers of 2.4. */
import { credentialOf, present, probe, runTestbed, type RunningTestbed, until } from './harness.js';

let testbed: RunningTestbed;
let auth: { username: string; password: string };
let org: string;
let network: string;
let image: string;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['opsource'] });
  const account = await testbed.account('opsource');
  auth = { username: credentialOf(account, 'username'), password: credentialOf(account, 'password') };
  org = first(await text('/oec/0.9/myaccount'), 'orgId');
  network = within(await text(`/oec/0.9/${org}/networkWithLocation`), 'network', '<ns4:location>NA1<', 'id');
  image = within(await text('/oec/0.9/base/image'), 'ServerImage', 'Debian 12 64-bit 2 CPU</name>', 'id', '<location>NA1<');
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const ask = async (method: string, path: string, data?: string, type = 'application/xml', accept = '*/*') =>
  await testbed.http.request<string>({
    method,
    url: `/opsource${path}`,
    auth,
    data,
    headers: { ...(data === undefined ? {} : { 'content-type': type }), accept },
    responseType: 'text',
    transformResponse: (body: string) => body,
  });
const text = async (path: string): Promise<string> => (await ask('GET', path)).data;
const all = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<(?:\\w+:)?${name}[ >].*?</(?:\\w+:)?${name}>`, 'gs'))].map(([whole]) => whole);
const first = (xml: string, name: string): string =>
  present(new RegExp(`<(?:\\w+:)?${name}>([^<]*)<`).exec(xml)?.[1], `${name} in ${xml}`);
const within = (xml: string, element: string, mark: string, name: string, other = ''): string =>
  first(
    present(
      all(xml, element).find((each) => each.includes(mark) && each.includes(other)),
      mark,
    ),
    name,
  );

const wish = (change: Record<string, string> = {}): string => {
  const fields = {
    name: 'web',
    description: 'a web server',
    vlanResourcePath: `/oec/0.9/${org}/${network}`,
    imageResourcePath: `/oec/base/image/${image}`,
    administratorPassword: 'a-long-password',
    isStarted: 'true',
    ...change,
  };
  const inside = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<Server xmlns="http://oec.api.opsource.net/schemas/server">${inside.join('')}</Server>`;
};
const servers = async (list: 'deployed' | 'pendingDeploy'): Promise<string[]> =>
  all(await text(`/oec/0.9/${org}/server/${list}`), list === 'deployed' ? 'DeployedServer' : 'PendingDeployServer');
const deployed = async (name: string): Promise<string> =>
  await until(
    async () => (await servers('deployed')).find((each) => each.includes(`<name>${name}<`)) ?? '',
    (each) => each !== '' && !each.includes('<status>'),
  );
const made = async (name: string, change: Record<string, string> = {}): Promise<string> => {
  expect((await ask('POST', `/oec/0.9/${org}/server`, wish({ name, ...change }))).data).toContain('REASON_0');
  return await deployed(name);
};
const command = async (id: string, name: string) => await ask('GET', `/oec/0.9/${org}/server/${id}?${name}`);
const caas = async (method: string, path: string, body?: object) => {
  const { status, data } = await ask(
    method,
    `/caas/2.4/${org}${path}`,
    body && JSON.stringify(body),
    'application/json',
    'application/json',
  );
  return { status, data: JSON.parse(data) as Record<string, unknown> };
};

it('tells who one is, and where servers can be', async () => {
  expect(await text('/oec/0.9/myaccount')).toContain('<ns3:Account xmlns:ns3="http://oec.api.opsource.net/schemas/directory">');
  expect(all(await text(`/oec/0.9/${org}/datacenter`), 'location')).toHaveLength(2);
});

it('wants the right password, and the right organization', async () => {
  auth = { ...auth, password: `${auth.password}x` };
  const { status, headers } = await ask('GET', '/oec/0.9/myaccount');
  auth = { ...auth, password: auth.password.slice(0, -1) };
  expect([status, headers['content-type']]).toEqual([401, 'text/html;charset=utf-8']);
  expect((await ask('GET', '/oec/0.9/nobody/server/deployed')).status).toBe(403);
});

it('deploys a server: pending first, with its progress, then one that answers', async () => {
  await testbed.fault({ cloud: 'opsource', fault: 'slow-boot', delay_ms: 6_000, times: 1 });
  expect((await ask('POST', `/oec/0.9/${org}/server`, wish({ name: 'fresh' }))).status).toBe(200);
  const [pending = ''] = await servers('pendingDeploy');
  expect(pending).toContain('<action>DEPLOY_SERVER</action>');
  expect(await command(first(pending, 'id'), 'reboot')).toMatchObject({
    status: 400,
    data: expect.stringContaining('REASON_392') as string,
  });
  const server = await deployed('fresh');
  expect(server).toContain('<cpuCount>2</cpuCount><memoryMb>4096</memoryMb><osStorageGb>10</osStorageGb>');
  expect(await probe(first(server, 'privateIpAddress'))).toMatchObject({ instance: first(server, 'id'), type: 'c2-m4-d10' });
  expect(await servers('pendingDeploy')).toEqual([]);
});

it('stops, starts and deletes a server, and only when it is in a state for that', async () => {
  const id = first(await made('worker'), 'id');
  expect(await command(id, 'delete')).toMatchObject({ status: 400, data: expect.stringContaining('must be stopped') as string });
  expect((await command(id, 'poweroff')).data).toContain('<ns6:result>SUCCESS</ns6:result>');
  expect(await deployed('worker')).toContain('<isStarted>false</isStarted>');
  expect((await command(id, 'start')).status).toBe(200);
  expect(await deployed('worker')).toContain('<isStarted>true</isStarted>');
  expect((await command(id, 'reset')).status).toBe(200);
  await deployed('worker');
  expect((await command(id, 'shutdown')).status).toBe(200);
  await deployed('worker');
  expect((await command(id, 'delete')).status).toBe(200);
  await until(
    () => command(id, 'start'),
    ({ data }) => data.includes('REASON_395'),
  );
});

it('makes a server stopped, and gives it CPUs, memory and storage then', async () => {
  const id = first(await made('sized', { isStarted: 'false' }), 'id');
  const edit = async (form: string) =>
    await ask('POST', `/oec/0.9/${org}/server/${id}`, form, 'application/x-www-form-urlencoded');
  expect((await edit('cpuCount=4&memory=8192')).data).toContain('Server edited');
  expect((await edit('memory=1000')).status).toBe(400);
  expect((await command(id, 'addLocalStorage&amount=40')).status).toBe(200);
  expect((await command(id, 'start')).status).toBe(200);
  const server = await deployed('sized');
  expect(server).toContain('<cpuCount>4</cpuCount><memoryMb>8192</memoryMb><osStorageGb>10</osStorageGb>');
  expect(server).toContain('<additionalLocalStorageGb>40</additionalLocalStorageGb>');
  expect((await edit('cpuCount=1')).status).toBe(400);
});

it('keeps what could not be deployed until it is cleaned', async () => {
  await testbed.fault({ cloud: 'opsource', fault: 'boot-error', times: 1 });
  await ask('POST', `/oec/0.9/${org}/server`, wish({ name: 'fallen' }));
  const fallen = await until(
    async () => (await servers('pendingDeploy')).join(''),
    (list) => list.includes('<failureReason>'),
  );
  expect((await command(first(fallen, 'id'), 'clean')).status).toBe(200);
  await until(
    () => servers('pendingDeploy'),
    (list) => list.length === 0,
  );
});

it('deploys and lists servers by 2.4 too, in JSON and in XML', async () => {
  const wanted = {
    name: 'two',
    imageId: image,
    start: true,
    administratorPassword: 'a-long-password',
    network: { networkId: network },
  };
  const { status, data } = await caas('POST', '/server/deployServer', { ...wanted, cpu: { count: 4 }, memoryGb: 16 });
  expect({ status, data }).toMatchObject({ status: 200, data: { responseCode: 'IN_PROGRESS', info: [{ name: 'serverId' }] } });
  const [{ value: id }] = data.info as [{ value: string }];
  await until(
    async () => (await caas('GET', `/server/server/${id}`)).data,
    ({ state }) => state === 'NORMAL',
  );
  expect((await caas('GET', `/server/server/${id}`)).data).toMatchObject({ id, started: true, cpu: { count: 4 }, memoryGb: 16 });
  const inXml = async (path: string, root: string) =>
    await ask('POST', `/caas/2.4/${org}/server/${path}`, `<${root} xmlns="urn:didata.com:api:cloud:types" id="${id}"/>`);
  expect((await inXml('startServer', 'startServer')).data).toContain('<responseCode>SERVER_STARTED</responseCode>');
  expect((await inXml('shutdownServer', 'shutdownServer')).data).toContain('<responseCode>IN_PROGRESS</responseCode>');
  expect((await caas('GET', '/server/server?datacenterId=EU1')).data).toMatchObject({ server: [], totalCount: 0 });
  expect((await caas('POST', '/server/startServer', { id: 'nobody' })).data.responseCode).toBe('RESOURCE_NOT_FOUND');
});

it('gives lists of 2.4 in pages', async () => {
  await testbed.fault({ cloud: 'opsource', fault: 'short-pages' });
  const { data } = await caas('GET', '/image/osImage?pageNumber=2&pageSize=100');
  expect(data).toMatchObject({ pageNumber: 2, pageSize: 2, pageCount: 2 });
  expect((await caas('GET', '/image/osImage?pageSize=1000')).data.responseCode).toBe('INVALID_INPUT_DATA');
});

it('shows a state that nobody knows', async () => {
  const id = first(await made('odd'), 'id');
  await testbed.http.post(`/control/instances/${id}/state`, { state: 'MELTING' });
  expect(await servers('deployed')).toContainEqual(expect.stringContaining('<isStarted>MELTING</isStarted>'));
});

it.each([
  ['no-capacity', 400, 'Insufficient resources'],
  ['quota', 400, 'REASON_751'],
  ['server-error', 500, 'Internal Server Error'],
  ['region-down', 503, 'Service Unavailable'],
  ['rate-limit', 429, 'Too Many Requests'],
  ['revoked', 401, 'HTTP Status 401'],
])('tells %s apart', async (fault, status, words) => {
  await testbed.fault({ cloud: 'opsource', fault });
  const answer = await ask('POST', `/oec/0.9/${org}/server`, wish());
  expect([answer.status, answer.data]).toEqual([status, expect.stringContaining(words)]);
});

it.each([
  ['no name', { name: '' }],
  ['an image of nobody', { imageResourcePath: '/oec/base/image/nope' }],
  ['a network of nobody', { vlanResourcePath: '/oec/0.9/nobody/nope' }],
  ['a short password', { administratorPassword: 'short' }],
  ['neither started nor not', { isStarted: 'perhaps' }],
])('refuses a server with %s', async (_, change) => {
  const { status, data } = await ask('POST', `/oec/0.9/${org}/server`, wish(change));
  expect([status, first(data, 'result')]).toEqual([400, 'ERROR']);
});

it('refuses what is no XML, or of no schema', async () => {
  expect((await ask('POST', `/oec/0.9/${org}/server`, '{}', 'text/plain')).status).toBe(415);
  expect((await ask('POST', `/oec/0.9/${org}/server`, wish().replace('schemas/server', 'schemas/other'))).status).toBe(400);
});
