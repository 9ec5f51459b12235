/** What Gandi may answer, odd things included. The documents are after doc.rpc.gandi.net and the fixtures of gandi.cli. */
import { installationMark } from '../src/vendor/machine-label.js';
import { type VendorDriver, installationTag } from '../src/vendor/port.js';
import { asVendorError } from '../src/vendor/vendor-error.js';
import type { RpcValue } from '../src/vendor/xml-rpc.js';
import { vendor } from '../src/vendors/gandi/index.js';
import { type Recorded, RecordedCloud, testHttp } from './recorded-cloud.js';
import { fault, methodOf, paramsOf, value } from './recorded-rpc.js';

const key = 'abcdefghijklmnopqrstuvwx';
const token = '11111111-2222-4333-8444-555555555555';
const label = `web-${installationMark('ours')}-${token}`;

let cloud: RecordedCloud | undefined;
let driver: VendorDriver;
let answers: Record<string, (params: readonly RpcValue[]) => Recorded>;
afterEach(async () => {
  driver.close();
  await cloud?.close();
});

const asked = (method: string): readonly (readonly RpcValue[])[] =>
  (cloud?.seen ?? []).filter((seen) => methodOf(seen) === method).map((seen) => paramsOf(seen).slice(1));

/** One page of rows, and an empty one after it. */
const pages =
  (...rows: readonly RpcValue[]) =>
  ([, filter]: readonly RpcValue[]): Recorded =>
    value((filter as { readonly page?: number }).page === 0 ? rows : []);

beforeEach(async () => {
  answers = {
    'hosting.datacenter.list': pages(
      { id: 1, iso: 'FR', dc_code: 'FR-SD2', name: 'Equinix Paris', country: 'France' },
      { id: 2, iso: 'US', dc_code: 'US-BA1', name: 'Level3 Baltimore', country: 'United States of America' },
      { name: 'says too little' },
    ),
    'operation.list': () => value([]),
  };
  cloud = await RecordedCloud.open((seen) => answers[methodOf(seen)]?.(paramsOf(seen)) ?? fault(1, 'Method is not supported'));
  const account = {
    vendor: 'gandi',
    name: 'test',
    endpoint: `${cloud.url}/xmlrpc/`,
    regions: ['fr-sd2'],
    credentials: { api_key: key },
  };
  driver = vendor.connect(account, { http: testHttp(), now: Date.now });
});

const vm = (change: Record<string, RpcValue> = {}): Record<string, RpcValue> => ({
  id: 152_967,
  hostname: label,
  datacenter_id: 1,
  state: 'running',
  cores: 1,
  memory: 1_024,
  vm_max_memory: 2_048,
  description: null,
  disks: [{ id: 4_969_249, is_boot_disk: true, size: 10_240, state: 'created' }],
  ifaces: [
    { type: 'private', ips: [{ version: 4, ip: '192.168.0.1' }] },
    {
      type: 'public',
      ips: [
        { version: 6, ip: '2001:4b98:dc0:47::1' },
        { version: 4, ip: '95.142.160.181' },
      ],
    },
  ],
  surprise: [1],
  ...change,
});

const order = {
  name: 'web',
  region: 'fr-sd2',
  zone: 'fr-sd2',
  size: 'medium',
  image: '3315704',
  tags: { [installationTag]: 'ours' },
};

it('calls data centres by their codes', async () => {
  expect(await driver.regions()).toEqual(['fr-sd2', 'us-ba1']);
  expect(await driver.sizes('nowhere')).toEqual([]);
});

it.each([
  ['being_created', 'building'],
  ['running', 'active'],
  ['halted', 'inactive'],
  ['paused', 'suspended'],
  ['locked', 'error'],
  ['legally_locked', 'error'],
  ['invalid', 'error'],
  ['deleted', 'gone'],
  ['levitating', 'building'],
  ['constructor', 'building'],
])('reads a machine that is %s as %s', async (state, read) => {
  answers['hosting.vm.info'] = () => value(vm({ state }));
  expect(await driver.get('fr-sd2', '152967')).toMatchObject({ vendorId: '152967', state: read, address: '95.142.160.181' });
});

it('takes an address of IPv6, or of a private network, where there is no other', async () => {
  answers['hosting.vm.info'] = () => value(vm({ ifaces: [{ type: 'public', ips: [{ version: 6, ip: '2001:4b98::1' }] }] }));
  expect(await driver.get('fr-sd2', '1')).toMatchObject({ address: '2001:4b98::1' });
  answers['hosting.vm.info'] = () => value(vm({ ifaces: [] }));
  expect(await driver.get('fr-sd2', '1')).toMatchObject({ address: null });
});

it('tells by its operation that a machine will not come up', async () => {
  answers['hosting.vm.info'] = () => value(vm({ state: 'being_created' }));
  answers['operation.list'] = () => value([{ id: 3, type: 'vm_create', step: 'ERROR', last_error: 'no boot' }]);
  expect(await driver.get('fr-sd2', '1')).toMatchObject({ state: 'error', fault: { reason: 'boot-failed', message: 'no boot' } });
});

it('makes a machine, its disk and its interface by one call', async () => {
  answers['hosting.vm.create_from'] = () =>
    value([
      { id: 1, disk_id: 9 },
      { id: 2, iface_id: 8, vm_id: null },
      { id: 3, vm_id: 152_967 },
    ]);
  expect(await driver.create({ ...order, sshKey: 'ssh-ed25519 AAAA' }, token)).toMatchObject({
    vendorId: '152967',
    state: 'building',
  });
  expect(asked('hosting.vm.create_from')).toEqual([
    [
      {
        datacenter_id: 1,
        hostname: label,
        memory: 1_024,
        cores: 1,
        ip_version: 4,
        bandwidth: 102_400,
        ssh_key: 'ssh-ed25519 AAAA',
      },
      { datacenter_id: 1, name: label, size: 20_480 },
      3_315_704,
    ],
  ]);
});

it('gives a machine without a key a password, another each time', async () => {
  answers['hosting.vm.create_from'] = () => value([{ id: 3, vm_id: 1 }]);
  await driver.create(order, token);
  await driver.create(order, token);
  const passwords = asked('hosting.vm.create_from').map(([spec]) => (spec as { readonly password?: string }).password);
  expect(new Set(passwords).size).toBe(2);
  for (const password of passwords) expect(password?.length).toBeGreaterThan(20);
});

it('finds and lists what its host name says, through all pages', async () => {
  const others = [
    vm({ id: 1, hostname: 'server01' }),
    vm({ id: 2, hostname: label.replace(installationMark('ours'), 'ffffff') }),
  ];
  answers['hosting.vm.list'] = ([, filter]) => {
    const { page } = filter as { readonly page: number };
    return value(page === 0 ? others : page === 1 ? [vm(), vm({ id: 3, state: 'deleted' })] : []);
  };
  expect(await driver.list('fr-sd2', 'ours')).toMatchObject([{ vendorId: '152967', placement: token }]);
  expect(await driver.find('fr-sd2', token)).toMatchObject({ vendorId: '2' });
  expect(asked('hosting.vm.list')[0]).toEqual([{ datacenter_id: 1, items_per_page: 100, page: 0 }]);
});

it.each([
  [fault(510_150, 'Error on object : OBJECT_ACCOUNT (CAUSE_NORIGHT) [Invalid API key]'), 'bad-credentials', '510150'],
  [
    fault(512_037, `Error on object : OBJECT_STRING (CAUSE_BADPARAMETER) [string '${key}' does not match '^[a-z0-9]{24}$']`),
    'bad-credentials',
    '512037',
  ],
  [fault(516_150, 'Error on object : OBJECT_CONTACT (CAUSE_NORIGHT) [no]'), 'forbidden', '516150'],
  [fault(530_235, 'Error on object : OBJECT_HOSTING_ACCOUNT (CAUSE_QUOTA_REACHED) [no]'), 'quota', '530235'],
  [fault(532_754, 'Error on object : OBJECT_DATACENTER (CAUSE_DISABLED) [There is no room for more]'), 'no-capacity', '532754'],
  [fault(530_260, 'Error on object : OBJECT_VM (CAUSE_STATE) [no]'), 'conflict', '530260'],
  [fault(530_242, 'Error on object : OBJECT_VM (CAUSE_NOTFOUND) [no]'), 'not-found', '530242'],
  [fault(530_237, 'Error on object : OBJECT_VM (CAUSE_BADPARAMETER) [no]'), 'invalid-request', '530237'],
  [fault(150_000, 'Error on object : OBJECT_APPLICATION (CAUSE_UNKNOWN) [Internal Server Error]'), 'unavailable', '150000'],
  [fault(1, 'Method "hosting.vm.levitate" is not supported'), 'invalid-request', '1'],
  [fault(150_000, 'Internal Server Error', 500), 'unavailable', '150000'],
  [{ status: 502, body: '<html>Bad gateway</html>' }, 'unavailable', '502'],
  [{ status: 429, headers: { 'retry-after': '600' }, body: 'Too many requests' }, 'rate-limited', '429'],
  [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' }, 'unknown', 'malformed'],
  [value([]), 'unknown', 'malformed'],
  [value('nothing of it'), 'unknown', 'malformed'],
])('tells the failure of a create by %j', async (answer, reason, vendorCode) => {
  answers['hosting.vm.create_from'] = () => answer;
  const failure = await driver.create(order, token).then(
    () => undefined,
    (error: unknown) => asVendorError(error),
  );
  expect(failure).toMatchObject({ reason, vendorCode });
  expect(failure?.message).not.toContain(key);
});

it('does not take an answer without a list for an empty one', async () => {
  answers['hosting.vm.list'] = () => value({ vms: [] });
  await expect(driver.list('fr-sd2', 'ours')).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
});

it('picks the newest image for the architecture', async () => {
  answers['hosting.image.list'] = pages(
    { id: 1, disk_id: 10, label: 'Debian 12 64 bits (HVM)', os_arch: 'x86-64', date_updated: '20230101T00:00:00' },
    { id: 2, disk_id: 11, label: 'Debian 12 64 bits (HVM)', os_arch: 'x86-64', date_updated: '20240101T00:00:00' },
    { id: 3, disk_id: 12, label: 'Debian 12 32 bits', os_arch: 'x86-32', date_updated: '20250101T00:00:00' },
    { id: 4, label: 'says too little' },
  );
  expect(await driver.image('debian-12', 'x64', 'fr-sd2')).toBe('11');
  await expect(driver.image('alpine-3', 'x64', 'fr-sd2')).rejects.toMatchObject({ reason: 'not-found' });
});

describe('deleting', () => {
  it.each([
    ['running', 'hosting.vm.stop'],
    ['halted', 'hosting.vm.delete'],
    ['invalid', 'hosting.vm.delete'],
  ])('begins with what a machine that is %s needs', async (state, method) => {
    answers['hosting.vm.info'] = () => value(vm({ state }));
    answers[method] = () => value({ id: 200, step: 'WAIT' });
    await driver.delete('fr-sd2', '152967');
    expect(asked(method)).toEqual([[152_967]]);
  });

  it('waits for what is being done to it', async () => {
    answers['hosting.vm.info'] = () => value(vm());
    answers['operation.list'] = () => value([{ id: 200, type: 'vm_stop', step: 'RUN' }]);
    await driver.delete('fr-sd2', '152967');
    answers['operation.list'] = () => value([{ id: 200, type: 'vm_create', step: 'BILL' }]);
    await expect(driver.delete('fr-sd2', '152967')).rejects.toMatchObject({ reason: 'conflict', passing: true });
  });

  it('does not ask for what is no number of Gandi’s', async () => {
    await expect(driver.delete('fr-sd2', 'i-0123')).rejects.toMatchObject({ reason: 'not-found' });
    expect(await driver.get('fr-sd2', 'i-0123')).toBeUndefined();
  });
});

describe('resizing', () => {
  const resize = async (size: string): Promise<boolean | undefined> => await driver.operations?.resize('fr-sd2', '152967', size);
  beforeEach(() => {
    answers['hosting.vm.info'] = () => value(vm());
    answers['hosting.vm.update'] = answers['hosting.disk.update'] = () => value({ id: 200, step: 'WAIT' });
  });

  it('changes cores and memory while it runs, the disk after that, and says when it is there', async () => {
    expect(await resize('c2-m2-d10')).toBe(false);
    expect(asked('hosting.vm.update')).toEqual([[152_967, { cores: 2, memory: 2_048 }]]);
    expect(await resize('c1-m1-d20')).toBe(false);
    expect(asked('hosting.disk.update')).toEqual([[4_969_249, { size: 20_480 }]]);
    expect(await resize('c1-m1-d10')).toBe(true);
  });

  it('raises what a machine may be given where that is less', async () => {
    await resize('c4-m16-d10');
    expect(asked('hosting.vm.update')).toEqual([[152_967, { cores: 4, memory: 16_384, vm_max_memory: 16_384 }]]);
  });

  it('waits for what is under way, and shrinks no disk', async () => {
    answers['operation.list'] = () => value([{ id: 200, type: 'vm_update', step: 'WAIT' }]);
    expect(await resize('c2-m2-d10')).toBe(false);
    answers['operation.list'] = () => value([{ id: 200, type: 'vm_update', step: 'DONE' }]);
    await expect(resize('small')).rejects.toMatchObject({ reason: 'invalid-request' });
    expect(asked('hosting.vm.update')).toEqual([]);
  });
});

it('saves an image once for a token', async () => {
  answers['hosting.vm.info'] = () => value(vm());
  answers['hosting.disk.list'] = pages();
  answers['hosting.disk.create_from'] = () => value({ id: 200, step: 'WAIT', disk_id: 77 });
  const save = () => driver.operations?.save('fr-sd2', '152967', { name: 'golden', token });
  expect(await save()).toEqual({ vendorId: '77', state: 'building' });
  const [[spec, source] = []] = asked('hosting.disk.create_from');
  expect(source).toBe(4_969_249);
  answers['hosting.disk.list'] = pages({ id: 77, state: 'created', name: (spec as { readonly name: string }).name, vms_id: [] });
  expect(await save()).toEqual({ vendorId: '77', state: 'active' });
  expect(asked('hosting.disk.create_from')).toHaveLength(1);
});

it.each([
  [{ state: 'created', vms_id: [] }, 'available', null],
  [{ state: 'created', vms_id: [152_967] }, 'attached', '152967'],
  [{ state: 'being_created', vms_id: [] }, 'building', null],
  [{ state: 'invalid' }, 'error', null],
  [{ state: 'deleted' }, 'gone', null],
  [{ state: 'levitating' }, 'building', null],
] as const)('reads a disk %j as %s', async (told, state, machine) => {
  answers['hosting.disk.info'] = () => value({ id: 77, name: 'data', ...told });
  expect(await driver.volumes?.get('fr-sd2', '77')).toMatchObject({ vendorId: '77', state, machine, device: null });
});
