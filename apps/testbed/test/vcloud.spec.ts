import type { Account } from '@cloud-agency/runtime';
import axios from 'axios';
import { endpointOf, probe, runTestbed, type RunningTestbed, temporaryDirectory, until } from './harness.js';
import { at, type Document, itemOf, logIn, read, refusalOf, VCloudClient, vcloudNamespace } from './vcloud-client.js';

let testbed: RunningTestbed;
let account: Account;
let client: VCloudClient;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['vcloud', 'arctur'] });
  account = await testbed.account('vcloud');
  client = await VCloudClient.open(account);
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const machineOf = async (vApp: string): Promise<string> => String(client.machine(await client.vApp(vApp))['@href']);
const records = async (query: string, type = 'VAppRecord'): Promise<Document[]> => {
  const answer = read(await client.get(`${endpointOf(account)}${query}`));
  return (at(answer, 'QueryResultRecords', type) ?? []) as Document[];
};

describe('sessions', () => {
  it('begin with a password, and refuse a wrong one, a user without an organization and no credentials with 401', async () => {
    expect((await logIn(account)).status).toBe(200);
    expect((await logIn(account, 'guess')).status).toBe(401);
    const alone = { ...account, credentials: { ...account.credentials, organization: '' } };
    expect((await logIn(alone)).status).toBe(401);
    const bare = await axios.get(client.vdc, {
      headers: { accept: 'application/*+xml;version=1.5' },
      validateStatus: () => true,
      proxy: false,
    });
    expect([bare.status, bare.headers['www-authenticate']]).toEqual([401, expect.stringContaining('Basic')]);
  });

  it('are of one cloud, and end', async () => {
    const arctur = await VCloudClient.open(await testbed.account('arctur'));
    expect((await arctur.get(client.vdc)).status).toBe(401);
    expect((await arctur.http.delete(`${endpointOf(await testbed.account('arctur'))}/session`)).status).toBe(204);
    expect((await arctur.get(arctur.vdc)).status).toBe(401);
  });

  it('need the version of the API with every request', async () => {
    const answer = await client.http.get<string>(client.vdc, { headers: { accept: '*/*' } });
    expect(refusalOf(answer)).toEqual([406, 'NOT_ACCEPTABLE']);
    const versions = await axios.get<string>(`${endpointOf(account)}/versions`, { proxy: false });
    expect(at(read(versions), 'SupportedVersions', 'VersionInfo', 'Version')).toBe('1.5');
  });
});

describe('a vApp', () => {
  it('is made of a template, runs, is undeployed and deleted, each by a task', async () => {
    const made = await client.instantiate('web-1', { powerOn: true });
    expect(made.status).toBe(201);
    expect(at(read(made), 'VApp')).toMatchObject({ '@status': '0', '@deployed': 'false', '@name': 'web-1' });
    expect(at(read(made), 'VApp', 'Children')).toBeUndefined();
    expect(at(read(made), 'VApp', 'Tasks', 'Task', 0, '@status')).toBe('running');
    const href = String(at(read(made), 'VApp', '@href'));
    const vm = client.machine(await client.inStatus(href, '4'));
    const address = String(at(vm, 'NetworkConnectionSection', 'NetworkConnection', 'IpAddress'));
    expect(await probe(address)).toMatchObject({ status: 'ok', cloud: 'vcloud' });
    expect(refusalOf(await client.http.delete<string>(href))).toEqual([409, 'CONFLICT']);
    expect(await client.done(await client.undeploy(href))).toBe('success');
    expect(await client.vApp(href)).toMatchObject({ '@status': '8', '@deployed': 'false' });
    expect(await probe(address)).toBe('refused');
    expect(await client.done(await client.http.delete<string>(href))).toBe('success');
    expect(refusalOf(await client.get(href))).toEqual([403, 'ACCESS_TO_RESOURCE_IS_FORBIDDEN']);
  });

  it('has a name of its own, a template that is there and sections in the order of the schema', async () => {
    await client.made('twin', false);
    expect(refusalOf(await client.instantiate('twin'))).toEqual([400, 'DUPLICATE_NAME']);
    const nowhere = `${endpointOf(account)}/vAppTemplate/vappTemplate-0`;
    expect(refusalOf(await client.instantiate('lost', { template: nowhere }))).toEqual([400, 'INVALID_REFERENCE']);
    const href = `${client.vdc}/action/instantiateVAppTemplate`;
    const source = `<Source href="${await client.template('debian-12')}"/>`;
    const late = `<InstantiateVAppTemplateParams ${vcloudNamespace} name="late">${source}<Description/></InstantiateVAppTemplateParams>`;
    expect(refusalOf(await client.send('POST', href, 'instantiateVAppTemplateParams', late))).toEqual([400, 'BAD_REQUEST']);
    expect(refusalOf(await client.send('POST', href, 'vApp', late))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    const hardware = '<InstantiationParams><VirtualHardwareSection/></InstantiationParams>';
    const greedy = `<InstantiateVAppTemplateParams ${vcloudNamespace} name="greedy">${hardware}${source}</InstantiateVAppTemplateParams>`;
    expect(refusalOf(await client.send('POST', href, 'instantiateVAppTemplateParams', greedy))).toEqual([400, 'BAD_REQUEST']);
  });

  it('is powered off, on, reset, suspended and resumed, and says when it cannot be', async () => {
    const href = await client.made('power');
    expect(refusalOf(await client.power(href, 'powerOn'))).toEqual([409, 'CONFLICT']);
    expect(await client.done(await client.power(href, 'reset'))).toBe('success');
    await client.done(await client.power(href, 'suspend'));
    await client.inStatus(href, '3');
    await client.done(await client.power(href, 'powerOn'));
    await client.inStatus(href, '4');
    await client.done(await client.power(await machineOf(href), 'powerOff'));
    expect(await client.inStatus(href, '8')).toMatchObject({ '@deployed': 'true' });
    expect(refusalOf(await client.power(href, 'shutdown'))).toEqual([409, 'CONFLICT']);
    await client.done(await client.undeploy(href));
    expect(refusalOf(await client.undeploy(href))).toEqual([409, 'CONFLICT']);
  });

  it('is busy while something is being done to it', async () => {
    await testbed.fault({ fault: 'slow-boot', cloud: 'vcloud', delay_ms: 60_000 });
    const href = String(at(read(await client.instantiate('busy', { powerOn: true })), 'VApp', '@href'));
    expect(refusalOf(await client.undeploy(href))).toEqual([400, 'BUSY_ENTITY']);
    expect(refusalOf(await client.http.delete<string>(href))).toEqual([400, 'BUSY_ENTITY']);
  });

  it('gives up what it was suspended with when it is undeployed', async () => {
    const href = await client.made('asleep');
    await client.done(await client.power(href, 'suspend'));
    expect(await client.done(await client.undeploy(href))).toBe('success');
    await client.inStatus(href, '8');
  });

  it('gets processors, memory and disk while its machine is powered off', async () => {
    const href = await client.made('grow', false);
    const vm = await machineOf(href);
    expect(await client.done(await client.send('PUT', `${vm}/virtualHardwareSection/cpu`, 'rasdItem', itemOf(3, 2)))).toBe(
      'success',
    );
    await client.send('PUT', `${vm}/virtualHardwareSection/memory`, 'rasdItem', itemOf(4, 4096));
    const disks = (await client.get(`${vm}/virtualHardwareSection/disks`)).data;
    const resized = (megabytes: number): string => disks.replace(/vcloud:capacity="\d+"/, `vcloud:capacity="${megabytes}"`);
    await client.send('PUT', `${vm}/virtualHardwareSection/disks`, 'rasdItemsList', resized(51_200));
    const shown = read(await client.get(`${vm}/virtualHardwareSection/cpu`));
    expect(at(shown, 'Item', 'VirtualQuantity')).toBe('2');
    const { data } = await testbed.http.get<{ name: string; type: string }[]>('/control/instances', {
      params: { cloud: 'vcloud' },
    });
    expect(data.find(({ name }) => name === 'grow')?.type).toBe('c2-m4-d50');
    const smaller = await client.send('PUT', `${vm}/virtualHardwareSection/disks`, 'rasdItemsList', resized(1024));
    expect(refusalOf(smaller)).toEqual([400, 'BAD_REQUEST']);
    const odd = await client.send('PUT', `${vm}/virtualHardwareSection/memory`, 'rasdItem', itemOf(4, 1023));
    expect(refusalOf(odd)).toEqual([400, 'BAD_REQUEST']);
    await client.power(href, 'powerOn');
    await client.inStatus(href, '4');
    const running = await client.send('PUT', `${vm}/virtualHardwareSection/cpu`, 'rasdItem', itemOf(3, 1));
    expect(refusalOf(running)).toEqual([409, 'CONFLICT']);
  });

  it('takes a script for its first boot, properties and metadata', async () => {
    const vm = await machineOf(await client.made('dressed', false));
    const script = `<GuestCustomizationSection ${vcloudNamespace}><ovf:Info/><Enabled>true</Enabled><CustomizationScript>#!/bin/sh</CustomizationScript><ComputerName>web-7</ComputerName></GuestCustomizationSection>`;
    await client.send('PUT', `${vm}/guestCustomizationSection/`, 'guestCustomizationSection', script);
    const shown = read(await client.get(`${vm}/guestCustomizationSection`));
    expect(at(shown, 'GuestCustomizationSection')).toMatchObject({ ComputerName: 'web-7', CustomizationScript: '#!/bin/sh' });
    const product = `<ProductSectionList ${vcloudNamespace}><ovf:ProductSection><ovf:Info/><ovf:Property ovf:type="string" ovf:key="user-data" ovf:value="I2Nsb3Vk"/></ovf:ProductSection></ProductSectionList>`;
    expect((await client.send('PUT', `${vm}/productSections/`, 'productSections', product)).status).toBe(202);
    const properties = at(read(await client.get(`${vm}/productSections`)), 'ProductSectionList', 'ProductSection', 'Property');
    expect(properties).toMatchObject({ '@key': 'user-data', '@value': 'I2Nsb3Vk' });
    const entry = `<Metadata ${vcloudNamespace}><MetadataEntry><Key>placement</Key><Value>p-1</Value></MetadataEntry></Metadata>`;
    expect((await client.send('POST', `${vm}/metadata`, 'metadata', entry)).status).toBe(202);
    expect(at(read(await client.get(`${vm}/metadata/placement`)), 'MetadataValue', 'Value')).toBe('p-1');
    expect((await client.get(`${vm}/metadata/other`)).status).toBe(404);
  });
});

describe('a capture', () => {
  it('is of an undeployed vApp, and can be instantiated once it is in a catalog', async () => {
    const href = await client.made('golden');
    const wish = `<CaptureVAppParams ${vcloudNamespace} name="mine"><Description/><Source href="${href}"/></CaptureVAppParams>`;
    const capture = () => client.send('POST', `${client.vdc}/action/captureVApp`, 'captureVAppParams', wish);
    expect(refusalOf(await capture())).toEqual([409, 'CONFLICT']);
    await client.done(await client.undeploy(href));
    const captured = await capture();
    expect([captured.status, at(read(captured), 'VAppTemplate', '@status')]).toEqual([201, '0']);
    const template = String(at(read(captured), 'VAppTemplate', '@href'));
    await until(
      async () => at(read(await client.get(template)), 'VAppTemplate', '@status'),
      (status) => status === '8',
    );
    expect(refusalOf(await client.instantiate('copy', { template }))).toEqual([400, 'INVALID_REFERENCE']);
    const item = `<CatalogItem ${vcloudNamespace} name="mine"><Entity href="${template}"/></CatalogItem>`;
    const [published, own] = client.catalogs as [string, string];
    expect((await client.send('POST', `${published}/catalogItems`, 'catalogItem', item)).status).toBe(403);
    expect((await client.send('POST', `${own}/catalogItems`, 'catalogItem', item)).status).toBe(201);
    expect(await client.template('mine')).toBe(template);
    expect((await client.instantiate('copy', { template })).status).toBe(201);
  });
});

describe('the query service', () => {
  it('finds vApps by name, and machines in vApps and templates', async () => {
    await client.made('needle', false);
    expect(await records('/query?type=vApp&filter=name==need*')).toMatchObject([
      { '@name': 'needle', '@status': 'POWERED_OFF', '@isDeployed': 'false', '@vdcName': 'palo-alto' },
    ]);
    expect(await records('/vApps/query?filter=(name==needle;status==POWERED_ON)')).toEqual([]);
    const machines = await records('/query?type=vm&pageSize=128', 'VMRecord');
    expect(new Set(machines.map((vm) => vm['@isVAppTemplate']))).toEqual(new Set(['true', 'false']));
  });

  it('comes in pages, each with the way to the next', async () => {
    for (const name of ['page-1', 'page-2', 'page-3']) await client.instantiate(name);
    await testbed.fault({ fault: 'short-pages', cloud: 'vcloud' });
    const names: unknown[] = [];
    let href: string | undefined = `${endpointOf(account)}/query?type=vApp&filter=name==page-*`;
    while (href !== undefined) {
      const answer = at(read(await client.get(href)), 'QueryResultRecords') as Document;
      names.push(...(answer.VAppRecord as Document[]).map((record) => record['@name']));
      const links = (answer.Link ?? []) as Document[];
      href = links.find((link) => link['@rel'] === 'nextPage')?.['@href'] as string | undefined;
    }
    expect(names).toEqual(['page-1', 'page-2', 'page-3']);
  });

  it.each(['?type=machine', '?type=vApp&filter=colour==red', '?type=vApp&page=99', '?type=vApp&pageSize=none'])(
    'refuses %s',
    async (query) => {
      expect(refusalOf(await client.get(`${endpointOf(account)}/query${query}`))).toEqual([400, 'BAD_REQUEST']);
    },
  );
});

describe('what goes wrong', () => {
  it.each([
    ['quota', [400, 'QUOTA_EXCEEDED']],
    ['no-capacity', [400, 'INSUFFICIENT_RESOURCES']],
    ['server-error', [500, 'INTERNAL_SERVER_ERROR']],
    ['region-down', [503, 'SERVICE_UNAVAILABLE']],
    ['rate-limit', [429, 'TOO_MANY_REQUESTS']],
  ] as const)('says %s in its own words', async (fault, refusal) => {
    const template = await client.template('debian-12');
    const after = fault === 'quota' || fault === 'no-capacity' ? 0 : 1;
    await testbed.fault({ fault, cloud: 'vcloud', after });
    expect(refusalOf(await client.instantiate('unlucky', { template }))).toEqual(refusal);
  });

  it('refuses credentials that are revoked as it refuses wrong ones', async () => {
    await testbed.fault({ fault: 'revoked', cloud: 'vcloud' });
    expect([(await logIn(account)).status, (await client.get(client.vdc)).status]).toEqual([401, 401]);
  });

  it('keeps a vApp that could not be made, with the error of its task, until it is deleted', async () => {
    await testbed.fault({ fault: 'boot-error', cloud: 'vcloud' });
    const href = String(at(read(await client.instantiate('stillborn')), 'VApp', '@href'));
    const failed = await until(
      () => client.vApp(href),
      (vApp) => vApp['@status'] === '-1',
    );
    expect(at(failed, 'Tasks', 'Task', 0, 'Error', '@message')).toContain('failed to boot');
    expect((await client.http.delete(href)).status).toBe(202);
  });

  it('shows a state of nobody’s as a number', async () => {
    const href = await client.made('odd');
    const id = href.split('/').at(-1) ?? '';
    await testbed.http.post(`/control/instances/${id}/state`, { state: 'MELTING' });
    expect((await client.vApp(href))['@status']).toBe('97');
  });
});

it('keeps vApps, catalog items and tasks over a restart', async () => {
  const directory = temporaryDirectory();
  const first = await runTestbed({ clouds: ['vcloud'], directory });
  const before = await VCloudClient.open(await first.account('vcloud'));
  const href = new URL(await before.made('lasting')).pathname;
  await first.stop();
  const second = await runTestbed({ clouds: ['vcloud'], directory });
  const after = await VCloudClient.open(await second.account('vcloud'));
  expect(await after.vApp(`${second.url}${href}`)).toMatchObject({ '@name': 'lasting', '@status': '4', '@deployed': 'true' });
  await second.stop();
});
