/** What SoftLayer may answer, odd things included. The documents are after SLDN and the fixtures of softlayer-python. */
import { installationMark } from '../src/vendor/machine-label.js';
import { installationTag, type VendorDriver } from '../src/vendor/port.js';
import { asVendorError } from '../src/vendor/vendor-error.js';
import type { RpcValue } from '../src/vendor/xml-rpc.js';
import { vendor } from '../src/vendors/softlayer/index.js';
import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';
import { fault, methodOf, paramsOf, value } from './recorded-rpc.js';

const key = 'planted-api-key';
const token = '11111111-2222-4333-8444-555555555555';
const label = `web-${installationMark('ours')}-${token}`;
const now = Date.parse('2026-03-01T12:00:00Z');

interface Asked {
  readonly call: string;
  readonly headers: Readonly<Record<string, RpcValue>>;
  readonly args: readonly RpcValue[];
}

let cloud: RecordedCloud;
let driver: VendorDriver;
let answers: Record<string, (asked: Asked) => Recorded>;

function askedIn(seen: Seen): Asked {
  const [first, ...args] = paramsOf(seen);
  const { headers } = first as { readonly headers: Asked['headers'] };
  return { call: `${seen.url.split('/').at(-1) ?? ''}::${methodOf(seen)}`, headers, args };
}

const asked = (call: string): readonly Asked[] => cloud.seen.map(askedIn).filter((one) => one.call === call);

beforeEach(async () => {
  answers = { 'SoftLayer_Virtual_Guest::setTags': () => value(true) };
  cloud = await RecordedCloud.open((seen) => {
    const one = askedIn(seen);
    return answers[one.call]?.(one) ?? fault('-32601', `${one.call} is not there`);
  });
  const credentials = { username: 'someone', api_key: key };
  const account = { vendor: 'softlayer', name: 'test', endpoint: `${cloud.url}/xmlrpc/v3/`, regions: ['ams01'], credentials };
  driver = vendor.connect(account, { http: testHttp(), now: () => now });
});
afterEach(async () => {
  driver.close();
  await cloud.close();
});

const option = (template: RpcValue, hourlyRecurringFee: string | null, description = ''): RpcValue => ({
  itemPrice: { item: { description }, ...(hourlyRecurringFee === null ? {} : { hourlyRecurringFee }), recurringFee: '29' },
  template,
});
const disk = (capacity: number, device = '0', localDiskFlag = true): RpcValue => ({
  blockDevices: [{ device, diskImage: { capacity } }],
  localDiskFlag,
});
const options = {
  datacenters: [{ template: { datacenter: { name: 'ams01' } } }, { template: { datacenter: { name: 'dal05' } } }],
  processors: [
    option({ startCpus: 1 }, '.07'),
    option({ startCpus: 2 }, '.14'),
    option({ startCpus: 2, dedicatedAccountHostOnlyFlag: true }, '.01'),
  ],
  memory: [option({ maxMemory: 1_024 }, '.03'), option({ maxMemory: 32_768 }, '.9'), option({ maxMemory: 4_096 }, null)],
  blockDevices: [option(disk(25), '0'), option(disk(100, '2'), '.01'), option(disk(50, '0', false), '0')],
  operatingSystems: [
    option(
      { operatingSystemReferenceCode: 'DEBIAN_12_32' },
      '0',
      'Debian GNU/Linux 12.0 Bookworm/Stable - Minimal Install (32 bit)',
    ),
    option(
      { operatingSystemReferenceCode: 'DEBIAN_12_64' },
      '0',
      'Debian GNU/Linux 12.0 Bookworm/Stable - Minimal Install (64 bit)',
    ),
    option(
      { operatingSystemReferenceCode: 'UBUNTU_22_64' },
      '0',
      'Ubuntu Linux 22.04 LTS Jammy Jellyfish - Minimal Install (64 bit)',
    ),
  ],
};
const getCreateObjectOptions = 'SoftLayer_Virtual_Guest::getCreateObjectOptions';
const getObject = 'SoftLayer_Virtual_Guest::getObject';
const getVirtualGuests = 'SoftLayer_Account::getVirtualGuests';

const guest = (change: Record<string, RpcValue> = {}): Record<string, RpcValue> => ({
  id: 100,
  hostname: label,
  provisionDate: '2026-02-01T15:23:45-06:00',
  powerState: { keyName: 'RUNNING', name: 'Running' },
  status: { keyName: 'ACTIVE', name: 'Active' },
  primaryIpAddress: '172.16.240.2',
  primaryBackendIpAddress: '10.45.19.37',
  startCpus: 1,
  maxMemory: 1_024,
  blockDevices: [
    { id: 7, device: '0', mountType: 'Disk', diskImage: { capacity: 25 } },
    { id: 8, device: '1', mountType: 'Disk', diskImage: { capacity: 2 } },
  ],
  surprise: [1],
  ...change,
});

const order = {
  name: 'web',
  region: 'ams01',
  zone: 'ams01',
  size: 'c1-m1-d25',
  image: 'DEBIAN_12_64',
  tags: { [installationTag]: 'ours' },
};

it('says who asks in headers of the call, and of what', async () => {
  answers[getObject] = () => value(guest());
  await driver.get('ams01', '100');
  expect(cloud.seen[0]?.url).toBe('/xmlrpc/v3/SoftLayer_Virtual_Guest');
  expect(asked(getObject)).toMatchObject([
    {
      headers: {
        authenticate: { username: 'someone', apiKey: key },
        SoftLayer_Virtual_GuestInitParameters: { id: 100 },
        SoftLayer_ObjectMask: { mask: expect.stringMatching(/^mask\[id,/) as string },
      },
    },
  ]);
});

it('makes sizes of the parts that there are, with what they cost together', async () => {
  answers[getCreateObjectOptions] = () => value(options);
  expect(await driver.regions()).toEqual(['ams01', 'dal05']);
  expect((await driver.sizes('ams01')).map(({ name }) => name)).toEqual([
    'c1-m1-d25',
    'c1-m4-d25',
    'c2-m1-d25',
    'c2-m32-d25',
    'c2-m4-d25',
  ]);
  expect(await driver.sizes('tok02')).toEqual([]);
  expect(await driver.prices?.list(['ams01'])).toEqual([
    { size: 'c1-m1-d25', price: 0.1, currency: 'USD' },
    { size: 'c2-m1-d25', price: 0.17, currency: 'USD' },
    { size: 'c2-m32-d25', price: 1.04, currency: 'USD' },
  ]);
});

it('does not take options without a list for those of a cloud that has none', async () => {
  answers[getCreateObjectOptions] = () => value({ ...options, memory: undefined });
  await expect(driver.sizes('ams01')).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
});

it('knows images by the descriptions of operating systems', async () => {
  answers[getCreateObjectOptions] = () => value(options);
  expect(await driver.image('debian-12', 'x64', 'ams01')).toBe('DEBIAN_12_64');
  expect(await driver.image('ubuntu-22.04', null, 'ams01')).toBe('UBUNTU_22_64');
  await expect(driver.image('debian-12', 'arm64', 'ams01')).rejects.toMatchObject({ reason: 'not-found' });
});

it.each([
  [{}, 'active'],
  [{ powerState: { keyName: 'HALTED' } }, 'inactive'],
  [{ powerState: { keyName: 'PAUSED' } }, 'suspended'],
  [{ powerState: { keyName: 'LEVITATING' } }, 'building'],
  [{ powerState: null }, 'building'],
  [{ powerState: { keyName: 'HALTED' }, provisionDate: null }, 'building'],
  [{ provisionDate: '', status: { keyName: 'DISCONNECTED' }, activeTransaction: { id: 9 } }, 'building'],
  [{ provisionDate: '', status: { keyName: 'DISCONNECTED' } }, 'error'],
])('reads an instance with %j as %s', async (change, state) => {
  answers[getObject] = () => value(guest(change));
  expect(await driver.get('ams01', '100')).toMatchObject({ vendorId: '100', state, address: '172.16.240.2', zone: 'ams01' });
});

it('makes an instance by the hour, of an operating system, and tags it', async () => {
  answers['SoftLayer_Account::getSshKeys'] = () =>
    value([
      { id: 5, key: 'ssh-rsa OTHER me' },
      { id: 6, key: 'ssh-ed25519 AAAA me@there' },
    ]);
  answers['SoftLayer_Virtual_Guest::createObject'] = () => value({ id: 100, hostname: label, statusId: 1_001, startCpus: 1 });
  const tags = { ...order.tags, 'owner,of it': 'Zoë' };
  const wanted = { ...order, tags, sshKey: 'ssh-ed25519 AAAA mine', userData: '#cloud-config' };
  expect(await driver.create(wanted, token)).toMatchObject({ vendorId: '100', state: 'building' });
  expect(asked('SoftLayer_Virtual_Guest::createObject')[0]?.args).toEqual([
    {
      hostname: label,
      domain: 'cloud-agency.example',
      startCpus: 1,
      maxMemory: 1_024,
      datacenter: { name: 'ams01' },
      hourlyBillingFlag: true,
      localDiskFlag: true,
      operatingSystemReferenceCode: 'DEBIAN_12_64',
      blockDevices: [{ device: '0', diskImage: { capacity: 25 } }],
      userData: [{ value: '#cloud-config' }],
      sshKeys: [{ id: 6 }],
    },
  ]);
  expect(asked('SoftLayer_Virtual_Guest::setTags')).toMatchObject([
    { headers: { SoftLayer_Virtual_GuestInitParameters: { id: 100 } }, args: ['agency.installation:ours,owner-of it:Zo-'] },
  ]);
});

it('gives the account a key that it does not have', async () => {
  answers['SoftLayer_Account::getSshKeys'] = () => value([]);
  answers['SoftLayer_Security_Ssh_Key::createObject'] = () => value({ id: 77 });
  answers['SoftLayer_Virtual_Guest::createObject'] = () => value({ id: 100 });
  await driver.create({ ...order, sshKey: 'ssh-ed25519 AAAA mine' }, token);
  expect(asked('SoftLayer_Security_Ssh_Key::createObject')[0]?.args).toMatchObject([{ key: 'ssh-ed25519 AAAA mine' }]);
  expect(asked('SoftLayer_Virtual_Guest::createObject')[0]?.args).toMatchObject([{ sshKeys: [{ id: 77 }] }]);
});

it('has a machine although its tags could not be set', async () => {
  answers['SoftLayer_Virtual_Guest::createObject'] = () => value({ id: 100 });
  answers['SoftLayer_Virtual_Guest::setTags'] = () => ({ status: 502, body: 'Bad gateway' });
  expect(await driver.create(order, token)).toMatchObject({ vendorId: '100' });
  answers['SoftLayer_Virtual_Guest::setTags'] = () => fault('SoftLayer_Exception_PermissionDenied', 'no');
  await expect(driver.create(order, token)).rejects.toMatchObject({ reason: 'forbidden' });
});

it('makes an instance of a template of the account’s own with the disk of that', async () => {
  const image = '07beadaa-1e11-476e-a188-3f7795feb9fb';
  answers['SoftLayer_Virtual_Guest::createObject'] = () => value({ id: 100 });
  await driver.create({ ...order, image }, token);
  const [template] = asked('SoftLayer_Virtual_Guest::createObject')[0]?.args ?? [];
  expect(template).toMatchObject({ blockDeviceTemplateGroup: { globalIdentifier: image } });
  expect(template).not.toHaveProperty('blockDevices');
  expect(template).not.toHaveProperty('operatingSystemReferenceCode');
});

describe('lists', () => {
  const offsetOf = ({ headers }: Asked): number => (headers.resultLimit as { readonly offset: number }).offset;

  it('come in pages, as many as the answer says', async () => {
    const all = [
      guest({ id: 1, hostname: 'vs-test1' }),
      guest({ id: 2 }),
      guest({ id: 3, hostname: label.replace(installationMark('ours'), 'ffffff') }),
    ];
    answers[getVirtualGuests] = (one) => value(all.slice(offsetOf(one), offsetOf(one) + 2), { 'softlayer-total-items': '3' });
    expect(await driver.list('ams01', 'ours')).toMatchObject([{ vendorId: '2', placement: token }]);
    expect(asked(getVirtualGuests).map(offsetOf)).toEqual([0, 2]);
    expect(asked(getVirtualGuests)[0]?.headers.SoftLayer_AccountObjectFilter).toEqual({
      virtualGuests: { datacenter: { name: { operation: 'ams01' } } },
    });
  });

  it('end with an empty page where the answer does not say', async () => {
    answers[getVirtualGuests] = (one) => value(offsetOf(one) === 0 ? [guest({ id: 2 })] : []);
    expect(await driver.find('ams01', token)).toMatchObject({ vendorId: '2' });
    expect(asked(getVirtualGuests)).toHaveLength(2);
  });

  it('are lists', async () => {
    answers[getVirtualGuests] = () => value({ guests: [] });
    await expect(driver.list('ams01', 'ours')).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
  });
});

it.each([
  [fault('SoftLayer_Exception_Public', 'Invalid API token.'), 'bad-credentials', 'SoftLayer_Exception_Public'],
  [
    fault('SoftLayer_Exception_InvalidLegacyToken', `Access Denied to ${key}.`),
    'bad-credentials',
    'SoftLayer_Exception_InvalidLegacyToken',
  ],
  [fault('SoftLayer_Exception_PermissionDenied', 'no'), 'forbidden', 'SoftLayer_Exception_PermissionDenied'],
  [fault('SoftLayer_Exception_ObjectNotFound', 'no'), 'not-found', 'SoftLayer_Exception_ObjectNotFound'],
  [
    fault('SoftLayer_Exception_Public', 'There are insufficient resources behind router bcr01a'),
    'no-capacity',
    'SoftLayer_Exception_Public',
  ],
  [fault('SoftLayer_Exception_Public', 'The account has reached its limit of instances'), 'quota', 'SoftLayer_Exception_Public'],
  [
    fault('SoftLayer_Exception_Public', 'There is currently an outstanding transaction'),
    'conflict',
    'SoftLayer_Exception_Public',
  ],
  [fault('SoftLayer_Exception_MissingCreationProperty', 'no'), 'invalid-request', 'SoftLayer_Exception_MissingCreationProperty'],
  [fault('SoftLayer_Exception', 'something'), 'invalid-request', 'SoftLayer_Exception'],
  [
    fault('SoftLayer_Exception_WebService_RateLimitExceeded', 'no'),
    'rate-limited',
    'SoftLayer_Exception_WebService_RateLimitExceeded',
  ],
  [fault('-32603', 'no'), 'unavailable', '-32603'],
  [fault('SoftLayer_Exception_Public', 'Internal Error', 500), 'unavailable', 'SoftLayer_Exception_Public'],
  [{ status: 502, body: '<html>Bad gateway</html>' }, 'unavailable', '502'],
  [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' }, 'unknown', 'malformed'],
  [value('nothing of it'), 'unknown', 'malformed'],
  [value({}), 'unknown', 'malformed'],
])('tells the failure of a create by %j', async (answer, reason, vendorCode) => {
  answers['SoftLayer_Virtual_Guest::createObject'] = () => answer;
  const failure = await driver.create(order, token).then(
    () => undefined,
    (error: unknown) => asVendorError(error),
  );
  expect(failure).toMatchObject({ reason, vendorCode });
  expect(failure?.message).not.toContain(key);
});

it('does not ask for what is no number of SoftLayer’s', async () => {
  expect(await driver.get('ams01', 'i-0123')).toBeUndefined();
  await expect(driver.delete('ams01', 'i-0123')).rejects.toMatchObject({ reason: 'not-found' });
  expect(cloud.seen).toEqual([]);
});

it.each([
  ['stop', false, 'powerOffSoft'],
  ['stop', true, 'powerOff'],
  ['restart', false, 'rebootSoft'],
  ['restart', true, 'rebootHard'],
  ['start', false, 'powerOn'],
  ['suspend', false, 'pause'],
  ['resume', false, 'resume'],
] as const)('asks to %s, forced: %s, by %s', async (action, forced, method) => {
  answers[`SoftLayer_Virtual_Guest::${method}`] = () => value(true);
  await driver.operations?.act('ams01', '100', action, forced);
  expect(asked(`SoftLayer_Virtual_Guest::${method}`)).toHaveLength(1);
});

describe('resizing', () => {
  const resize = async (size: string): Promise<boolean | undefined> => await driver.operations?.resize('ams01', '100', size);
  const price = (id: number, categoryCode: string, capacity: string, units = 'N/A'): RpcValue => ({
    id,
    categories: [{ categoryCode }],
    item: { capacity, units },
  });
  beforeEach(() => {
    answers[getObject] = () => value(guest());
    answers['SoftLayer_Virtual_Guest::getUpgradeItemPrices'] = () =>
      value([
        price(1, 'guest_core', '2', 'PRIVATE_CORE'),
        price(2, 'guest_core', '2', 'CORE'),
        price(3, 'ram', '2'),
        price(4, 'ram', '4'),
        { id: 5 },
      ]);
    answers['SoftLayer_Product_Order::placeOrder'] = () => value({ orderId: 1 });
  });

  it('orders an upgrade that takes place now, and says when it has', async () => {
    expect(await resize('c2-m4-d25')).toBe(false);
    expect(asked('SoftLayer_Product_Order::placeOrder')[0]?.args).toEqual([
      {
        complexType: 'SoftLayer_Container_Product_Order_Virtual_Guest_Upgrade',
        prices: [{ id: 2 }, { id: 4 }],
        properties: [{ name: 'MAINTENANCE_WINDOW', value: '2026-03-01T12:00:00.000Z' }],
        virtualGuests: [{ id: 100 }],
      },
    ]);
    answers[getObject] = () => value(guest({ startCpus: 2, maxMemory: 4_096 }));
    expect(await resize('c2-m4-d25')).toBe(true);
  });

  it.each([{ activeTransaction: { id: 9 } }, { upgradeRequest: { id: 9 } }])('does not order twice, with %j', async (change) => {
    answers[getObject] = () => value(guest(change));
    expect(await resize('c2-m4-d25')).toBe(false);
    expect(asked('SoftLayer_Product_Order::placeOrder')).toEqual([]);
  });

  it.each(['c2-m4-d100', 'c3-m4-d25', 'no-such-size'])('refuses %s', async (size) => {
    await expect(resize(size)).rejects.toMatchObject({ reason: 'invalid-request' });
  });
});

describe('saving', () => {
  const save = () => driver.operations?.save('ams01', '100', { name: 'golden', token });
  const groups = 'SoftLayer_Account::getPrivateBlockDeviceTemplateGroups';
  const archive = 'SoftLayer_Virtual_Guest::createArchiveTransaction';
  const template = (change: Record<string, RpcValue> = {}): RpcValue => ({
    id: 1,
    globalIdentifier: 'a-guid',
    note: token,
    ...change,
  });
  beforeEach(() => {
    answers[getObject] = () => value(guest());
    answers[groups] = () =>
      value(asked(archive).length === 0 ? [template({ note: '' })] : [template({ transaction: { id: 9 } })], {
        'softlayer-total-items': '1',
      });
    answers[archive] = () => value({ id: 9 });
  });

  it('archives the disk that it boots from once, and waits for it', async () => {
    expect(await save()).toEqual({ vendorId: 'a-guid', state: 'building' });
    expect(asked(archive)[0]?.args).toEqual(['golden', [{ id: 7, device: '0' }], token]);
    answers[groups] = () =>
      value([template({ children: [{ id: 2, transaction: { id: 10 } }] })], { 'softlayer-total-items': '1' });
    expect(await save()).toMatchObject({ state: 'building' });
    answers[groups] = () => value([template({ transaction: '', children: [{ id: 2 }] })], { 'softlayer-total-items': '1' });
    expect(await save()).toMatchObject({ state: 'active' });
    expect(asked(archive)).toHaveLength(1);
  });

  it('does not begin while something else is being done', async () => {
    answers[getObject] = () => value(guest({ activeTransaction: { id: 9 } }));
    await expect(save()).rejects.toMatchObject({ reason: 'conflict', passing: true });
  });
});
