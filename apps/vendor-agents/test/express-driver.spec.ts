import { asVendorError } from '../src/vendor/vendor-error.js';
import { vendor as terremark } from '../src/vendors/terremark/index.js';
import { error, RecordedVcloud, xml } from './recorded-vcloud.js';

const token = '0f6a1f6e-5d0b-4f0e-9a61-6f2f6f1c2d3e';
const order = {
  name: 'web',
  region: 'Miami',
  zone: 'Miami',
  size: 'c2-m4-d10',
  image: '5',
  tags: { 'agency.placement': token, 'agency.installation': 'here' },
};
const type = (name: string): string => `application/vnd.vmware.vcloud.${name}+xml`;
const vcloud = 'xmlns="http://www.vmware.com/vcloud/v0.8"';

let cloud: RecordedVcloud;
let entities: string;
let tasks: string;

beforeEach(async () => {
  cloud = await RecordedVcloud.open(terremark, { username: 'ann@example.com', password: 'hunter2' });
  entities = tasks = '';
  const at = `${cloud.url}/api/v0.8`;
  const { answers } = cloud;
  answers['POST /api/v0.8/login'] = () =>
    xml(`<OrgList ${vcloud}><Org href="${at}/org/48" type="${type('org')}" name="shop"/></OrgList>`, 200, {
      'set-cookie': 'vcloud-token=37ce2715; path=/',
    });
  answers['GET /api/v0.8/org/48'] = () =>
    xml(
      `<Org ${vcloud} href="${at}/org/48" name="shop"><Link rel="down" href="${at}/vdc/32" type="${type('vdc')}" name="Miami"/>` +
        `<Link rel="down" href="${at}/vdc/32/catalog" type="${type('catalog')}" name="Miami Catalog"/>` +
        `<Link rel="down" href="${at}/tasksList/32" type="${type('tasksList')}" name="Tasks"/></Org>`,
    );
  answers['GET /api/v0.8/vdc/32'] = () =>
    xml(
      `<Vdc ${vcloud} href="${at}/vdc/32" name="Miami"><ComputeCapacity><InstantiatedVmsQuota><Limit>10</Limit><Used>4</Used></InstantiatedVmsQuota></ComputeCapacity>` +
        `<ResourceEntities>${entities}</ResourceEntities><AvailableNetworks><Network href="${at}/network/1708" name="10.114.34.128/26"/></AvailableNetworks></Vdc>`,
    );
  answers['GET /api/v0.8/tasksList/32'] = () => xml(`<TasksList ${vcloud}>${tasks}</TasksList>`);
});
afterEach(() => cloud.close());

const vapp = (status: string, processors = 2, memory = 4096) =>
  xml(
    `<VApp ${vcloud} href="${cloud.url}/api/v0.8/vApp/4012" type="${type('vApp')}" name="n" status="${status}" size="10485760">` +
      '<Section xmlns:xsi="x" xsi:type="NetworkConnectionSectionType"><NetworkConnection Name="n"><IpAddress>10.114.34.131</IpAddress></NetworkConnection></Section>' +
      `<Section xmlns:xsi="x" xsi:type="VirtualHardwareSection_Type"><Item><InstanceID>1</InstanceID><ResourceType>3</ResourceType><VirtualQuantity>${processors}</VirtualQuantity></Item>` +
      `<Item><InstanceID>2</InstanceID><ResourceType>4</ResourceType><VirtualQuantity>${memory}</VirtualQuantity></Item>` +
      '<Item><AddressOnParent>0</AddressOnParent><HostResource>10485760</HostResource><InstanceID>9</InstanceID><ResourceType>17</ResourceType><VirtualQuantity>10485760</VirtualQuantity></Item></Section></VApp>',
  );
const shows = (status: string, processors?: number, memory?: number) => {
  cloud.answers['GET /api/v0.8/vApp/4012'] = () => vapp(status, processors, memory);
};
const task = (status: string, start = '2026-01-01T00:00:00Z', inner = '') =>
  `<Task href="${cloud.url}/api/v0.8/task/1" status="${status}" startTime="${start}"><Owner href="${cloud.url}/api/v0.8/vapp/4012" type="${type('vApp')}"/>${inner}</Task>`;
const get = () => cloud.driver.get('Miami', '4012');
const reasonOf = async (call: Promise<unknown>) =>
  await call.then(
    () => undefined,
    (failure: unknown) => asVendorError(failure),
  );

it('logs in once, and carries the cookie', async () => {
  expect(await cloud.driver.regions()).toEqual(['Miami']);
  const [login] = cloud.asked('POST', '/api/v0.8/login');
  expect(login?.headers.authorization).toBe(`Basic ${Buffer.from('ann@example.com:hunter2').toString('base64')}`);
  expect(cloud.asked('GET', '/api/v0.8/org/48')[0]?.headers.cookie).toBe('vcloud-token=37ce2715');
  expect(await cloud.driver.quotas('Miami')).toEqual([{ of: 'machines', left: 6 }]);
});

it('sells 1, 2, 4 or 8 processors, and 512 MB or whole GB', async () => {
  const sizes = await cloud.driver.sizes('Miami');
  expect(new Set(sizes.map(({ cores }) => cores))).toEqual(new Set([1, 2, 4, 8]));
  expect(sizes.every(({ memory, disk }) => (memory === 0.5 || Number.isInteger(memory)) && disk === null)).toBe(true);
});

it('follows the catalog to the template of a portable name', async () => {
  const at = `${cloud.url}/api/v0.8`;
  cloud.answers['GET /api/v0.8/vdc/32/catalog'] = () =>
    xml(
      `<Catalog ${vcloud}><CatalogItems><CatalogItem href="${at}/catalogItem/9" name="Debian 12 (64-bit)"/></CatalogItems></Catalog>`,
    );
  cloud.answers['GET /api/v0.8/catalogItem/9'] = () =>
    xml(
      `<CatalogItem ${vcloud} href="${at}/catalogItem/9" name="Debian"><Entity href="${at}/vAppTemplate/5" type="${type('vAppTemplate')}"/></CatalogItem>`,
    );
  expect(await cloud.driver.image('debian-12', 'x64', 'Miami')).toBe('5');
});

it.each([
  ['0', '', 'building'],
  ['1', '', 'building'],
  ['2', '', 'inactive'],
  ['3', '', 'suspended'],
  ['4', '', 'active'],
  ['8', '', 'building'],
  ['MELTING', '', 'building'],
  ['2', 'running', 'building'],
  ['2', 'queued', 'building'],
  ['2', 'success', 'inactive'],
  ['2', 'error', 'error'],
])('shows a vApp of status %s with a task that is %j as %s', async (status, ran, state) => {
  shows(status);
  tasks = ran === '' ? '' : task('success') + task(ran, '2026-02-01T00:00:00Z', '<Error message="Not enough resources"/>');
  expect(await get()).toMatchObject({ vendorId: '4012', state, address: state === 'gone' ? null : '10.114.34.131' });
  if (state === 'error')
    expect((await get())?.fault).toEqual({ reason: 'no-capacity', code: null, message: 'Not enough resources' });
});

describe('creating', () => {
  beforeEach(() => {
    cloud.answers['POST /api/v0.8/vdc/32/action/instantiatevAppTemplate'] = () => vapp('0');
    cloud.answers['POST /api/v0.8/vApp/4012/power/action/powerOn'] = () =>
      xml(`<Task href="${cloud.url}/t" status="queued"/>`, 202);
    shows('2');
  });

  it('orders the hardware with the template, and switches the vApp on once it has been made', async () => {
    expect(await cloud.driver.create(order, token)).toMatchObject({ vendorId: '4012', state: 'building' });
    const body = cloud.asked('POST', '/api/v0.8/vdc/32/action/instantiatevAppTemplate')[0]?.body ?? '';
    expect(/ name="([a-z0-9]+)"/.exec(body)?.[1]).toMatch(/^[a-z][a-z0-9]{13}$/);
    expect(body).toContain(`<VAppTemplate href="${cloud.url}/api/v0.8/vAppTemplate/5"/>`);
    expect(body).toMatch(/ResourceType[^>]*>4<.*VirtualQuantity[^>]*>4096</);
    expect(cloud.asked('POST', '/api/v0.8/vApp/4012/power/action/powerOn')).toHaveLength(1);
  });

  it('finds by its name what an earlier try has made, and goes on with it', async () => {
    await cloud.driver.create(order, token);
    const body = cloud.asked('POST', '/api/v0.8/vdc/32/action/instantiatevAppTemplate')[0]?.body ?? '';
    entities = `<ResourceEntity href="${cloud.url}/api/v0.8/vApp/4012" type="${type('vApp')}" name="${/ name="([a-z0-9]+)"/.exec(body)?.[1] ?? ''}"/>`;
    expect(await cloud.driver.find('Miami', token)).toBeUndefined();
    await cloud.driver.create(order, token);
    expect(cloud.asked('POST', '/api/v0.8/vdc/32/action/instantiatevAppTemplate')).toHaveLength(1);
    tasks = task('running');
    expect(await cloud.driver.find('Miami', token)).toMatchObject({ vendorId: '4012', state: 'building' });
    await cloud.driver.create(order, token);
    expect(cloud.asked('POST', '/api/v0.8/vApp/4012/power/action/powerOn')).toHaveLength(2);
    expect(await cloud.driver.list('Miami', 'here')).toMatchObject([{ vendorId: '4012', placement: token }]);
    expect(await cloud.driver.list('Miami', 'there')).toEqual([]);
  });

  it('leaves nothing of what cannot be switched on', async () => {
    cloud.answers['POST /api/v0.8/vApp/4012/power/action/powerOn'] = () => error(400, 'X', 'There are not enough resources');
    cloud.answers['DELETE /api/v0.8/vApp/4012'] = () => ({ status: 202 });
    expect(await reasonOf(cloud.driver.create(order, token))).toMatchObject({ reason: 'no-capacity' });
    expect(cloud.asked('DELETE', '/api/v0.8/vApp/4012')).toHaveLength(1);
  });
});

it('switches a machine off before it deletes it', async () => {
  cloud.answers['POST /api/v0.8/vApp/4012/power/action/powerOff'] = () =>
    xml(`<Task href="${cloud.url}/t" status="queued"/>`, 202);
  cloud.answers['DELETE /api/v0.8/vApp/4012'] = () => ({ status: 202 });
  for (const status of ['4', '2']) {
    shows(status);
    await cloud.driver.delete('Miami', '4012');
  }
  expect(cloud.calls.filter((call) => /powerOff|DELETE/.test(call))).toEqual([
    'POST /api/v0.8/vApp/4012/power/action/powerOff',
    'DELETE /api/v0.8/vApp/4012',
  ]);
});

it('configures a machine while it is off, keeps its disks, and switches it on again', async () => {
  const accepted = () => xml(`<Task href="${cloud.url}/t" status="queued"/>`, 202);
  for (const action of ['powerOff', 'powerOn']) cloud.answers[`POST /api/v0.8/vApp/4012/power/action/${action}`] = accepted;
  cloud.answers['PUT /api/v0.8/vApp/4012'] = () => ({ status: 202 });
  const resize = async () => await cloud.driver.operations?.resize('Miami', '4012', 'c4-m4-d10');
  const steps = [];
  for (const [status, processors] of [
    ['4', 2],
    ['2', 2],
    ['2', 4],
    ['4', 4],
    ['2', 4],
  ] as const) {
    shows(status, processors);
    steps.push(await resize());
  }
  expect(steps).toEqual([false, false, false, true, true]);
  const [sent] = cloud.asked('PUT', '/api/v0.8/vApp/4012');
  expect(sent?.headers['content-type']).toBe(type('vApp'));
  expect(sent?.body).toMatch(/ResourceType[^>]*>17<.*VirtualQuantity[^>]*>10485760</);
});

it('reads the page that says what is wrong', async () => {
  const page = (title: string, words: string, status: number) => () => ({
    status,
    headers: { 'content-type': 'text/html' },
    body: `<html><head><title>${title}</title></head><body><h2>${title}</h2><p>${words}</p></body></html>`,
  });
  const start = async () => await reasonOf(cloud.driver.operations?.act('Miami', '4012', 'start', false) ?? Promise.resolve());
  shows('4');
  const asked = 'POST /api/v0.8/vApp/4012/power/action/powerOn';
  cloud.answers[asked] = page('500', 'It cannot be done because it is already powered on.', 500);
  expect(await start()).toMatchObject({ reason: 'conflict', message: '500 It cannot be done because it is already powered on.' });
  cloud.answers[asked] = page('500', 'There is a problem with the resource.', 500);
  expect(await start()).toMatchObject({ reason: 'unavailable' });
  cloud.answers[asked] = page('401 - Unauthorized', 'not enough rights', 401);
  expect(await start()).toMatchObject({ reason: 'bad-credentials' });
});

it('suspends nothing', async () => {
  shows('4');
  expect(await reasonOf(cloud.driver.operations?.act('Miami', '4012', 'suspend', false) ?? Promise.resolve())).toMatchObject({
    reason: 'invalid-request',
  });
});
