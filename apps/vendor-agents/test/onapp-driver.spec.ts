/** What a control panel of OnApp may answer, odd things included; documents after the samples of its API guides. */
import { createHash } from 'node:crypto';
import type { MachineOrder, VendorDriver } from '../src/vendor/port.js';
import { asVendorError } from '../src/vendor/vendor-error.js';
import { vendor as hostko } from '../src/vendors/hostko/index.js';
import { vendor } from '../src/vendors/onapp/index.js';
import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';

let cloud: RecordedCloud | undefined;
afterEach(async () => {
  await cloud?.close();
});

const json = (body: unknown, status = 200): Recorded => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
});
const refused = (status: number, errors: unknown): Recorded => json({ errors }, status);
const done: Recorded = { status: 204 };

const token = '0f0c0b6e-0000-4000-8000-000000000001';
const mark = createHash('sha256').update('ours').digest('hex').slice(0, 6);
const label = `shop-${mark}-${token}`;
const machine = (more: object = {}) => ({
  virtual_machine: {
    ...{ id: 7, label, hostname: label, hypervisor_id: 3, cpus: 2, memory: 4096, note: null, surprise: [{ id: null }] },
    ...{ built: true, booted: true, locked: false, suspended: false, state: 'delivered' },
    ip_addresses: [{ ip_address: { id: 11, address: '192.0.2.7', network_id: 5 } }],
    ...more,
  },
});
const building = { built: false, booted: false, locked: true };
const order: MachineOrder = {
  name: 'shop',
  region: 'here',
  zone: 'Zone A',
  size: 'c2-m4-d20',
  image: '31',
  tags: { 'agency.installation': 'ours' },
};

type Answers = Readonly<Record<string, (seen: Seen) => Recorded>>;

const places: Answers = {
  'GET settings/hypervisor_zones': () =>
    json([{ hypervisor_group: { id: 1, label: 'Zone A' } }, { hypervisor_group: { id: 2, label: 'Zone B' } }]),
  'GET settings/hypervisors': () => json([{ hypervisor: { id: 3, hypervisor_group_id: 2 } }]),
};

/** Answers by method and path, e.g. `GET virtual_machines`; what is not told is an empty list to a GET, and not there to the others. */
async function connected(answers: Answers, module = vendor): Promise<VendorDriver> {
  cloud = await RecordedCloud.open(
    (seen) => answers[callOf(seen)]?.(seen) ?? (seen.method === 'GET' ? json([]) : refused(404, ['Resource not found'])),
  );
  const credentials = { username: 'somebody', password: 'planted' };
  const account = { vendor: module.name, name: 'test', endpoint: `${cloud.url}/`, regions: ['here'], credentials };
  return module.connect(account, { http: testHttp(), now: Date.now });
}

const urlOf = ({ url }: Seen): URL => new URL(url, 'http://panel');
const callOf = (seen: Seen): string => `${seen.method} ${urlOf(seen).pathname.replace(/^\/|\.json$/g, '')}`;
const asked = (call: string): readonly Seen[] => (cloud?.seen ?? []).filter((seen) => callOf(seen) === call);
const sent = (call: string): unknown => JSON.parse(asked(call).at(-1)?.body ?? 'null');
const changes = (): readonly string[] => (cloud?.seen ?? []).map(callOf).filter((call) => !call.startsWith('GET'));
const failure = async (call: Promise<unknown>): Promise<unknown> => await call.then(() => 'no failure', asVendorError);

it('proves who asks, in JSON', async () => {
  const driver = await connected({ 'GET virtual_machines/7': () => json(machine()) });
  await driver.get('here', '7');
  expect(cloud?.seen[0]).toMatchObject({
    url: '/virtual_machines/7.json',
    headers: { authorization: `Basic ${Buffer.from('somebody:planted').toString('base64')}`, accept: 'application/json' },
  });
});

describe('a machine', () => {
  it.each([
    [{}, 'active'],
    [{ locked: true }, 'active'],
    [{ booted: false }, 'inactive'],
    [{ booted: false, locked: true }, 'building'],
    [{ booted: false, suspended: true }, 'suspended'],
    [building, 'building'],
    [{ built: false, booted: false }, 'building'],
    [{ booted: 'MELTING', state: 'MELTING' }, 'building'],
    [{ booted: undefined, built: undefined, locked: undefined, suspended: undefined }, 'building'],
    [{ booted: false, state: 'failed' }, 'inactive'],
  ])('that shows %j is %s', async (flags, state) => {
    const driver = await connected({ ...places, 'GET virtual_machines/7': () => json(machine(flags)) });
    expect(await driver.get('here', '7')).toEqual({ vendorId: '7', state, address: '192.0.2.7', zone: 'Zone B', fault: null });
  });

  it.each([
    [['failed'], 'error'],
    [['cancelled', 'failed'], 'error'],
    [['running', 'failed'], 'building'],
    [['complete'], 'building'],
  ])('that is not built, and whose transactions are %j, is %s', async (statuses, state) => {
    const transactions = statuses.map((status, id) => ({
      transaction: { id, status, action: 'build_virtual_machine', log_item: 'no disk' },
    }));
    const driver = await connected({
      'GET virtual_machines/7': () => json(machine({ built: false, booted: false })),
      'GET virtual_machines/7/transactions': () => json(transactions),
    });
    const fault = state === 'error' ? { reason: 'boot-failed', code: 'build_virtual_machine', message: 'no disk' } : null;
    expect(await driver.get('here', '7')).toMatchObject({ state, fault });
  });

  it('may have no address, and no zone that anybody may know', async () => {
    const driver = await connected({
      'GET virtual_machines/7': () => json(machine({ ip_addresses: [], hypervisor_id: null })),
    });
    expect(await driver.get('here', '7')).toMatchObject({ address: null, zone: null });
  });

  it('is not there when the control panel does not know it', async () => {
    const driver = await connected({ 'GET virtual_machines/7': () => refused(404, ['Resource not found']) });
    expect(await driver.get('here', '7')).toBeUndefined();
    expect(await failure(driver.delete('here', '7'))).toMatchObject({ reason: 'not-found' });
  });

  it.each([
    { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' },
    json({}),
    json([]),
    json({ virtual_machine: { label } }),
    json(machine({ id: 8 })),
  ])('is not what %j says', async (answer) => {
    const driver = await connected({ 'GET virtual_machines/7': () => answer });
    expect(await failure(driver.get('here', '7'))).toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
  });
});

describe('lists', () => {
  const numbered = (id: number) => machine({ id, label: `shop-${mark}-${token.slice(0, -2)}${id + 10}` });

  it('are read to the page that brings nothing new', async () => {
    const pages = [[numbered(1), numbered(2)], [numbered(3)], []];
    const driver = await connected({
      'GET virtual_machines': (seen) => json(pages[Number(urlOf(seen).searchParams.get('page')) - 1]),
    });
    expect((await driver.list('here', 'ours')).map(({ vendorId }) => vendorId)).toEqual(['1', '2', '3']);
    expect(await driver.list('here', 'another')).toEqual([]);
  });

  it('end where an old version answers everything each time', async () => {
    const driver = await connected({ 'GET virtual_machines': () => json([numbered(1), numbered(2)]) });
    expect(await driver.list('here', 'ours')).toHaveLength(2);
    expect(asked('GET virtual_machines')).toHaveLength(2);
  });

  it('leave out what is not the Agency’s', async () => {
    const driver = await connected({
      'GET virtual_machines': () => json([machine({ id: 1, label: 'mail' }), machine({ id: 2, label: null }), numbered(3)]),
    });
    expect(await driver.list('here', 'ours')).toMatchObject([{ vendorId: '3', placement: `${token.slice(0, -2)}13` }]);
  });

  it.each([json({ virtual_machines: [] }), json([{ vm: {} }]), { status: 200, body: '' }])('are not %j', async (answer) => {
    const driver = await connected({ 'GET virtual_machines': () => answer });
    expect(await failure(driver.list('here', 'ours'))).toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
  });
});

describe('create', () => {
  it('asks for a machine that is built, started and reached', async () => {
    const driver = await connected({ ...places, 'POST virtual_machines': () => json(machine(building), 201) });
    expect(await driver.create(order, token)).toMatchObject({ vendorId: '7', state: 'building' });
    expect(sent('POST virtual_machines')).toEqual({
      virtual_machine: {
        ...{ label, hostname: label, cpus: 2, memory: 4096, cpu_shares: 100, template_id: 31 },
        ...{ primary_disk_size: 20, swap_disk_size: 0, hypervisor_group_id: 1 },
        ...{ required_virtual_machine_build: 1, required_virtual_machine_startup: 1 },
        ...{ required_ip_address_assignment: 1, required_automatic_backup: 0 },
      },
    });
  });

  it('finds what an earlier call has made', async () => {
    const driver = await connected({ ...places, 'GET virtual_machines': () => json([machine()]) });
    expect(await driver.create(order, token)).toMatchObject({ vendorId: '7', state: 'active' });
    expect(changes()).toEqual([]);
  });

  it('names no hypervisor zone where the user may see none', async () => {
    const driver = await connected({
      'GET settings/hypervisor_zones': () => refused(403, ['You do not have permissions for this action.']),
      'POST virtual_machines': () => json(machine(building), 201),
    });
    expect(await driver.zones('here')).toEqual(['here']);
    await driver.create({ ...order, zone: 'here' }, token);
    expect(sent('POST virtual_machines')).not.toHaveProperty('virtual_machine.hypervisor_group_id');
  });

  it('takes a saved image by its label', async () => {
    const driver = await connected({
      ...places,
      'GET templates': () => json([{ image_template: { id: 99, label: 'golden', state: 'active' } }]),
      'POST virtual_machines': () => json(machine(building), 201),
    });
    await driver.create({ ...order, image: 'golden' }, token);
    expect(sent('POST virtual_machines')).toMatchObject({ virtual_machine: { template_id: 99 } });
    expect(await failure(driver.create({ ...order, image: 'silver' }, token))).toMatchObject({ reason: 'not-found' });
  });

  it.each([
    [{ zone: 'Zone C' }, 'invalid-request'],
    [{ size: 'small' }, 'invalid-request'],
  ])('refuses %j by itself', async (wrong, reason) => {
    const driver = await connected(places);
    expect(await failure(driver.create({ ...order, ...wrong }, token))).toMatchObject({ reason, outcomeUnknown: false });
    expect(changes()).toEqual([]);
  });

  it.each([
    [refused(422, { base: ['You have reached your virtual server limit'] }), 'quota'],
    [refused(422, { hypervisor_id: ['there are no hypervisors with enough resources'] }), 'no-capacity'],
    [refused(422, { memory: ['is not a number', 'is too small'] }), 'invalid-request'],
    [refused(422, { hypervisor_group_id: ['does not exist'] }), 'invalid-request'],
    [refused(422, ['Virtual server is locked']), 'conflict'],
    [refused(401, ['You need to sign in before continuing.']), 'bad-credentials'],
    [refused(403, ['You do not have permissions for this action.']), 'forbidden'],
    [refused(500, ['limit of patience']), 'unavailable'],
    [{ status: 503, body: '<html>Maintenance</html>' }, 'unavailable'],
    [json({ error: 'No.' }, 422), 'invalid-request'],
    [json({}, 201), 'unknown'],
  ])('tells the failure %j as %s', async (answer, reason) => {
    const driver = await connected({ ...places, 'POST virtual_machines': () => answer });
    expect(await failure(driver.create(order, token))).toMatchObject({ reason });
    expect(asked('POST virtual_machines')).toHaveLength(1);
  });

  it('says what is wrong with which field', async () => {
    const driver = await connected({
      ...places,
      'POST virtual_machines': () => refused(422, { memory: ['is not a number', 'is too small'], base: ['No.'] }),
    });
    expect(await failure(driver.create(order, token))).toMatchObject({
      message: 'memory is not a number, is too small; No.',
      vendorCode: '422',
    });
  });
});

describe('a billing plan', () => {
  const resource = (resource_name: string, limit: number | null, price_on?: number, more: object = {}) => ({
    base_resource: { id: resource_name, resource_name, limits: { limit }, prices: { price_on }, ...more },
  });
  const planOf = (...resources: readonly object[]): Answers => ({
    'GET profile': () => json({ user: { id: 1, billing_plan_id: 4 } }),
    'GET billing_plans/4': () => json({ billing_plan: { id: 4, currency_code: 'EUR' } }),
    'GET billing_plans/4/base_resources': () => json(resources),
  });

  it('limits what can be had', async () => {
    const driver = await connected({
      ...planOf(resource('cpu', 2), resource('memory', 2048), resource('disk_size', 30), resource('vm_limit', 5)),
      'GET virtual_machines': () => json([machine({ cpus: 1, memory: 512 })]),
    });
    expect((await driver.sizes('here')).map(({ name }) => name)).toEqual([
      ...['c1-m0.5-d10', 'c1-m0.5-d20', 'c1-m1-d10', 'c1-m1-d20', 'c1-m2-d10', 'c1-m2-d20'],
      ...['c2-m1-d10', 'c2-m1-d20', 'c2-m2-d10', 'c2-m2-d20'],
    ]);
    expect(await driver.quotas('here')).toEqual([
      { of: 'machines', left: 4 },
      { of: 'cores', left: 1 },
      { of: 'memory', left: 1.5 },
    ]);
  });

  it('without limits has none', async () => {
    const driver = await connected(planOf(resource('vm_limit', null)));
    expect(await driver.quotas('here')).toEqual([]);
    expect((await driver.sizes('here')).map(({ name }) => name)).toContain('c16-m64-d500');
  });

  const priced = [resource('cpu', null, 0.01), resource('memory', null, 0.00001), resource('disk_size', null, 0.0001)];

  it.each([
    ['by units', priced, 0.01 + 0.01024 + 0.001],
    ['by the GB of memory', [priced[0]!, resource('memory', null, 0.01, { unit: 'GB' }), priced[2]!], 0.01 + 0.01 + 0.001],
    [
      'by zones, the dearest of them',
      [
        {
          base_resource: {
            id: 1,
            resource_class: 'Resource::HypervisorGroup',
            prices: { price_on_cpu: 0.01, price_on_memory: '0.00001' },
          },
        },
        {
          base_resource: {
            id: 2,
            resource_class: 'Billing::Resource::HypervisorGroup',
            prices: { price_on_cpu: 0.02, price_on_memory: 0 },
          },
        },
        { base_resource: { id: 3, resource_class: 'Resource::DataStoreGroup', prices: { price_on: 0.0001 } } },
      ],
      0.02 + 0.01024 + 0.001,
    ],
  ])('tells prices %s', async (_, resources, price) => {
    const driver = await connected(planOf(...resources));
    const prices = await driver.prices!.list(['here']);
    const found = prices.find(({ size }) => size === 'c1-m1-d10');
    expect(found).toMatchObject({ region: 'here', currency: 'EUR' });
    expect(found?.price).toBeCloseTo(price, 6);
  });

  it.each([
    ['does not charge for disks', priced.slice(0, 2)],
    ['charges nothing', [resource('cpu', null, 0), resource('memory', null, 0), resource('disk_size', null, 0)]],
  ])('that %s tells none', async (_, resources) => {
    const driver = await connected(planOf(...resources));
    expect(await driver.prices!.list(['here'])).toEqual([]);
  });

  it('is not guessed', async () => {
    const driver = await connected({ 'GET profile': () => json({ user: { id: 1 } }) });
    expect(await failure(driver.sizes('here'))).toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
  });
});

it('takes the newest active template for an image', async () => {
  const template = (id: number, more: object) => ({
    image_template: { id, label: 'Debian 12 x64', operating_system_arch: 'x64', state: 'active', ...more },
  });
  const driver = await connected({
    'GET templates': () =>
      json([
        template(1, { created_at: '2024-01-01T00:00:00.000Z' }),
        template(2, { created_at: '2025-01-01T00:00:00.000Z' }),
        template(3, { created_at: '2026-01-01T00:00:00.000Z', state: 'inactive' }),
        template(4, { label: 'Debian 11 x64', created_at: '2026-01-01T00:00:00.000Z' }),
      ]),
  });
  expect(await driver.image('debian-12', 'x64', 'here')).toBe('2');
  expect(await failure(driver.image('rocky-9', 'x64', 'here'))).toMatchObject({ reason: 'not-found' });
});

describe('operations', () => {
  it.each([
    ['start', false, 'startup'],
    ['stop', false, 'shutdown'],
    ['stop', true, 'stop'],
    ['restart', true, 'reboot'],
    ['suspend', false, 'suspend'],
  ] as const)('%s (forced: %s) is %s', async (action, forced, call) => {
    const driver = await connected({
      'GET virtual_machines/7': () => json(machine()),
      [`POST virtual_machines/7/${call}`]: () => json(machine(), 201),
    });
    await driver.operations!.act('here', '7', action, forced);
    expect(changes()).toEqual([`POST virtual_machines/7/${call}`]);
  });

  it.each([
    ['suspend', true],
    ['resume', false],
  ] as const)('does not turn %s into its opposite', async (action, suspended) => {
    const driver = await connected({ 'GET virtual_machines/7': () => json(machine({ suspended })) });
    expect(await failure(driver.operations!.act('here', '7', action, false))).toMatchObject({ reason: 'conflict' });
    expect(changes()).toEqual([]);
  });

  it('changes cores and memory, then the disk, and is done when all is as wanted', async () => {
    const has = { cpus: 1, memory: 1024, disk_size: 10, locked: false };
    const driver = await connected({
      'GET virtual_machines/7': () => json(machine(has)),
      'GET virtual_machines/7/disks': () =>
        json([{ disk: { id: 20, primary: false, disk_size: 1 } }, { disk: { id: 21, primary: true, disk_size: has.disk_size } }]),
      'PUT virtual_machines/7': (seen) => {
        Object.assign(has, (JSON.parse(seen.body) as { virtual_machine: object }).virtual_machine, { locked: true });
        return done;
      },
      'PUT settings/disks/21': (seen) => {
        Object.assign(has, (JSON.parse(seen.body) as { disk: object }).disk);
        return done;
      },
    });
    const resize = async (size = 'c2-m4-d20') => await driver.operations!.resize('here', '7', size);
    expect(await resize()).toBe(false);
    expect(sent('PUT virtual_machines/7')).toEqual({ virtual_machine: { cpus: 2, memory: 4096, allow_cold_resize: true } });
    expect(await resize()).toBe(false);
    has.locked = false;
    expect(await resize()).toBe(false);
    expect(await resize()).toBe(true);
    expect(changes()).toEqual(['PUT virtual_machines/7', 'PUT settings/disks/21']);
    expect(await failure(resize('c2-m4-d10'))).toMatchObject({ reason: 'invalid-request' });
    expect(await failure(resize('large'))).toMatchObject({ reason: 'invalid-request' });
  });

  it('makes a template of a backup, one step at each call, under one label', async () => {
    const image = `golden-${createHash('sha256').update('').digest('hex').slice(0, 6)}-${token}`;
    let backup: object | undefined;
    let template: object | undefined;
    const driver = await connected({
      'GET virtual_machines/7/disks': () => json([{ disk: { id: 21, primary: true, disk_size: 20 } }]),
      'GET virtual_machines/7/backups': () => json(backup ? [{ backup }] : []),
      'GET templates': () => json(template ? [{ image_template: template }] : []),
      'POST settings/disks/21/backups': () => json({ backup: (backup = { id: 5, note: image, built: false }) }, 201),
      'POST backups/5/convert': () => json({ image_template: (template = { id: 9, label: image, state: 'inactive' }) }, 201),
      'DELETE backups/5': () => ((backup = undefined), done),
    });
    const save = async () => await driver.operations!.save('here', '7', { name: 'golden', token });
    expect(await save()).toEqual({ vendorId: image, state: 'building' });
    await save();
    backup = { ...backup, built: true };
    await save();
    expect(sent('POST backups/5/convert')).toEqual({ backup: { label: image, min_disk_size: 20, min_memory_size: 256 } });
    expect(await save()).toEqual({ vendorId: image, state: 'building' });
    template = { ...template, state: 'active' };
    expect(await save()).toEqual({ vendorId: image, state: 'active' });
    expect(await save()).toEqual({ vendorId: image, state: 'active' });
    expect(changes()).toEqual(['POST settings/disks/21/backups', 'POST backups/5/convert', 'DELETE backups/5']);
  });
});

describe('an address', () => {
  const join = (id: number, ip_address_id: number, address: string) => ({
    ip_address_join: { id, ip_address_id, network_interface_id: 40, ip_address: { id: ip_address_id, address, network_id: 5 } },
  });
  const free = (id: number, isFree = true) => ({ ip_address: { id, address: `192.0.2.${id}`, free: isFree } });
  const panel = (note: string | null, joins: readonly object[], pool: readonly object[]): Answers => ({
    'GET virtual_machines/7': () => json(machine({ note })),
    'GET virtual_machines/7/ip_addresses': () => json(joins),
    'GET settings/networks/5/ip_addresses': () => json(pool),
    'PUT virtual_machines/7': () => done,
    'POST virtual_machines/7/ip_addresses': (seen) => {
      const { ip_address } = JSON.parse(seen.body) as { ip_address: { ip_address_id: number } };
      return json(join(61, ip_address.ip_address_id, `192.0.2.${ip_address.ip_address_id}`), 201);
    },
    'DELETE virtual_machines/7/ip_addresses/61': () => done,
  });
  const first = join(60, 11, '192.0.2.11');

  it('is claimed in the machine’s note, then joined', async () => {
    const driver = await connected(panel('from the shop', [first], [free(12, false), free(13), free(14)]));
    expect(await driver.addresses!.assign('here', '7', token)).toEqual({ vendorId: '7:61', address: '192.0.2.13' });
    expect(changes()).toEqual(['PUT virtual_machines/7', 'POST virtual_machines/7/ip_addresses']);
    expect(sent('PUT virtual_machines/7')).toEqual({ virtual_machine: { note: `from the shop\nagency-ip ${token} 13` } });
    expect(sent('POST virtual_machines/7/ip_addresses')).toEqual({
      ip_address: { network_interface_id: 40, ip_address_id: 13 },
    });
  });

  it('that is joined already is found by its claim', async () => {
    const driver = await connected(panel(`agency-ip ${token} 13`, [first, join(61, 13, '192.0.2.13')], [free(14)]));
    expect(await driver.addresses!.assign('here', '7', token)).toEqual({ vendorId: '7:61', address: '192.0.2.13' });
    expect(changes()).toEqual([]);
  });

  it('that is claimed and not joined is joined; another when it has been taken since', async () => {
    const driver = await connected(panel(`agency-ip ${token} 13`, [first], [free(12), free(13)]));
    expect(await driver.addresses!.assign('here', '7', token)).toMatchObject({ address: '192.0.2.13' });
    expect(changes()).toEqual(['POST virtual_machines/7/ip_addresses']);
    await cloud?.close();
    const other = await connected(panel(`agency-ip ${token} 13`, [first], [free(12), free(13, false)]));
    expect(await other.addresses!.assign('here', '7', token)).toMatchObject({ address: '192.0.2.12' });
    expect(sent('PUT virtual_machines/7')).toEqual({ virtual_machine: { note: `agency-ip ${token} 12` } });
  });

  it.each([
    ['the network has none left', panel(null, [first], [free(12, false)]), 'no-capacity'],
    ['the machine has no first one yet', panel(null, [], [free(12)]), 'conflict'],
    [
      'somebody else took it',
      {
        ...panel(null, [first], [free(12)]),
        'POST virtual_machines/7/ip_addresses': () => refused(422, { ip_address_id: ['has already been taken'] }),
      },
      'conflict',
    ],
  ])('is refused when %s', async (_, answers, reason) => {
    const driver = await connected(answers);
    expect(await failure(driver.addresses!.assign('here', '7', token))).toMatchObject({ reason });
  });

  it('goes back with its claim, once', async () => {
    const note = `from the shop\nagency-ip ${token} 13`;
    const driver = await connected(panel(note, [first, join(61, 13, '192.0.2.13')], []));
    await driver.addresses!.release('here', '7:61');
    expect(changes()).toEqual(['DELETE virtual_machines/7/ip_addresses/61', 'PUT virtual_machines/7']);
    expect(sent('PUT virtual_machines/7')).toEqual({ virtual_machine: { note: 'from the shop' } });
    await driver.addresses!.release('here', '7:62');
    expect(changes()).toHaveLength(2);
  });
});

describe('measurements', () => {
  const at = Date.UTC(2016, 0, 6, 10);
  const stat_time = '2016-01-06T10:00:00Z';
  const panel: Answers = {
    'GET virtual_machines/7': () => json(machine({ cpus: 2 })),
    // 2330 is 6 % of a core in the API guide.
    'GET virtual_machines/7/cpu_usage': () =>
      json([
        { cpu_hourly_stat: { id: 1, cpu_time: 2330, stat_time } },
        { cpu_hourly_stat: { id: 2, cpu_time: null, stat_time } },
      ]),
    'GET virtual_machines/7/network_interfaces': () =>
      json([{ network_interface: { id: 40 } }, { network_interface: { id: 41 } }]),
    'GET virtual_machines/7/network_interfaces/40/usage': () =>
      json([{ net_hourly_stat: { id: 3, data_received: 3600, data_sent: 0, stat_time } }]),
    'GET virtual_machines/7/network_interfaces/41/usage': () =>
      json([{ net_hourly_stat: { id: 4, data_received: 3600, data_sent: 1800, created_at: stat_time } }]),
    'GET virtual_machines/7/disks': () => json([{ disk: { id: 21, primary: true } }]),
    'GET settings/disks/21/usage': () => refused(404, ['Resource not found']),
  };

  it('are of whole hours, of all interfaces together', async () => {
    const driver = await connected(panel);
    expect(await driver.metrics!.read('here', '7', at)).toEqual([
      { metric: 'cpu', at, value: expect.closeTo(2330 / 36_000 / 2, 6) as number },
      { metric: 'network-in', at, value: 2048 },
      { metric: 'network-out', at, value: 512 },
    ]);
    expect(await driver.metrics!.read('here', '7', at + 1)).toEqual([]);
  });

  it('are none of a machine that is not there', async () => {
    const driver = await connected({ 'GET virtual_machines/7': () => refused(404, ['Resource not found']) });
    expect(await driver.metrics!.read('here', '7', 0)).toBeUndefined();
  });
});

it('is the same cloud at Hostko', async () => {
  const driver = await connected({ 'GET virtual_machines/7': () => json(machine()) }, hostko);
  expect(await driver.get('here', '7')).toMatchObject({ vendorId: '7', state: 'active' });
  expect(hostko).toMatchObject({ name: 'hostko', operator: 'hostko', abilities: vendor.abilities });
});
