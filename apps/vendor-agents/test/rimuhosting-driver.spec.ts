/** What RimuHosting may answer, odd things included. Documents as apidocs.rimuhosting.com and RimuHosting's own client have them. */
import { installationMark, machineLabel } from '../src/vendor/machine-label.js';
import type { MachineOrder, VendorDriver } from '../src/vendor/port.js';
import { asVendorError } from '../src/vendor/vendor-error.js';
import { vendor } from '../src/vendors/rimuhosting/index.js';
import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';

let cloud: RecordedCloud | undefined;
afterEach(async () => {
  await cloud?.close();
});

const now = Date.parse('2026-05-01T12:00:00Z');
const token = '0a1b2c3d-0000-4000-8000-000000000001';

const json = (body: unknown, status = 200): Recorded => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const ok = (root: string, content: object): Recorded =>
  json({ [root]: { status_message: null, status_code: 200, error_info: null, response_type: 'OK', ...content } });
const refused = (message: string, status = 400, errorClass?: string): Recorded =>
  json(
    {
      jaxrs_response: {
        status_code: status,
        error_info: { human_readable_message: message, ...(errorClass ? { error_class: errorClass } : {}) },
        response_type: 'ERROR',
        human_readable_message: 'Sorry.',
      },
    },
    status,
  );

async function connected(answer: (seen: Seen) => Recorded): Promise<VendorDriver> {
  cloud = await RecordedCloud.open(answer);
  const account = {
    vendor: 'rimuhosting',
    name: 'test',
    endpoint: `${cloud.url}/r`,
    regions: ['DCDALLAS'],
    credentials: { api_key: 'planted' },
  };
  return vendor.connect(account, { http: testHttp(), now: () => now });
}

const dallas = { data_center_location_code: 'DCDALLAS', data_center_location_name: 'Dallas' };
const order = (change: object = {}) => ({
  order_oid: 88833465,
  domain_name: `${machineLabel('web', 'ours', token)}.agency.internal`,
  slug: 'order-88833465-web',
  vps_parameters: { memory_mb: 1024, disk_space_mb: 8192, disk_space_2_mb: 0 },
  billing_info: { cancellation_date: null, suspended_date: null },
  location: dallas,
  allocated_ips: { primary_ip: '74.50.57.80', secondary_ips: [] },
  running_state: 'RUNNING',
  surprise: { of: ['something'] },
  ...change,
});
const told = (change: object = {}): Recorded => ok('get_order_response', { about_order: order(change) });
const at = (ms: number) => ({ ms_since_epoch: ms, iso_format: new Date(ms).toISOString() });
const hour = 3_600_000;

it.each([
  ['RUNNING', {}, 'active'],
  ['NOTRUNNING', {}, 'inactive'],
  ['RESTARTING', {}, 'building'],
  ['POWERCYCLING', {}, 'building'],
  ['LEVITATING', {}, 'building'],
  ['NOTRUNNING', { billing_info: { suspended_date: at(now - hour) } }, 'suspended'],
  ['NOTRUNNING', { billing_info: { cancellation_date: at(now - hour) }, allocated_ips: {} }, 'gone'],
  ['NOTRUNNING', { billing_info: { cancellation_date: at(now - hour) } }, 'inactive'],
  ['RUNNING', { billing_info: { cancellation_date: at(now + hour) } }, 'active'],
  ['NOTRUNNING', { billing_info: { cancellation_date: at(now + hour) }, allocated_ips: {} }, 'inactive'],
  ['NOTRUNNING', { billing_info: { cancellation_date: '2026-04-01T00:00:00Z' }, allocated_ips: null }, 'gone'],
  ['NOTRUNNING', { billing_info: null }, 'inactive'],
])('reads an order that is %s with %j as %s', async (running_state, change, state) => {
  const driver = await connected(() => told({ running_state, ...change }));
  expect(await driver.get('DCDALLAS', '88833465')).toMatchObject({ vendorId: '88833465', state, zone: 'DCDALLAS' });
});

it('proves who asks, and asks for orders that are not over', async () => {
  const driver = await connected(() => ok('get_orders_response', { about_orders: [] }));
  await driver.check();
  expect(cloud?.seen).toMatchObject([
    { method: 'GET', url: '/r/orders;include_inactive=N', headers: { authorization: 'rimuhosting apikey=planted' } },
  ]);
});

it('lists its own servers of a data centre by the label in their names', async () => {
  const driver = await connected(() =>
    ok('get_orders_response', {
      about_orders: [
        order(),
        order({ order_oid: 2, domain_name: 'example.com' }),
        order({ order_oid: 3, location: { data_center_location_code: 'DCLONDON' } }),
        order({ order_oid: 4, domain_name: `${machineLabel('web', 'theirs', token)}.agency.internal` }),
        order({ order_oid: 5, domain_name: undefined }),
      ],
    }),
  );
  expect(await driver.list('DCDALLAS', 'ours')).toMatchObject([
    { vendorId: '88833465', placement: token, address: '74.50.57.80' },
  ]);
  expect(await driver.find('DCDALLAS', token)).toMatchObject({ vendorId: '88833465' });
  expect(await driver.find('DCDALLAS', token.replace('1', '2'))).toBeUndefined();
});

const plan = (code: string, change: object = {}) => ({
  pricing_plan_code: code,
  monthly_recurring_fee: 20,
  monthly_recurring_amt: { amt: 30, currency: 'CUR_AUD', amt_usd: 21.9 },
  minimum_memory_mb: 2048,
  minimum_disk_gb: 8,
  server_type: 'VPS',
  offered_at_data_center: dallas,
  ...change,
});

it('makes sizes and prices of plans, and data centres of where they are offered', async () => {
  const driver = await connected(() =>
    ok('get_pricing_plans_response', {
      pricing_plan_infos: [
        plan('MIRO2B'),
        plan('SYD1', { offered_at_data_center: { data_center_location_code: 'DCSYDNEY' } }),
        plan('FREE', { monthly_recurring_amt: { amt_usd: 0 } }),
        plan('VAGUE', { minimum_memory_mb: null }),
        plan('EVERYWHERE', { offered_at_data_center: null, minimum_disk_gb: null }),
      ],
    }),
  );
  expect(await driver.regions()).toEqual(['DCDALLAS', 'DCSYDNEY']);
  expect(await driver.sizes('DCDALLAS')).toEqual([
    { name: 'MIRO2B', cores: 1, memory: 2, disk: 8, gpu: 0, architecture: 'x64' },
    { name: 'FREE', cores: 1, memory: 2, disk: 8, gpu: 0, architecture: 'x64' },
    { name: 'EVERYWHERE', cores: 1, memory: 2, disk: null, gpu: 0, architecture: 'x64' },
  ]);
  expect(cloud?.seen.at(-1)?.url).toBe('/r/pricing-plans;server-type=VPS;dc_location=DCDALLAS');
  expect(await driver.prices?.list(['DCDALLAS'])).toEqual([
    { region: 'DCDALLAS', size: 'MIRO2B', price: 0.03, currency: 'USD' },
    { size: 'EVERYWHERE', price: 0.03, currency: 'USD' },
  ]);
});

it('knows distributions by their descriptions, and passes over those of 32 bits', async () => {
  const driver = await connected(() =>
    ok('get_distros_response', {
      distro_infos: [
        { distro_code: 'bookworm', distro_description: 'Debian 12 32-bit (aka Bookworm)' },
        { distro_code: 'bookworm.64', distro_description: 'Debian 12 64-bit (aka Bookworm)' },
        { distro_description: 'nameless' },
      ],
    }),
  );
  expect(await driver.image('debian-12', 'x64', 'DCDALLAS')).toBe('bookworm.64');
  await expect(driver.image('rocky-9', 'x64', 'DCDALLAS')).rejects.toMatchObject({ reason: 'not-found' });
});

const wanted: MachineOrder = {
  name: 'web',
  region: 'DCDALLAS',
  zone: 'DCDALLAS',
  size: 'MIRO1B',
  image: 'bookworm.64',
  sshKey: 'ssh-ed25519 AAAA',
  userData: '#cloud-config\n',
  tags: { 'agency.installation': 'ours', team: 'shop' },
};

it('places an order with all that was wished for, once it has found none', async () => {
  const driver = await connected(({ method }) =>
    method === 'POST'
      ? ok('post_new_vps_response', { about_order: order({ running_state: 'RESTARTING' }) })
      : ok('get_orders_response', { about_orders: [] }),
  );
  expect(await driver.create(wanted, token)).toMatchObject({ vendorId: '88833465', state: 'building' });
  expect(cloud?.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /r/orders;include_inactive=N',
    'POST /r/orders/new-vps',
  ]);
  expect(JSON.parse(cloud?.seen[1]?.body ?? '')).toEqual({
    new_order_request: {
      dc_location: 'DCDALLAS',
      pricing_plan_code: 'MIRO1B',
      instantiation_options: {
        domain_name: `web-${installationMark('ours')}-${token}.agency.internal`,
        distro: 'bookworm.64',
        cloud_config_data: '#cloud-config\n',
      },
      meta_data: [
        { key_name: 'agency.installation', value: 'ours' },
        { key_name: 'team', value: 'shop' },
      ],
      file_injection_data: [{ path: '/root/.ssh/authorized_keys', data_as_string: 'ssh-ed25519 AAAA' }],
    },
  });
});

it('places no second order for the same token', async () => {
  const driver = await connected(() => ok('get_orders_response', { about_orders: [order()] }));
  expect(await driver.create(wanted, token)).toMatchObject({ vendorId: '88833465', state: 'active' });
  expect(cloud?.seen).toHaveLength(1);
});

it.each([
  ['stop', false, 'RUNNING', 'NOTRUNNING'],
  ['start', false, 'NOTRUNNING', 'RUNNING'],
  ['restart', false, 'RUNNING', 'RESTARTING'],
  ['restart', true, 'RUNNING', 'POWERCYCLING'],
] as const)('asks to %s (forced: %s) what is %s by the state %s', async (action, forced, is, asked) => {
  const driver = await connected(({ method }) =>
    method === 'PUT' ? ok('put_running_state_response', {}) : told({ running_state: is }),
  );
  await driver.operations?.act('DCDALLAS', '88833465', action, forced);
  expect(cloud?.seen.at(-1)).toMatchObject({
    method: 'PUT',
    url: '/r/orders/order-88833465-vps/vps/running-state',
    body: JSON.stringify({ running_state_change_request: { running_state: asked } }),
  });
});

it.each([
  ['start', {}, 'conflict'],
  ['stop', { running_state: 'RESTARTING' }, 'conflict'],
  ['suspend', {}, 'invalid-request'],
  ['stop', { running_state: 'NOTRUNNING', billing_info: { cancellation_date: at(now - 1) }, allocated_ips: {} }, 'not-found'],
] as const)('does not %s what is %j', async (action, change, reason) => {
  const driver = await connected(() => told(change));
  await expect(driver.operations?.act('DCDALLAS', '88833465', action, false)).rejects.toMatchObject({ reason });
});

it('asks for another size until the server has it', async () => {
  let memory = 1024;
  const driver = await connected(({ method, url }) => {
    if (url.includes('pricing-plans')) return ok('get_pricing_plans_response', { pricing_plan_infos: [plan('MIRO2B')] });
    if (method === 'PUT') memory = 2048;
    return told({ vps_parameters: { memory_mb: memory, disk_space_mb: 8192 } });
  });
  expect(await driver.operations?.resize('DCDALLAS', '88833465', 'MIRO2B')).toBe(false);
  expect(cloud?.seen.at(-1)).toMatchObject({
    url: '/r/orders/order-88833465-vps/vps/parameters',
    body: JSON.stringify({ running_vps_data: { memory_mb: 2048, disk_space_mb: 8192 } }),
  });
  expect(await driver.operations?.resize('DCDALLAS', '88833465', 'MIRO2B')).toBe(true);
  await expect(driver.operations?.resize('DCDALLAS', '88833465', 'MIRO9B')).rejects.toMatchObject({ reason: 'invalid-request' });
});

it.each([
  [refused('Bad key', 403), 'bad-credentials', '403'],
  [refused('You have reached the limit of servers.', 400, 'LimitException'), 'quota', 'LimitException'],
  [refused('There is no host server with enough free memory.', 200), 'no-capacity', null],
  [refused('Not enough memory on the host.', 409), 'no-capacity', '409'],
  [refused('The domain name is not valid.', 400), 'invalid-request', '400'],
  [refused('The domain name is not valid.', 200), 'invalid-request', null],
  [refused('Sorry, slow down.', 429), 'rate-limited', '429'],
  [{ status: 502, body: '<html>Bad gateway</html>' }, 'unavailable', '502'],
  [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' }, 'unknown', 'malformed'],
  [json({ post_new_vps_response: {} }), 'unknown', 'malformed'],
  [json({}), 'unknown', 'malformed'],
  [json([]), 'unknown', 'malformed'],
  [ok('post_new_vps_response', { about_order: null }), 'unknown', 'malformed'],
  [ok('post_new_vps_response', { about_order: { domain_name: 'web' } }), 'unknown', 'malformed'],
])('tells the failure of a create by %j', async (answer, reason, vendorCode) => {
  const driver = await connected(({ method }) => (method === 'POST' ? answer : ok('get_orders_response', { about_orders: [] })));
  const failure = await driver.create(wanted, token).then(
    () => undefined,
    (error: unknown) => asVendorError(error),
  );
  expect(failure).toMatchObject({ reason, vendorCode });
  expect(failure?.message).not.toContain('planted');
});

it('does not know an order that RimuHosting does not know', async () => {
  const driver = await connected(() => refused("There is no order '7'.", 404, 'NotFoundException'));
  expect(await driver.get('DCDALLAS', '7')).toBeUndefined();
  await expect(driver.delete('DCDALLAS', '7')).rejects.toMatchObject({ reason: 'not-found' });
});

it('does not take an answer without its list for an empty one', async () => {
  const driver = await connected(() => ok('get_orders_response', {}));
  await expect(driver.list('DCDALLAS', 'ours')).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
});
