import type { Account } from '@cloud-agency/runtime';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { XMLParser } from 'fast-xml-parser';
import { credentialOf, endpointOf, present, probe, runTestbed, type RunningTestbed, until } from './harness.js';

type Document = Readonly<Record<string, unknown>>;

let testbed: RunningTestbed;
let account: Account;
let http: AxiosInstance;
let vdc: Document;
let vdcHref: string;

const lists = new Set(['Link', 'CatalogItem', 'ResourceEntity', 'Item']);
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  isArray: (name, path) => String(path).includes('.') && lists.has(name),
});
const read = ({ data }: AxiosResponse<string>): Document => parser.parse(data) as Document;
const at = (document: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((node, name) => (node as Record<string | number, unknown> | undefined)?.[name], document);
const media = (type: string): string => `application/vnd.vmware.vcloud.${type}+xml`;

const logIn = (password = credentialOf(account, 'password')): Promise<AxiosResponse<string>> =>
  axios.post<string>(`${endpointOf(account)}/api/v0.8/login`, undefined, {
    auth: { username: credentialOf(account, 'username'), password },
    validateStatus: () => true,
    proxy: false,
  });

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['terremark'] });
  account = await testbed.account('terremark');
  const login = await logIn();
  const cookie = present(login.headers['set-cookie']?.[0]?.split(';')[0], 'cookie');
  http = axios.create({ headers: { cookie }, validateStatus: () => true, proxy: false });
  const organization = read(await http.get<string>(String(at(read(login), 'OrgList', 'Org', '@href'))));
  const links = at(organization, 'Org', 'Link') as Document[];
  vdcHref = String(
    present(
      links.find((link) => link['@type'] === media('vdc')),
      'vdc',
    )['@href'],
  );
  vdc = read(await http.get<string>(vdcHref)).Vdc as Document;
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

async function template(name: string): Promise<string> {
  const link = present(
    (vdc.Link as Document[]).find((candidate) => candidate['@type'] === media('catalog')),
    'catalog',
  );
  const items = at(read(await http.get<string>(String(link['@href']))), 'Catalog', 'CatalogItems', 'CatalogItem') as Document[];
  const item = present(
    items.find((candidate) => candidate['@name'] === name),
    name,
  );
  return String(at(read(await http.get<string>(String(item['@href']))), 'CatalogItem', 'Entity', '@href'));
}

const rasd = 'xmlns="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"';
const item = (type: number, quantity: number): string =>
  `<Item xmlns="http://schemas.dmtf.org/ovf/envelope/1"><InstanceID ${rasd}>${type - 2}</InstanceID><ResourceType ${rasd}>${type}</ResourceType><VirtualQuantity ${rasd}>${quantity}</VirtualQuantity></Item>`;

async function instantiate(name: string, cores = 1, memory = 512): Promise<AxiosResponse<string>> {
  const network = String(at(vdc, 'AvailableNetworks', 'Network', '@href'));
  const body =
    `<InstantiateVAppTemplateParams name="${name}" xmlns="http://www.vmware.com/vcloud/v0.8"><VAppTemplate href="${await template('debian-12')}"/>` +
    `<InstantiationParams><ProductSection/><VirtualHardwareSection>${item(3, cores)}${item(4, memory)}</VirtualHardwareSection>` +
    `<NetworkConfigSection><NetworkConfig><NetworkAssociation href="${network}"/></NetworkConfig></NetworkConfigSection></InstantiationParams></InstantiateVAppTemplateParams>`;
  return http.post<string>(`${vdcHref}/action/instantiatevAppTemplate`, body, {
    headers: { 'content-type': media('instantiateVAppTemplateParams') },
  });
}

const shown = async (href: string): Promise<Document> => read(await http.get<string>(href)).VApp as Document;
const inStatus = (href: string, status: string): Promise<Document> =>
  until(
    () => shown(href),
    (vApp) => vApp['@status'] === status,
  );
const power = (href: string, action: string): Promise<AxiosResponse<string>> =>
  http.post<string>(`${href}/power/action/${action}`);

async function made(name: string): Promise<string> {
  const href = String(at(read(await instantiate(name)), 'VApp', '@href'));
  await inStatus(href, '2');
  return href;
}

async function running(name: string): Promise<string> {
  const href = await made(name);
  await power(href, 'powerOn');
  await inStatus(href, '4');
  return href;
}

/** A request that is expected to change something, and the task it began. */
async function done(asked: Promise<AxiosResponse<string>>): Promise<unknown> {
  const answer = await asked;
  const href = String(at(read(answer), 'Task', '@href'));
  const task = await until(
    async () => at(read(await http.get<string>(href)), 'Task') as Document,
    (current) => current['@status'] !== 'running',
  );
  return [answer.status, task['@status']];
}

const configuration = (items: string): [string, object] => [
  `<VApp name="web" xmlns="http://www.vmware.com/vcloud/v0.8"><VirtualHardwareSection xmlns="http://schemas.dmtf.org/ovf/envelope/1">${items}</VirtualHardwareSection></VApp>`,
  { headers: { 'content-type': 'application/vnd.vmware.vCloud.vApp+xml' } },
];

it('gives a cookie for the password, and says what it refuses in a page', async () => {
  const refused = await logIn('guess');
  expect([refused.status, refused.data]).toEqual([401, expect.stringContaining('401 - Unauthorized')]);
  expect((await axios.get(vdcHref, { validateStatus: () => true, proxy: false })).status).toBe(401);
});

it('makes a vApp that stays off until it is powered on, and then answers', async () => {
  const answer = await instantiate('web-1', 2, 2048);
  expect([answer.status, at(read(answer), 'VApp', '@status')]).toEqual([200, '0']);
  const href = String(at(read(answer), 'VApp', '@href'));
  const vApp = await inStatus(href, '2');
  const items = at(vApp, 'VirtualHardwareSection', 'Item') as Document[];
  expect(items.map(({ ResourceType, VirtualQuantity }) => [ResourceType, VirtualQuantity])).toEqual([
    ['3', '2'],
    ['4', '2048'],
    ['17', '10485760'],
  ]);
  expect(await done(power(href, 'powerOn'))).toEqual([202, 'success']);
  const address = String(at(await inStatus(href, '4'), 'NetworkConnectionSection', 'NetworkConnection', 'IpAddress'));
  expect(await probe(address)).toMatchObject({ status: 'ok', type: 'c2-m2-d10' });
});

it('shows vApps in their vDC, with what is left of the quota', async () => {
  const href = await made('listed');
  const now = read(await http.get<string>(vdcHref)).Vdc as Document;
  const entities = at(now, 'ResourceEntities', 'ResourceEntity') as Document[];
  expect(entities.map((entity) => entity['@href'])).toContain(href);
  expect(at(now, 'ComputeCapacity', 'InstantiatedVmsQuota')).toEqual({ Limit: '100', Used: String(entities.length) });
});

it('minds no capitals in paths', async () => {
  const href = await made('capitals');
  expect((await http.get(href.replace('/vapp/', '/vApp/'))).status).toBe(200);
});

it.each([
  ['a name that is too long', 'a-name-that-is-too-long', 1, 512],
  ['a name that begins with a digit', '1st', 1, 512],
  ['three processors', 'three', 3, 512],
  ['an odd memory', 'odd', 1, 1000],
])('refuses %s', async (_, name, cores, memory) => {
  expect((await instantiate(name, cores, memory)).status).toBe(400);
});

it('powers off, resets and deletes, and says with 500 and in words when it cannot', async () => {
  const href = await running('power');
  const already = await power(href, 'powerOn');
  expect([already.status, already.data]).toEqual([500, expect.stringContaining('because it is already powered on')]);
  expect((await http.delete(href)).status).toBe(500);
  expect(await done(power(href, 'reset'))).toEqual([202, 'success']);
  expect(await done(power(href, 'powerOff'))).toEqual([202, 'success']);
  await inStatus(href, '2');
  expect((await power(href, 'shutdown')).data).toContain('because it is already powered off');
  expect((await http.delete(href)).status).toBe(202);
  expect(
    await until(
      async () => (await http.get(href)).status,
      (status) => status === 404,
    ),
  ).toBe(404);
});

it('says that a task is pending', async () => {
  await testbed.fault({ fault: 'slow-boot', cloud: 'terremark', delay_ms: 60_000 });
  const href = String(at(read(await instantiate('pending')), 'VApp', '@href'));
  const refused = await power(href, 'powerOn');
  expect([refused.status, refused.data]).toEqual([500, expect.stringContaining('pending task')]);
});

it('gives a vApp that is off other processors and memory', async () => {
  const href = await made('grow');
  expect(await done(http.put<string>(href, ...configuration(item(3, 4) + item(4, 8192))))).toEqual([202, 'success']);
  const items = at(await shown(href), 'VirtualHardwareSection', 'Item') as Document[];
  expect(at(items[0], 'VirtualQuantity')).toBe('4');
  await power(href, 'powerOn');
  await inStatus(href, '4');
  expect((await http.put(href, ...configuration(item(3, 1)))).status).toBe(500);
});

it.each([
  ['quota', 403, 'quota'],
  ['no-capacity', 409, 'insufficient'],
  ['server-error', 500, 'Internal server error'],
  ['region-down', 503, 'unavailable'],
  ['revoked', 401, 'Unauthorized'],
  ['rate-limit', 429, 'too many requests'],
] as const)('says %s with %i', async (fault, status, words) => {
  const late = fault === 'quota' || fault === 'no-capacity';
  await testbed.fault({ fault, cloud: 'terremark' });
  const answer = late ? await instantiate('unlucky') : await http.get<string>(vdcHref);
  expect([answer.status, answer.data]).toEqual([status, expect.stringContaining(words)]);
});

it('keeps a vApp that could not be made until it is deleted, and shows odd states as numbers', async () => {
  await testbed.fault({ fault: 'boot-error', cloud: 'terremark' });
  const href = String(at(read(await instantiate('stillborn')), 'VApp', '@href'));
  await inStatus(href, '-1');
  await testbed.http.post(`/control/instances/${href.split('/').at(-1) ?? ''}/state`, { state: 'MELTING' });
  expect((await shown(href))['@status']).toBe('97');
  expect((await http.delete(href)).status).toBe(202);
});

it('does not know what never was', async () => {
  expect((await http.get(`${endpointOf(account)}/api/v0.8/vapp/1`)).status).toBe(404);
  expect((await http.get(`${endpointOf(account)}/api/v0.8/moon/1`)).status).toBe(404);
});
