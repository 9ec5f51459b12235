import { type Clock, systemClock } from '@cloud-agency/runtime';
import axios, { type AxiosInstance, type AxiosRequestConfig } from 'axios';
import { credentialOf, endpointOf, probe, runTestbed, type RunningTestbed, until } from './harness.js';

interface Linode {
  readonly id: number;
  readonly label: string;
  readonly status: string;
  readonly ipv4: readonly string[];
  readonly type: string;
  readonly tags: readonly string[];
  readonly specs: { readonly disk: number };
}
interface Page<T> {
  readonly data: readonly T[];
  readonly page: number;
  readonly pages: number;
  readonly results: number;
}
interface Failure {
  readonly errors: readonly { readonly reason: string; readonly field?: string }[];
}

const region = 'eu-west';
/** Changes last long enough to be seen. */
const unhurriedClock: Clock = { ...systemClock, after: (ms, task) => systemClock.after(ms / 2, task) };
let testbed: RunningTestbed;
let api: AxiosInstance;

const clientWith = (headers: Record<string, string>, baseURL: string): AxiosInstance =>
  axios.create({ baseURL, headers, validateStatus: () => true, proxy: false });

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['linode'], clock: unhurriedClock });
  const account = await testbed.account('linode');
  api = clientWith({ authorization: `Bearer ${credentialOf(account, 'token')}` }, endpointOf(account));
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const get = async <T>(path: string, config?: AxiosRequestConfig): Promise<T> => {
  const { status, data } = await api.get<T>(path, config);
  expect({ path, status }).toEqual({ path, status: 200 });
  return data;
};
const post = async <T>(path: string, body: object = {}): Promise<T> => {
  const { status, data } = await api.post<T>(path, body);
  expect({ path, status, data }).toMatchObject({ path, status: 200 });
  return data;
};
const refusal = async (answer: Promise<{ status: number; data: unknown }>): Promise<[number, string]> => {
  const { status, data } = await answer;
  return [status, (data as Failure).errors[0]!.reason];
};
const filtered = (filter: object): AxiosRequestConfig => ({ headers: { 'x-filter': JSON.stringify(filter) } });

let count = 0;
const order = (changes: object = {}) => ({
  region,
  type: 'g6-standard-2',
  image: 'linode/debian12',
  root_pass: 'correct-Horse7',
  label: `web-${(count += 1)}`,
  ...changes,
});
const create = (changes: object = {}): Promise<Linode> => post<Linode>('/linode/instances', order(changes));
const linode = (id: number): Promise<Linode> => get<Linode>(`/linode/instances/${id}`);
const inStatus = (id: number, status: string): Promise<Linode> =>
  until(
    () => linode(id),
    (shown) => shown.status === status,
  );
const running = async (changes: object = {}): Promise<Linode> => inStatus((await create(changes)).id, 'running');

describe('the token', () => {
  it('is asked for where something is the account’s, and checked where it is not', async () => {
    const { data } = await testbed.http.get<Page<unknown>>('/linode/v4/linode/types');
    expect(data.results).toBeGreaterThan(10);
    expect(await refusal(testbed.http.get('/linode/v4/linode/instances'))).toEqual([401, 'Invalid Token']);
    const wrong = clientWith({ authorization: 'Bearer guess' }, api.defaults.baseURL!);
    expect(await refusal(wrong.get('/linode/types'))).toEqual([401, 'Invalid Token']);
    expect(await get('/profile')).toMatchObject({ restricted: false });
  });
});

describe('lists', () => {
  it('come in pages', async () => {
    const first = await get<Page<{ region: string }>>('/regions/availability', { params: { page_size: 25 } });
    expect(first).toMatchObject({ page: 1, pages: Math.ceil(first.results / 25) });
    expect(first.data).toHaveLength(25);
    expect(await refusal(api.get('/regions/availability', { params: { page: first.pages + 1 } }))).toEqual([404, 'Not found']);
    expect((await api.get('/regions', { params: { page_size: 5 } })).status).toBe(400);
  });

  it('are filtered by fields, operators and tags, and ordered', async () => {
    const one = await create({ tags: ['red', 'round'] });
    const two = await create({ tags: ['red'] });
    const found = async (filter: object): Promise<number[]> =>
      (await get<Page<Linode>>('/linode/instances', filtered(filter))).data.map(({ id }) => id);
    expect(await found({ tags: 'round' })).toEqual([one.id]);
    expect(await found({ tags: 'red', '+order_by': 'id', '+order': 'desc' })).toEqual([two.id, one.id]);
    expect(await found({ '+or': [{ label: one.label }, { label: { '+contains': two.label } }] })).toEqual([one.id, two.id]);
    expect(await found({ '+and': [{ tags: 'red' }, { id: { '+gt': one.id } }] })).toEqual([two.id]);
    expect(await refusal(api.get('/linode/instances', filtered({ colour: 'red' })))).toEqual([400, 'Cannot filter on colour']);
    expect((await api.get('/linode/instances', { headers: { 'x-filter': 'red' } })).status).toBe(400);
  });
});

describe('types', () => {
  it('tell memory and disk in MB, prices, and where they can be had', async () => {
    expect(await get('/linode/types/g6-standard-2')).toMatchObject({
      vcpus: 2,
      memory: 4096,
      disk: 81_920,
      price: { hourly: 0.03, monthly: 20 },
      region_prices: [],
    });
    const rows = await get<{ plan: string; available: boolean }[]>(`/regions/${region}/availability`);
    expect(rows.find(({ plan }) => plan === 'g6-standard-2')).toMatchObject({ available: true });
    expect(rows.some(({ available }) => !available)).toBe(true);
  });

  it('have a price of their own in a region where it has changed', async () => {
    await testbed.http.post('/control/prices', { cloud: 'linode', region, instance_type: 'g6-nanode-1', price: 0.009 });
    expect(await get('/linode/types/g6-nanode-1')).toMatchObject({
      price: { hourly: 0.0075 },
      region_prices: [{ id: region, hourly: 0.009, monthly: 6 }],
    });
  });
});

describe('a Linode', () => {
  it('is provisioned, answers at its address, and is deleted', async () => {
    const made = await create({ tags: ['shop'], metadata: { user_data: 'I2Nsb3VkLWNvbmZpZwo=' } });
    expect(made).toMatchObject({ status: 'provisioning', tags: ['shop'], has_user_data: true, specs: { disk: 81_920 } });
    const { ipv4 } = await inStatus(made.id, 'running');
    expect(await probe(ipv4[0]!)).toMatchObject({ instance: String(made.id), region });
    expect((await api.delete(`/linode/instances/${made.id}`)).data).toEqual({});
    await until(
      async () => (await api.get(`/linode/instances/${made.id}`)).status,
      (status) => status === 404,
    );
    expect(await refusal(api.delete(`/linode/instances/${made.id}`))).toEqual([404, 'Not found']);
  });

  it.each([
    [{ region: undefined }, 'region'],
    [{ region: 'moon' }, 'region'],
    [{ type: 'g6-huge' }, 'type'],
    [{ image: 'linode/debian99' }, 'image'],
    [{ root_pass: undefined }, 'root_pass'],
    [{ root_pass: 'aaaaaaaa' }, 'root_pass'],
    [{ label: 'no spaces' }, 'label'],
    [{ tags: ['x'] }, 'tags'],
    [{ authorized_keys: ['hello'] }, 'authorized_keys'],
    [{ metadata: { user_data: '#!' } }, 'metadata.user_data'],
  ])('is not made of %j', async (changes, field) => {
    const { status, data } = await api.post<Failure>('/linode/instances', order(changes));
    expect([status, data.errors[0]?.field]).toEqual([400, field]);
  });

  it('has a label of its own', async () => {
    const { label } = await create();
    expect(await refusal(api.post('/linode/instances', order({ label })))).toEqual([
      400,
      'Label must be unique among your linodes',
    ]);
  });

  it('is not made of a form', async () => {
    const { status } = await api.post('/linode/instances', 'region=eu-west', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(status).toBe(400);
  });

  it('shuts down, boots and reboots, and is busy meanwhile', async () => {
    const { id } = await running();
    const action = (name: string) => api.post<object>(`/linode/instances/${id}/${name}`);
    expect(await refusal(action('boot'))).toEqual([400, `Linode ${id} already booted.`]);
    expect((await action('shutdown')).data).toEqual({});
    expect(await linode(id)).toMatchObject({ status: 'shutting_down' });
    expect(await refusal(action('boot'))).toEqual([400, 'Linode busy.']);
    await inStatus(id, 'offline');
    expect((await action('reboot')).status).toBe(400);
    await action('boot');
    await inStatus(id, 'running');
    expect((await action('reboot')).status).toBe(200);
    expect(await linode(id)).toMatchObject({ status: 'rebooting' });
    await inStatus(id, 'running');
  });

  it('runs again with another type, without anybody confirming it', async () => {
    const { id } = await running();
    const resize = (body: object) => api.post(`/linode/instances/${id}/resize`, body);
    expect((await resize({ type: 'g6-standard-4' })).status).toBe(200);
    expect(await linode(id)).toMatchObject({ status: 'resizing' });
    expect(await inStatus(id, 'running')).toMatchObject({ type: 'g6-standard-4' });
    expect(await refusal(resize({ type: 'g6-nanode-1', allow_auto_disk_resize: false }))).toEqual([
      400,
      expect.stringContaining('more disk'),
    ]);
    expect((await resize({ type: 'g6-standard-4' })).status).toBe(400);
    await testbed.fault({ fault: 'no-capacity', cloud: 'linode', region });
    expect(await refusal(resize({ type: 'g6-standard-2' }))).toEqual([400, 'No open slots for this plan!']);
  });

  it('that could not boot is offline, and the events tell why', async () => {
    await testbed.fault({ fault: 'boot-error', cloud: 'linode', region });
    const { id } = await create();
    await inStatus(id, 'offline');
    const wanted = filtered({ 'entity.id': id, 'entity.type': 'linode', action: 'linode_boot' });
    expect((await get<Page<object>>('/account/events', wanted)).data).toMatchObject([
      { action: 'linode_boot', status: 'failed', message: 'The instance failed to boot.', entity: { id } },
    ]);
  });

  it('is measured while it runs', async () => {
    const { id } = await running();
    const { data } = await get<{ data: { cpu: [number, number][]; netv4: object } }>(`/linode/instances/${id}/stats`);
    const [[at, cpu]] = data.cpu as [[number, number]];
    expect(Math.abs(Date.now() - at)).toBeLessThan(60_000);
    expect(cpu).toBeGreaterThan(0);
    expect(data.netv4).toMatchObject({ in: [[at, expect.any(Number)]] });
    await post(`/linode/instances/${id}/shutdown`);
    expect((await api.get(`/linode/instances/${id}/stats`)).status).toBe(400);
  });

  it('gets another address, and gives it back', async () => {
    const { id } = await running();
    const { address } = await post<{ address: string }>(`/linode/instances/${id}/ips`, { type: 'ipv4', public: true });
    expect((await linode(id)).ipv4).toContain(address);
    expect(await probe(address)).toMatchObject({ instance: String(id) });
    expect((await api.delete(`/linode/instances/${id}/ips/${address}`)).status).toBe(200);
    expect((await api.delete(`/linode/instances/${id}/ips/${address}`)).status).toBe(404);
    const [own] = (await linode(id)).ipv4;
    expect((await api.delete(`/linode/instances/${id}/ips/${own!}`)).status).toBe(400);
  });
});

it('makes an image of a disk, and Linodes of the image', async () => {
  const { id } = await running();
  const disks = await get<Page<{ id: number; filesystem: string }>>(`/linode/instances/${id}/disks`);
  expect(disks.data.map(({ filesystem }) => filesystem)).toEqual(['ext4', 'swap']);
  const [disk, swap] = disks.data;
  expect((await api.post('/images', { disk_id: swap!.id })).status).toBe(400);
  const image = await post<{ id: string }>('/images', { disk_id: disk!.id, label: 'golden', tags: ['made-here'] });
  expect(image).toMatchObject({ status: 'creating', is_public: false, label: 'golden', tags: ['made-here'] });
  await until(
    () => get<{ status: string }>(`/images/${image.id}`),
    ({ status }) => status === 'available',
  );
  await running({ image: image.id });
  expect((await api.delete(`/images/${image.id}`)).status).toBe(200);
  expect((await api.get(`/images/${image.id}`)).status).toBe(404);
});

it('has volumes, which are attached in their region and detached before they are deleted', async () => {
  interface Volume {
    readonly id: number;
    readonly status: string;
    readonly linode_id: number | null;
  }
  const { id } = await running();
  const made = await post<Volume>('/volumes', { label: 'data', size: 20, region, tags: ['keep'] });
  const volume = (): Promise<Volume> => get<Volume>(`/volumes/${made.id}`);
  const ask = (action: string, body: object = {}) => api.post(`/volumes/${made.id}/${action}`, body);
  expect(made).toMatchObject({ status: 'creating', linode_id: null, region });
  expect((await api.post('/volumes', { label: 'data', region })).status).toBe(400);
  expect((await api.post('/volumes', { label: 'tiny', size: 1, region })).status).toBe(400);
  await until(volume, ({ status }) => status === 'active');
  expect((await ask('attach', { linode_id: (await create({ region: 'us-west' })).id })).status).toBe(400);
  expect((await ask('attach', { linode_id: id })).data).toMatchObject({ linode_id: id });
  expect((await ask('attach', { linode_id: id })).status).toBe(400);
  expect((await api.delete(`/volumes/${made.id}`)).status).toBe(400);
  await until(
    () => ask('detach'),
    ({ status }) => status === 200,
  );
  await until(volume, ({ linode_id: at }) => at === null);
  expect((await api.delete(`/volumes/${made.id}`)).status).toBe(200);
  expect((await api.get(`/volumes/${made.id}`)).status).toBe(404);
});

it.each([
  ['no-capacity', {}, [400, 'No open slots for this plan!']],
  ['quota', {}, [400, 'Account Limit reached. Please open a support ticket.']],
  ['region-down', {}, [503, 'Service Unavailable']],
  ['server-error', {}, [500, 'Internal Server Error']],
  ['revoked', {}, [401, 'Invalid Token']],
  ['rate-limit', { retry_after: 7 }, [429, 'Too many requests']],
] as const)('says %s in its own words', async (fault, more, said) => {
  await testbed.fault({ fault, cloud: 'linode', region, ...more });
  const answer = await api.post('/linode/instances', order());
  expect(await refusal(Promise.resolve(answer))).toEqual(said);
  expect(answer.headers['retry-after']).toBe(fault === 'rate-limit' ? '7' : undefined);
  expect((await api.get('/linode/instances')).status).toBe(200);
});
