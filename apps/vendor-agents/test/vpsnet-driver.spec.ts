/** What VPS.net may answer, odd things included. Documents as control.vps.net/api and govpsnet have them. */
import { machineLabel } from '../src/vendor/machine-label.js';
import type { MachineOrder, VendorDriver } from '../src/vendor/port.js';
import { asVendorError } from '../src/vendor/vendor-error.js';
import { vendor } from '../src/vendors/vpsnet/index.js';
import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';

let cloud: RecordedCloud | undefined;
afterEach(async () => {
  await cloud?.close();
});

const token = '0a1b2c3d-0000-4000-8000-000000000001';
const london = 'UK LON Zone A';

const json = (body: unknown, status = 200): Recorded => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

async function connected(answer: (seen: Seen) => Recorded): Promise<VendorDriver> {
  cloud = await RecordedCloud.open(answer);
  const credentials = { email: 'dave@vps.net', api_key: 'planted' };
  const account = { vendor: 'vpsnet', name: 'test', endpoint: cloud.url, regions: [london], credentials };
  return vendor.connect(account, { http: testHttp(), now: Date.now });
}

const clouds = [
  {
    cloud: {
      id: 3,
      label: london,
      available: true,
      cloud_version: 2,
      system_templates: [{ id: 40, label: 'Debian 12 x86' }, { id: 41, label: 'Debian 12 x64' }, { label: 'without an id' }],
    },
  },
  { cloud: { id: 4, label: 'US SLC Zone F', available: false, system_templates: null } },
  { cloud: { id: 5 } },
  { surprise: true },
];
const machine = (change: object = {}) => ({
  virtual_machine: {
    id: 1384,
    cloud_id: 3,
    system_template_id: 41,
    label: machineLabel('web', 'ours', token),
    hostname: 'web',
    slices_count: null,
    running: true,
    power_action_pending: false,
    primary_ip_address: { ip_address: { ip_address: '10.0.0.1', netmask: '255.255.255.0' } },
    delayed_storage: true,
    ...change,
  },
});
/** The clouds, the machines, and what one is answered that is asked for by its id. */
const served =
  (machines: readonly object[], one: Recorded = json(machine())) =>
  ({ url }: Seen): Recorded => {
    if (url.startsWith('/available_clouds.')) return json(clouds);
    return url.startsWith('/virtual_machines.') ? json(machines) : one;
  };

it.each([
  [{ running: true }, 'active'],
  [{ running: false }, 'inactive'],
  [{ running: true, power_action_pending: true }, 'building'],
  [{ running: false, built: false }, 'building'],
  [{ running: 'MELTING' }, 'building'],
  [{ running: null }, 'building'],
  [{ running: false, virtual_machine_status: 'build_failed' }, 'error'],
  [{ running: false, failed_at: '2026-05-15T06:55:02-04:00' }, 'error'],
])('reads a machine with %j as %s', async (change, state) => {
  const driver = await connected(() => json(machine(change)));
  expect(await driver.get(london, '1384')).toMatchObject({ vendorId: '1384', state, zone: london });
});

it.each([
  ['10.0.0.1', '10.0.0.1'],
  [{ ip_address: '10.0.0.1' }, '10.0.0.1'],
  [{ ip_address: { ip_address: '10.0.0.1' } }, '10.0.0.1'],
  [null, null],
])('finds the address in %j', async (primary_ip_address, address) => {
  const driver = await connected(() => json(machine({ primary_ip_address })));
  expect(await driver.get(london, '1384')).toMatchObject({ address });
});

it('proves who asks, in the one version that there is', async () => {
  const driver = await connected(() => json([]));
  await driver.check();
  const authorization = `Basic ${Buffer.from('dave@vps.net:planted').toString('base64')}`;
  expect(cloud?.seen).toMatchObject([{ method: 'GET', url: '/virtual_machines.api10json', headers: { authorization } }]);
});

it('takes clouds for regions, and asks each for its own templates', async () => {
  const driver = await connected(served([]));
  expect(await driver.regions()).toEqual([london, 'US SLC Zone F']);
  expect(await driver.image('debian-12', 'x64', london)).toBe('41');
  await expect(driver.image('debian-12', 'x64', 'US SLC Zone F')).rejects.toMatchObject({ reason: 'not-found' });
  await expect(driver.image('debian-12', 'x64', 'Atlantis')).rejects.toMatchObject({ reason: 'not-found' });
});

it('makes sizes of nodes, where a cloud takes machines', async () => {
  const driver = await connected(served([]));
  const sizes = await driver.sizes(london);
  expect(sizes).toHaveLength(18);
  expect(sizes[0]).toEqual({ name: '1 nodes', cores: 1, memory: 0.367, disk: 10, gpu: 0, architecture: 'x64' });
  expect(sizes[17]).toMatchObject({ name: '18 nodes', cores: 5, memory: 6.609, disk: 180 });
  expect(await driver.sizes('US SLC Zone F')).toEqual([]);
});

it('lists its own machines of a cloud by their labels', async () => {
  const driver = await connected(
    served([
      machine(),
      machine({ id: 2, label: 'Web Server 01' }),
      machine({ id: 3, cloud_id: 4 }),
      machine({ id: 4, label: machineLabel('web', 'theirs', token) }),
      { surprise: true },
    ]),
  );
  expect(await driver.list(london, 'ours')).toMatchObject([{ vendorId: '1384', placement: token, address: '10.0.0.1' }]);
  expect(await driver.find(london, token)).toMatchObject({ vendorId: '1384' });
  expect(await driver.find(london, token.replace('1', '2'))).toBeUndefined();
});

const wanted: MachineOrder = {
  name: 'web',
  region: london,
  zone: london,
  size: '4 nodes',
  image: '41',
  tags: { 'agency.installation': 'ours' },
};

it('makes a machine of nodes, once it has found none', async () => {
  const driver = await connected((seen) =>
    seen.method === 'POST' ? json(machine({ running: false, power_action_pending: true }), 201) : served([])(seen),
  );
  expect(await driver.create(wanted, token)).toMatchObject({ vendorId: '1384', state: 'building' });
  const label = machineLabel('web', 'ours', token);
  expect(cloud?.seen.at(-1)).toMatchObject({ method: 'POST', url: '/virtual_machines.api10json' });
  expect(JSON.parse(cloud?.seen.at(-1)?.body ?? '')).toEqual({
    virtual_machine: {
      label,
      fqdn: `${label}.agency.internal`,
      cloud_id: 3,
      system_template_id: 41,
      slices_required: 4,
      backups_enabled: false,
    },
  });
});

it('makes no second machine of the same token, and none of a size that there is not', async () => {
  const driver = await connected(served([machine()]));
  expect(await driver.create(wanted, token)).toMatchObject({ vendorId: '1384', state: 'active' });
  await expect(driver.create({ ...wanted, size: 'large' }, token)).rejects.toMatchObject({ reason: 'invalid-request' });
  expect(cloud?.seen.map(({ method }) => method)).toEqual(['GET', 'GET']);
});

it.each([
  ['stop', false, true, 'shutdown'],
  ['stop', true, true, 'power_off'],
  ['start', false, false, 'power_on'],
  ['restart', true, true, 'reboot'],
] as const)('asks to %s (forced: %s) a machine that runs: %s by %s', async (action, forced, running, path) => {
  const driver = await connected(() => json(machine({ running })));
  await driver.operations?.act(london, '1384', action, forced);
  expect(cloud?.seen.at(-1)).toMatchObject({ method: 'POST', url: `/virtual_machines/1384/${path}.api10json` });
});

it.each([
  ['start', {}, 'conflict'],
  ['stop', { power_action_pending: true }, 'conflict'],
  ['resume', {}, 'invalid-request'],
] as const)('does not %s what is %j', async (action, change, reason) => {
  const driver = await connected(() => json(machine(change)));
  await expect(driver.operations?.act(london, '1384', action, false)).rejects.toMatchObject({ reason });
});

it.each([
  [json({ errors: [['base', 'Invalid credentials']] }, 403), 'bad-credentials', 'base Invalid credentials'],
  [{ status: 406, body: '' }, 'bad-credentials', 'status 406'],
  [json({ errors: [['slices_required', 'You do not have enough nodes']] }, 422), 'quota', 'enough nodes'],
  [json({ errors: ['There are not enough nodes available'] }, 422), 'quota', 'enough nodes'],
  [json({ errors: { message: 'Not enough resources on this cloud' } }, 422), 'no-capacity', 'Not enough resources'],
  [json({ errors: 'A power action is pending' }, 422), 'conflict', 'pending'],
  [json({ error: 'label is invalid' }, 422), 'invalid-request', 'label is invalid'],
  [json({ errors: [['base', 'Too many requests']] }, 429), 'rate-limited', 'Too many'],
  [{ status: 502, body: '<html>Bad gateway</html>' }, 'unavailable', 'Bad gateway'],
  [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' }, 'unknown', 'not JSON'],
  [json({}), 'unknown', 'no virtual_machine'],
  [json({ virtual_machine: null }), 'unknown', 'no virtual_machine'],
  [json({ virtual_machine: { label: 'web' } }), 'unknown', 'does not describe'],
])('tells the failure of a create by %j', async (answer, reason, words) => {
  const driver = await connected((seen) => (seen.method === 'POST' ? answer : served([])(seen)));
  const failure = await driver.create(wanted, token).then(
    () => undefined,
    (error: unknown) => asVendorError(error),
  );
  expect(failure).toMatchObject({ reason, message: expect.stringContaining(words) as string });
  expect(failure?.message).not.toContain('planted');
});

it('does not know a machine that VPS.net does not know', async () => {
  const driver = await connected(() => json({ errors: [['base', 'Resource not found']] }, 404));
  expect(await driver.get(london, '7')).toBeUndefined();
  await expect(driver.delete(london, '7')).rejects.toMatchObject({ reason: 'not-found' });
});

it('does not take what is no list for an empty one', async () => {
  const driver = await connected(({ url }) => json(url.startsWith('/available_clouds.') ? clouds : { virtual_machines: [] }));
  await expect(driver.list(london, 'ours')).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
});
