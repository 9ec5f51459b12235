/** What a client of the SoftLayer face gets. */
import type { Account } from '@cloud-agency/runtime';
import { credentialOf, endpointOf, probe, runTestbed, type RunningTestbed, until } from './harness.js';
import { post, rpc, type RpcReply } from './xml-rpc-client.js';

let testbed: RunningTestbed;
let account: Account;
let authenticate: Record<string, string>;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['softlayer'] });
  account = await testbed.account('softlayer');
  authenticate = { username: credentialOf(account, 'username'), apiKey: credentialOf(account, 'api_key') };
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

type Struct = Readonly<Record<string, unknown>> & { readonly id: number };

const call = async (service: string, method: string, headers: object = {}, ...params: readonly unknown[]): Promise<RpcReply> =>
  await rpc(`${endpointOf(account)}/SoftLayer_${service}`, method, { headers: { authenticate, ...headers } }, ...params);
const value = async <T = Struct>(...[service, method, headers, ...params]: Parameters<typeof call>): Promise<T> => {
  const reply = await call(service, method, headers, ...params);
  if (reply.fault) throw new Error(`${String(reply.fault.faultCode)}: ${reply.fault.faultString}`);
  return reply.value as T;
};
const on = (id: number, mask = ''): object => ({
  SoftLayer_Virtual_GuestInitParameters: { id },
  ...(mask === '' ? {} : { SoftLayer_ObjectMask: { mask: `mask[${mask}]` } }),
});
const template = (change: object = {}): object => ({
  hostname: 'web',
  domain: 'example.com',
  startCpus: 2,
  maxMemory: 4096,
  hourlyBillingFlag: true,
  localDiskFlag: true,
  datacenter: { name: 'dal05' },
  operatingSystemReferenceCode: 'DEBIAN_12_64',
  ...change,
});
const create = async (change: object = {}): Promise<RpcReply> =>
  await call('Virtual_Guest', 'createObject', {}, template(change));
const guest = async (
  id: number,
  mask = 'id,provisionDate,powerState,activeTransaction[transactionStatus[name]]',
): Promise<Struct> => await value('Virtual_Guest', 'getObject', on(id, mask));
const settled = async (id: number, power: string): Promise<Struct> =>
  await until(
    () => guest(id),
    ({ provisionDate, powerState, activeTransaction }) =>
      provisionDate !== undefined && activeTransaction === undefined && (powerState as Struct).keyName === power,
  );
const made = async (change: object = {}): Promise<number> => {
  const { id } = (await create(change)).value as Struct;
  await settled(id, 'RUNNING');
  return id;
};

it('tells what an instance can be made of, and what each part costs an hour', async () => {
  expect(await value('Virtual_Guest', 'getCreateObjectOptions')).toMatchObject({
    processors: [
      { itemPrice: { hourlyRecurringFee: '.02' }, template: { startCpus: 1 } },
      { itemPrice: { hourlyRecurringFee: '.04' }, template: { startCpus: 2 } },
      {},
      {},
      {},
    ],
    datacenters: [{ template: { datacenter: { name: 'dal05' } } }, { template: { datacenter: { name: 'ams01' } } }],
  });
  const { operatingSystems } = await value<{ operatingSystems: { template: object }[] }>(
    'Virtual_Guest',
    'getCreateObjectOptions',
  );
  expect(operatingSystems.map((system) => system.template)).toContainEqual({ operatingSystemReferenceCode: 'UBUNTU_22_64' });
});

it('makes a guest that is halted until it is provisioned; it answers, and is reclaimed', async () => {
  await testbed.fault({ cloud: 'softlayer', fault: 'slow-boot', delay_ms: 6_000 });
  const created = (await create()).value as Struct;
  expect(created).toMatchObject({ hostname: 'web', fullyQualifiedDomainName: 'web.example.com', maxCpu: 2, maxMemory: 4096 });
  expect(created).not.toHaveProperty('powerState');
  expect(await guest(created.id)).toEqual({
    id: created.id,
    powerState: { keyName: 'HALTED', name: 'Halted' },
    activeTransaction: {
      id: expect.any(Number) as number,
      transactionStatus: { name: 'ASSIGN_HOST', friendlyName: 'Assign Host' },
    },
  });
  expect((await call('Virtual_Guest', 'deleteObject', on(created.id))).fault?.faultString).toContain('outstanding transaction');
  await settled(created.id, 'RUNNING');
  const { primaryIpAddress: address, billingItem } = await guest(created.id, 'primaryIpAddress,billingItem.hourlyRecurringFee');
  expect(billingItem).toMatchObject({ hourlyRecurringFee: '.08' });
  expect(await probe(String(address))).toMatchObject({ instance: String(created.id), type: 'c2-m4-d25' });
  expect(await value('Virtual_Guest', 'deleteObject', on(created.id))).toBe(true);
  await until(
    () => call('Virtual_Guest', 'getObject', on(created.id)),
    ({ fault }) => fault?.faultCode === 'SoftLayer_Exception_ObjectNotFound',
  );
});

it('turns a guest off and on, reboots, pauses and resumes it', async () => {
  const id = await made();
  for (const [method, power] of [
    ['powerOffSoft', 'HALTED'],
    ['powerOn', 'RUNNING'],
    ['pause', 'PAUSED'],
    ['resume', 'RUNNING'],
    ['powerOff', 'HALTED'],
    ['powerOn', 'RUNNING'],
  ] as const) {
    await until(
      () => call('Virtual_Guest', method, on(id)),
      ({ value: done }) => done === true,
    );
    await settled(id, power);
  }
  expect((await call('Virtual_Guest', 'resume', on(id))).fault).toBeDefined();
  await until(
    () => call('Virtual_Guest', 'rebootHard', on(id)),
    ({ value: done }) => done === true,
  );
});

it('upgrades a guest by the prices of its new parts', async () => {
  const id = await made();
  const prices = await value<Struct[]>(
    'Virtual_Guest',
    'getUpgradeItemPrices',
    on(id, 'id,categories[categoryCode],item[capacity]'),
    true,
  );
  const priceOf = (code: string, capacity: string): number | undefined =>
    prices.find(
      ({ categories, item }) =>
        (categories as Struct[])[0]?.categoryCode === code && (item as { capacity: string }).capacity === capacity,
    )?.id;
  const order = {
    complexType: 'SoftLayer_Container_Product_Order_Virtual_Guest_Upgrade',
    virtualGuests: [{ id }],
    prices: [{ id: priceOf('guest_core', '4') }, { id: priceOf('ram', '8') }],
    properties: [{ name: 'MAINTENANCE_WINDOW', value: '2026-10-01 00:00:00+0000' }],
  };
  expect((await call('Product_Order', 'placeOrder', {}, { ...order, prices: [{ id: 1 }] })).fault).toMatchObject({
    faultCode: 'SoftLayer_Exception_Order_Item_Invalid',
  });
  expect(await value('Product_Order', 'placeOrder', {}, order)).toHaveProperty('orderId');
  await until(
    () => guest(id, 'maxCpu,maxMemory'),
    ({ maxCpu, maxMemory }) => maxCpu === 4 && maxMemory === 8192,
  );
});

it('lists guests by filter and result limit, and says how many there are', async () => {
  const [first, second] = [
    await made({ hostname: 'listed-1' }),
    await made({ hostname: 'listed-2', datacenter: { name: 'ams01' } }),
  ];
  const list = async (virtualGuests: object, headers: object = {}) =>
    await call('Account', 'getVirtualGuests', { SoftLayer_AccountObjectFilter: { virtualGuests }, ...headers });
  const byName = { hostname: { operation: '^= listed' } };
  const page = await list(byName, { resultLimit: { limit: 1, offset: 1 } });
  expect(page.value).toMatchObject([{ id: second }]);
  expect(page.headers['softlayer-total-items']).toBe('2');
  expect((await list({ ...byName, datacenter: { name: { operation: 'dal05' } } })).value).toMatchObject([{ id: first }]);
  expect(await value('Virtual_Guest', 'setTags', on(first), 'agency.shop, blue')).toBe(true);
  const tagged = { tagReferences: { tag: { name: { operation: 'in', options: [{ name: 'data', value: ['blue'] }] } } } };
  expect((await list(tagged)).value).toMatchObject([{ id: first }]);
  expect((await call('Virtual_Guest', 'setTags', on(first), 'a=b')).fault).toBeDefined();
  await testbed.fault({ cloud: 'softlayer', fault: 'short-pages' });
  expect((await list({})).value).toHaveLength(2);
});

it('makes an image of a guest, and guests of the image', async () => {
  const id = await made();
  await value('Virtual_Guest', 'createArchiveTransaction', on(id), 'golden', [{ device: '0' }], 'note');
  const groups = async (): Promise<Struct[]> =>
    await value<Struct[]>('Account', 'getBlockDeviceTemplateGroups', {
      SoftLayer_ObjectMask: { mask: 'mask[globalIdentifier,name,note,transaction]' },
    });
  const [image] = await until(groups, ([group]) => group?.transaction === undefined);
  expect(image).toMatchObject({ name: 'golden', note: 'note' });
  const change = {
    operatingSystemReferenceCode: undefined,
    blockDeviceTemplateGroup: { globalIdentifier: image?.globalIdentifier },
  };
  const of = Object.fromEntries(Object.entries(template(change)).filter(([, member]) => member !== undefined));
  expect((await call('Virtual_Guest', 'createObject', {}, of)).value).toHaveProperty('id');
});

it('keeps keys, and lets them in', async () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0y shop';
  const { id } = await value('Security_Ssh_Key', 'createObject', {}, { key, label: 'shop' });
  expect(await value('Account', 'getSshKeys')).toMatchObject([{ id, label: 'shop', key }]);
  expect((await create({ sshKeys: [{ id }], userData: [{ value: 'hello' }] })).value).toHaveProperty('id');
  expect((await create({ sshKeys: [{ id: 1 }] })).fault).toMatchObject({ faultCode: 'SoftLayer_Exception_ObjectNotFound' });
});

it('shows a guest that could not be provisioned as disconnected, with nothing going on', async () => {
  await testbed.fault({ cloud: 'softlayer', fault: 'boot-error' });
  const { id } = (await create()).value as Struct;
  const failed = await until(
    () => guest(id, 'status,provisionDate,activeTransaction'),
    ({ activeTransaction }) => activeTransaction === undefined,
  );
  expect(failed).toEqual({ status: { keyName: 'DISCONNECTED', name: 'Disconnected' } });
  expect(await value('Virtual_Guest', 'deleteObject', on(id))).toBe(true);
});

it.each([
  ['no-capacity', 200, /insufficient resources behind router/],
  ['quota', 200, /reached its limit/],
  ['server-error', 500, /Internal Error/],
  ['region-down', 503, /try again later/],
  ['rate-limit', 429, /Rate limit/],
  ['revoked', 200, /Invalid API token/],
])('tells %s apart', async (fault, status, words) => {
  await testbed.fault({ cloud: 'softlayer', fault });
  const reply = await create();
  expect(reply.status).toBe(status);
  expect(reply.fault?.faultString).toMatch(words);
});

it.each([
  ['a guest without a domain', { domain: '' }, 'MissingCreationProperty'],
  ['a guest of no data centre', { datacenter: {} }, 'MissingCreationProperty'],
  ['an unknown data centre', { datacenter: { name: 'mars01' } }, 'Order_InvalidLocation'],
  ['three cores', { startCpus: 3 }, 'NotFound'],
  ['a host name that is none', { hostname: 'no_such_name' }, 'InvalidValue'],
  ['an unknown system', { operatingSystemReferenceCode: 'CPM_2_8' }, 'InvalidValue'],
])('refuses %s', async (_, change, faultCode) => {
  expect((await create(change)).fault).toMatchObject({ faultCode: `SoftLayer_Exception_${faultCode}` });
});

it('refuses strangers, methods that there are not and documents that call nothing', async () => {
  const url = `${endpointOf(account)}/SoftLayer_Account`;
  expect((await rpc(url, 'getObject')).fault?.faultString).toBe('No valid authentication found');
  const wrong = { headers: { authenticate: { ...authenticate, apiKey: 'not-the-one' } } };
  expect((await rpc(url, 'getObject', wrong)).fault?.faultString).toBe('Invalid API token.');
  expect((await call('Account', 'levitate')).fault?.faultString).toContain('"levitate"');
  expect((await post(url, '<methodCall/>')).fault).toMatchObject({ faultCode: -32_700 });
});
