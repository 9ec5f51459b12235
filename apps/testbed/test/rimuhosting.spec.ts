/** What a client of RimuHosting's API gets. */
import { credentialOf, probe, runTestbed, type RunningTestbed, until } from './harness.js';

let testbed: RunningTestbed;
let key: string;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['rimuhosting'] });
  key = credentialOf(await testbed.account('rimuhosting'), 'api_key');
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

interface Order {
  readonly order_oid: number;
  readonly slug: string;
  readonly running_state: string;
  readonly allocated_ips: { readonly primary_ip: string };
}
interface Content {
  readonly response_type: string;
  readonly human_readable_message: string | null;
  readonly error_info: { readonly error_class: string } | null;
  readonly about_order: Order;
  readonly about_orders: readonly Order[];
  readonly [name: string]: unknown;
}

const ask = async (method: string, path: string, data?: unknown, authorization: string | null = `rimuhosting apikey=${key}`) => {
  const answer = await testbed.http.request<Record<string, Content>>({
    method,
    url: `/rimuhosting/r${path}`,
    data,
    headers: { ...(authorization === null ? {} : { authorization }), 'content-type': 'application/json' },
  });
  const [[root, content]] = Object.entries(answer.data) as [[string, Content]];
  return { status: answer.status, headers: answer.headers, root, content };
};
const wish = (change: object = {}) => ({
  instantiation_options: { domain_name: 'web.example.com', distro: 'debian12.64', password: 'correct-horse' },
  pricing_plan_code: 'MIRO1B',
  dc_location: 'DCLONDON',
  ...change,
});
const make = async (change: object = {}): Promise<Order> =>
  (await ask('POST', '/orders/new-vps', { new_order_request: wish(change) })).content.about_order;
const become = (slug: string, state: string): Promise<Order> =>
  until(
    async () => (await ask('GET', `/orders/${slug}`)).content.about_order,
    ({ running_state }) => running_state === state,
  );
const change = (slug: string, state: string) =>
  ask('PUT', `/orders/${slug}/vps/running-state`, { reboot_request: { running_state: state } });

it('shows distributions and plans to everybody, and orders to whoever has the key', async () => {
  expect(await ask('GET', '/distributions', undefined, null)).toMatchObject({
    status: 200,
    root: 'get_distros_response',
    content: { response_type: 'OK', error_info: null },
  });
  expect(await ask('GET', '/distributions', undefined, 'rimuhosting apikey=1')).toMatchObject({ status: 403 });
  for (const [given, errorClass] of [
    [null, 'LoginRequired'],
    ['rimuhosting apikey=1', 'PermissionException'],
    [`Bearer ${key}`, 'PermissionException'],
  ] as const)
    expect(await ask('GET', '/orders;include_inactive=N', undefined, given)).toMatchObject({
      status: 403,
      content: { response_type: 'ERROR', error_info: { error_class: errorClass } },
    });
});

it('tells distributions, and plans with their monthly price by location', async () => {
  expect((await ask('GET', '/distributions')).content.distro_infos).toContainEqual({
    distro_code: 'debian12.64',
    distro_description: 'Debian 12 64-bit',
  });
  const plans = async (matrix: string) => (await ask('GET', `/pricing-plans;${matrix}`)).content.pricing_plan_infos;
  expect(await plans('server-type=VPS')).toHaveLength(8);
  expect(await plans('server-type=PHYSICAL')).toEqual([]);
  expect(await plans('server-type=VPS;dc_location=DCDALLAS')).toMatchObject([
    {
      pricing_plan_code: 'MIRO1B',
      minimum_memory_mb: 1024,
      minimum_disk_gb: 8,
      monthly_recurring_amt: { amt_usd: 20, currency: 'CUR_USD' },
      offered_at_data_center: { data_center_location_code: 'DCDALLAS', data_center_location_country_2ltr: 'US' },
    },
    {},
    {},
    {},
  ]);
});

it('sets up a server that answers, and shuts it down for good', async () => {
  const { slug, order_oid: oid, running_state: state } = await make();
  expect([slug, state]).toEqual([`order-${oid}-web-example-com`, 'RESTARTING']);
  const order = await become(slug, 'RUNNING');
  expect(await probe(order.allocated_ips.primary_ip)).toMatchObject({ instance: String(oid), region: 'DCLONDON' });
  expect(await ask('GET', `/orders/order-${oid}-whatever/vps`)).toMatchObject({
    root: 'get_vps_status_response',
    content: { running_vps_info: { running_state: 'RUNNING', pings_ok: true, is_suspended: false } },
  });
  expect(await ask('DELETE', `/orders/${slug}/vps`)).toMatchObject({ status: 200, root: 'delete_server_response' });
  expect((await ask('GET', '/orders;include_inactive=N')).content.about_orders).toEqual([]);
  await until(
    () => ask('GET', `/orders/${slug}/vps`),
    ({ status }) => status === 404,
  );
  expect((await ask('GET', `/orders/${slug}`)).content.about_order).toMatchObject({
    running_state: 'NOTRUNNING',
    billing_info: { cancellation_date: { iso_format: expect.stringMatching(/Z$/) as string } },
  });
  expect((await ask('GET', '/orders;include_inactive=Y')).content.about_orders.map(({ order_oid }) => order_oid)).toContain(oid);
  expect((await ask('DELETE', `/orders/${slug}/vps`)).status).toBe(404);
});

it('finds orders by what their client knows them by', async () => {
  const { order_oid: oid } = await make({ meta_data: [{ key_name: 'com.example.id', value: 'a-1' }] });
  const found = async (matrix: string) =>
    (await ask('GET', `/orders;${matrix}`)).content.about_orders.map(({ order_oid }) => order_oid);
  expect(await found('include_inactive=N;meta_search=com.example.id%3Aa-1')).toEqual([oid]);
  expect(await found('include_inactive=N;meta_search=com.example.id:a-2')).toEqual([]);
  expect(await found(`include_inactive=N;order_oids=${oid}`)).toEqual([oid]);
  expect(await found('include_inactive=N;dc_location=DCDALLAS')).toEqual([]);
  expect((await ask('GET', `/orders/order-${oid}-x`)).content.about_order).toMatchObject({
    meta_data: [{ key_name: 'com.example.id', value: 'a-1' }],
  });
  await ask('DELETE', `/orders/order-${oid}-x/vps`);
});

it('stops, starts, restarts and power cycles', async () => {
  await testbed.fault({ cloud: 'rimuhosting', fault: 'slow-boot', delay_ms: 10_000, times: 1 });
  const { slug } = await make();
  expect(await change(slug, 'RESTARTING')).toMatchObject({ status: 409, content: { response_type: 'ERROR' } });
  await become(slug, 'RUNNING');
  expect((await change(slug, 'RUNNING')).status).toBe(200);
  expect(await change(slug, 'NOTRUNNING')).toMatchObject({ root: 'put_running_state_response' });
  await become(slug, 'NOTRUNNING');
  expect((await change(slug, 'RESTARTING')).status).toBe(409);
  await change(slug, 'RUNNING');
  await become(slug, 'RUNNING');
  for (const state of ['RESTARTING', 'POWERCYCLING']) {
    expect((await change(slug, state)).status).toBe(200);
    await become(slug, 'RUNNING');
  }
  expect((await change(slug, 'LEVITATING')).status).toBe(400);
  await ask('DELETE', `/orders/${slug}/vps`);
});

it('gives a server other resources, and restarts it for that', async () => {
  const { slug } = await make();
  await become(slug, 'RUNNING');
  const resize = (parameters: object) => ask('PUT', `/orders/${slug}/vps/parameters`, { running_vps_data: parameters });
  expect(await resize({ memory_mb: 2048 })).toMatchObject({
    root: 'put_running_vps_data_response',
    content: { resource_change_result: { were_resources_changed: true, original_pricing: { amt_usd: 20 } } },
  });
  expect(await become(slug, 'RUNNING')).toMatchObject({ vps_parameters: { memory_mb: 2048, disk_space_mb: 8192 } });
  expect((await resize({ memory_mb: 2048, disk_space_mb: null })).content).toMatchObject({
    resource_change_result: { were_resources_changed: false },
  });
  await resize({ memory_mb: 3072, disk_space_mb: 10_240 });
  expect(await become(slug, 'RUNNING')).toMatchObject({
    vps_parameters: { memory_mb: 3072, disk_space_mb: 10_240 },
    billing_info: { monthly_recurring_amt: { amt_usd: 60.01 } },
  });
  expect((await resize({ memory_mb: 'much' })).status).toBe(400);
  await ask('DELETE', `/orders/${slug}/vps`);
});

it('cancels the order of a server that could not be set up', async () => {
  await testbed.fault({ cloud: 'rimuhosting', fault: 'boot-error', times: 1 });
  const { slug } = await make();
  const failed = await become(slug, 'NOTRUNNING');
  expect(failed).toMatchObject({ billing_info: { cancellation_date: { ms_since_epoch: expect.any(Number) as number } } });
  expect((await ask('GET', '/orders;include_inactive=N')).content.about_orders).toEqual([]);
});

it('shows a state that no document knows', async () => {
  const { slug, order_oid: oid } = await make();
  await become(slug, 'RUNNING');
  await testbed.http.post(`/control/instances/${oid}/state`, { state: 'MELTING' });
  expect((await ask('GET', `/orders/${slug}/vps`)).content.running_vps_info).toMatchObject({ running_state: 'MELTING' });
  await ask('DELETE', `/orders/${slug}/vps`);
});

it.each([
  ['no-capacity', 400, 'HostResourcesException'],
  ['quota', 400, 'OrderLimitException'],
  ['server-error', 500, 'RuntimeException'],
  ['region-down', 503, 'ServiceUnavailableException'],
  ['rate-limit', 429, 'TooManyRequestsException'],
  ['revoked', 403, 'PermissionException'],
])('tells %s of one location apart', async (fault, status, errorClass) => {
  await testbed.fault({ cloud: 'rimuhosting', region: 'DCLONDON', fault });
  const answer = await ask('POST', '/orders/new-vps', { 'new-vps': wish() });
  expect(answer).toMatchObject({
    status,
    root: 'jaxrs_response',
    content: { status_code: status, error_info: { error_class: errorClass } },
  });
  expect(answer.headers['retry-after']).toBe(fault === 'rate-limit' ? '1' : undefined);
  const { slug } = await make({ dc_location: 'DCDALLAS' });
  await testbed.calmDown();
  await ask('DELETE', `/orders/${slug}/vps`);
});

it.each([
  ['no root element', {}, 400],
  ['two of them', { a: wish(), b: wish() }, 400],
  ['no domain name', { a: wish({ instantiation_options: {} }) }, 400],
  ['a name that is no domain', { a: wish({ instantiation_options: { domain_name: 'web' } }) }, 400],
  ['another distribution', { a: wish({ instantiation_options: { domain_name: 'a.b', distro: 'beos' } }) }, 400],
  ['another location', { a: wish({ dc_location: 'DCMOON' }) }, 400],
  ['another plan', { a: wish({ pricing_plan_code: 'MIRO9' }) }, 400],
])('refuses an order with %s', async (_, body, status) => {
  expect(await ask('POST', '/orders/new-vps', body)).toMatchObject({ status, content: { response_type: 'ERROR' } });
});

it.each([
  ['GET', '/orders/order-7-x', 404],
  ['GET', '/orders/7/vps', 404],
  ['PUT', '/orders/order-7-x/vps/running-state', 404],
  ['GET', '/nothing', 404],
])('knows nothing of %s %s', async (method, path, status) => {
  const body = method === 'PUT' ? { any: { running_state: 'RUNNING' } } : undefined;
  expect(await ask(method, path, body)).toMatchObject({ status, content: { error_info: { error_class: 'NotFoundException' } } });
});

it('says in its own way that a body is no JSON', async () => {
  const { status, data } = await testbed.http.post<Record<string, Content>>('/rimuhosting/r/orders/new-vps', '{"new-vps"', {
    headers: { authorization: `rimuhosting apikey=${key}`, 'content-type': 'application/json' },
    transformRequest: (text: string) => text,
  });
  expect([status, data.jaxrs_response?.response_type]).toEqual([400, 'ERROR']);
});
