import axios, { type AxiosInstance } from 'axios';
import { credentialOf, endpointOf, present, probe, runTestbed, type RunningTestbed, until } from './harness.js';

interface Vm {
  readonly id: number;
  readonly identifier: string;
  readonly label: string;
  readonly built: boolean;
  readonly booted: boolean;
  readonly locked: boolean;
  readonly suspended: boolean;
  readonly state: string;
  readonly cpus: number;
  readonly memory: number;
  readonly price_per_hour: number;
  readonly ip_addresses: readonly { readonly ip_address: { readonly address: string } }[];
}
interface Listed<T> {
  readonly virtual_machine: Vm;
  readonly image_template: T;
}

let testbed: RunningTestbed;
let panel: AxiosInstance;

const connect = async (cloud: string, password?: string): Promise<AxiosInstance> => {
  const account = await testbed.account(cloud);
  return axios.create({
    baseURL: endpointOf(account),
    auth: { username: credentialOf(account, 'username'), password: password ?? credentialOf(account, 'password') },
    validateStatus: () => true,
    proxy: false,
  });
};

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['onapp', 'hostko'] });
  panel = await connect('onapp');
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const template = async (label: string): Promise<number> => {
  const { data } = await panel.get<Listed<{ id: number; label: string }>[]>('/templates.json');
  return present(
    data.find(({ image_template: found }) => found.label.startsWith(label)),
    label,
  ).image_template.id;
};

const order = async (changes: Record<string, unknown> = {}) => ({
  virtual_machine: {
    label: 'web',
    hostname: 'web-1',
    memory: 2048,
    cpus: 1,
    cpu_shares: 50,
    template_id: await template('Debian 12'),
    primary_disk_size: 20,
    swap_disk_size: 1,
    required_virtual_machine_build: 1,
    required_ip_address_assignment: 1,
    ...changes,
  },
});

async function create(changes: Record<string, unknown> = {}): Promise<number> {
  const { status, data } = await panel.post<{ virtual_machine: Vm }>('/virtual_machines.json', await order(changes));
  expect(status).toBe(201);
  return data.virtual_machine.id;
}
const shown = async (id: number | string): Promise<Vm> =>
  (await panel.get<{ virtual_machine: Vm }>(`/virtual_machines/${id}.json`)).data.virtual_machine;
const settled = (id: number): Promise<Vm> =>
  until(
    () => shown(id),
    ({ locked }) => !locked,
  );
const act = (id: number, action: string) => panel.post(`/virtual_machines/${id}/${action}.json`);
async function running(changes: Record<string, unknown> = {}): Promise<number> {
  const id = await create(changes);
  expect(await settled(id)).toMatchObject({ booted: true });
  return id;
}

describe('the control panel', () => {
  it('wants user and password', async () => {
    expect((await panel.get('/version.json')).data).toEqual({ version: '5.0.0' });
    const { status, data } = await (await connect('onapp', 'guess')).get<unknown>('/version.json');
    expect([status, data]).toEqual([401, { errors: [expect.any(String)] }]);
  });

  it('is one for each cloud', async () => {
    expect((await testbed.account('hostko')).vendor).toBe('hostko');
    const other = await connect('hostko');
    const id = await create();
    expect((await other.get(`/virtual_machines/${id}.json`)).status).toBe(404);
  });

  it('has zones of hypervisors, a network, and prices by what a server has', async () => {
    const zones = (await panel.get<{ hypervisor_group: { label: string } }[]>('/settings/hypervisor_zones.json')).data;
    expect(zones.map(({ hypervisor_group: zone }) => zone.label)).toEqual(['onapp-1-a', 'onapp-1-b']);
    expect((await panel.post('/settings/networks.json', { network: {} })).status).toBe(403);
    const { billing_plan_id: plan } = (await panel.get<{ user: { billing_plan_id: number } }>('/profile.json')).data.user;
    expect((await panel.get(`/billing_plans/${plan}.json`)).data).toMatchObject({ billing_plan: { currency_code: 'USD' } });
    expect((await panel.get(`/billing_plans/${plan}/base_resources.json`)).data).toMatchObject([
      { base_resource: { resource_name: 'cpu', prices: { price_on: 0.012 } } },
      { base_resource: { resource_name: 'memory', unit: 'MB' } },
      { base_resource: { resource_name: 'disk_size', unit: 'GB' } },
      { base_resource: { resource_name: 'vm_limit', limits: { limit: 30 } } },
    ]);
  });

  it('asks for the price that its price list says', async () => {
    const prices = (await testbed.http.get<string>('/prices/onapp.csv')).data;
    expect(prices).toContain(`c1-m2-d20,${(await shown(await create())).price_per_hour},`);
  });
});

describe('lists', () => {
  it('come in pages, counted from 1', async () => {
    const { data, headers } = await panel.get<unknown[]>('/templates.json', { params: { page: 2, per_page: 3 } });
    expect(data).toHaveLength(3);
    expect(headers).toMatchObject({ 'x-page': '2', 'x-limit': '3', 'x-total': '8' });
    expect((await panel.get('/templates.json', { params: { page: 9 } })).data).toEqual([]);
    await testbed.fault({ cloud: 'onapp', fault: 'short-pages' });
    expect((await panel.get('/templates.json', { params: { per_page: 50 } })).data).toHaveLength(2);
  });

  it('are searched by a part of the label', async () => {
    const id = await create({ label: 'needle-7' });
    const { data } = await panel.get<{ virtual_machine: Vm }[]>('/virtual_machines.json', { params: { q: 'eedle' } });
    expect(data.map(({ virtual_machine: vm }) => vm.id)).toEqual([id]);
  });
});

describe('virtual servers', () => {
  it('are locked while they are built, then booted, and answer at their address', async () => {
    await testbed.fault({ cloud: 'onapp', fault: 'slow-boot', delay_ms: 10_000, times: 1 });
    const id = await create();
    expect(await shown(id)).toMatchObject({ built: false, booted: false, locked: true, state: 'delivered' });
    expect((await act(id, 'shutdown')).data).toEqual({ errors: { base: ['Virtual server is locked'] } });
    const vm = await settled(id);
    expect(vm).toMatchObject({ built: true, booted: true, suspended: false });
    expect(await shown(vm.identifier)).toEqual(vm);
    expect(await probe(present(vm.ip_addresses[0], 'address').ip_address.address)).toMatchObject({ type: 'c1-m2-d20' });
  });

  it('are built and started only where that is asked for', async () => {
    const id = await create({ required_virtual_machine_build: 0, required_ip_address_assignment: 0 });
    expect(await shown(id)).toMatchObject({ built: false, booted: false, locked: false, ip_addresses: [] });
    expect((await act(id, 'startup')).status).toBe(422);
    await act(id, 'build');
    expect(await settled(id)).toMatchObject({ built: true, booted: true });
    const resting = await create({ required_virtual_machine_startup: 0 });
    expect(await settled(resting)).toMatchObject({ built: true, booted: false });
  });

  it.each([
    ['label', { label: '' }],
    ['hostname', { hostname: 'web_1' }],
    ['memory', { memory: 16 }],
    ['primary_disk_size', { primary_disk_size: 1 }],
    ['cpu_shares', { cpu_shares: undefined }],
    ['template_id', { template_id: 1 }],
    ['hypervisor_group_id', { hypervisor_group_id: 9 }],
  ])('are not made with a wrong %s', async (field, changes) => {
    const { status, data } = await panel.post<{ errors: object }>('/virtual_machines.json', await order(changes));
    expect([status, Object.keys(data.errors)]).toEqual([422, [field]]);
  });

  it('are not made of what is not JSON', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect((await panel.post('/virtual_machines.json', JSON.stringify(await order()), { headers })).status).toBe(422);
  });

  it('stop, start, restart, and are suspended and not any more by the same call', async () => {
    const id = await running();
    await act(id, 'shutdown');
    expect(await settled(id)).toMatchObject({ built: true, booted: false });
    expect((await act(id, 'reboot')).status).toBe(422);
    await act(id, 'startup');
    expect(await settled(id)).toMatchObject({ booted: true });
    await act(id, 'suspend');
    expect(await settled(id)).toMatchObject({ suspended: true, booted: false });
    await act(id, 'suspend');
    expect(await settled(id)).toMatchObject({ suspended: false, booted: true });
  });

  it('take other cores and memory, by a restart when they run', async () => {
    const id = await running();
    const edit = (changes: object) =>
      panel.put(`/virtual_machines/${id}.json`, { virtual_machine: { cpus: 2, memory: 4096, ...changes } });
    expect((await edit({})).status).toBe(422);
    expect((await edit({ allow_cold_resize: 1 })).status).toBe(204);
    expect(await settled(id)).toMatchObject({ booted: true, cpus: 2, memory: 4096 });
  });

  it('are gone once they are deleted', async () => {
    const id = await running();
    expect((await panel.delete(`/virtual_machines/${id}.json`)).status).toBe(204);
    expect((await panel.delete(`/virtual_machines/${id}.json`)).status).toBe(422);
    await until(
      async () => (await panel.get(`/virtual_machines/${id}.json`)).status,
      (status) => status === 404,
    );
  });

  it('tell what is measured of them', async () => {
    const id = await running();
    expect((await panel.get(`/virtual_machines/${id}/cpu_usage.json`)).data).toMatchObject([
      { cpu_hourly_stat: { virtual_machine_id: id, cpu_time: expect.any(Number) as number } },
    ]);
    expect((await panel.get('/usage_statistics.json')).data).toContainEqual({
      vm_stat: expect.objectContaining({ virtual_machine_id: id }) as object,
    });
  });
});

describe('what servers have', () => {
  it('disks are added, grow and go; the primary one stays', async () => {
    const id = await running();
    const disks = async () =>
      (await panel.get<{ disk: { id: number; disk_size: number } }[]>(`/virtual_machines/${id}/disks.json`)).data;
    const [primary] = await disks();
    expect(await disks()).toMatchObject([{ disk: { primary: true, disk_size: 20 } }, { disk: { is_swap: true, disk_size: 1 } }]);
    const added = await panel.post<{ disk: { id: number } }>(`/virtual_machines/${id}/disks.json`, { disk: { disk_size: 5 } });
    const own = `/settings/disks/${added.data.disk.id}.json`;
    expect((await panel.put(own, { disk: { disk_size: 4 } })).status).toBe(422);
    expect((await panel.put(own, { disk: { disk_size: 8 } })).status).toBe(204);
    expect(await disks()).toHaveLength(3);
    expect((await panel.delete(own)).status).toBe(204);
    expect((await panel.delete(`/settings/disks/${primary!.disk.id}.json`)).status).toBe(422);
  });

  it('a backup of the primary disk becomes a template, and that a server', async () => {
    const id = await running();
    const [primary] = (await panel.get<{ disk: { id: number } }[]>(`/virtual_machines/${id}/disks.json`)).data;
    const { data } = await panel.post<{ backup: { id: number } }>(`/settings/disks/${primary!.disk.id}/backups.json`);
    const backup = `/backups/${data.backup.id}`;
    const built = async () => (await panel.get<{ backup: { built: boolean } }>(`${backup}.json`)).data.backup.built;
    await until(built, (done) => done);
    const converted = await panel.post<Listed<{ id: number }>>(`${backup}/convert.json`, { backup: { label: 'golden' } });
    const wish = await order({ template_id: converted.data.image_template.id });
    await until(
      async () => (await panel.post('/virtual_machines.json', wish)).status,
      (status) => status === 201,
    );
    expect((await panel.delete(`/templates/${await template('Debian 12')}.json`)).status).toBe(403);
  });

  it('addresses of the network are given to a server and taken back', async () => {
    const id = await running();
    const list = '/settings/networks/1/ip_addresses.json';
    const free = (await panel.get<{ ip_address: { id: number; free: boolean } }[]>(list)).data.find(
      ({ ip_address: ip }) => ip.free,
    )!;
    const [nic] = (await panel.get<{ network_interface: { id: number } }[]>(`/virtual_machines/${id}/network_interfaces.json`))
      .data;
    const wish = { ip_address: { ip_address_id: free.ip_address.id, network_interface_id: nic!.network_interface.id } };
    const { data } = await panel.post<{ ip_address_join: { id: number } }>(`/virtual_machines/${id}/ip_addresses.json`, wish);
    expect((await panel.post(`/virtual_machines/${id}/ip_addresses.json`, wish)).data).toMatchObject({
      errors: { ip_address_id: ['has already been taken'] },
    });
    expect((await panel.get(`/virtual_machines/${id}/ip_addresses.json`)).data).toHaveLength(2);
    const join = `/virtual_machines/${id}/ip_addresses/${data.ip_address_join.id}.json`;
    expect((await panel.delete(join)).status).toBe(204);
    expect((await panel.delete(join)).status).toBe(404);
  });
});

describe('when something is wrong', () => {
  it.each([
    ['rate-limit', 429],
    ['server-error', 500],
    ['region-down', 503],
    ['revoked', 401],
  ])('says %s in its own words', async (fault, status) => {
    await testbed.fault({ cloud: 'onapp', fault });
    const answer = await panel.get<unknown>('/virtual_machines.json');
    expect([answer.status, answer.data]).toEqual([status, { errors: [expect.any(String)] }]);
    if (status === 429) expect(answer.headers['retry-after']).toBe('1');
  });

  it('tells a full cloud, a used-up limit and a failed build apart', async () => {
    const asked = async () => (await panel.post('/virtual_machines.json', await order())).data as object;
    await testbed.fault({ cloud: 'onapp', fault: 'no-capacity', times: 1 });
    expect(await asked()).toEqual({ errors: { base: ['There is no hypervisor with enough free resources'] } });
    await testbed.fault({ cloud: 'onapp', fault: 'quota', times: 1 });
    expect(await asked()).toEqual({ errors: { base: ['You have reached your virtual server limit'] } });
    await testbed.fault({ cloud: 'onapp', fault: 'boot-error', times: 1 });
    const id = await create();
    expect(await settled(id)).toMatchObject({ built: false, booted: false, state: 'failed' });
    expect((await panel.get(`/virtual_machines/${id}/transactions.json`)).data).toMatchObject([
      { transaction: { action: 'build_virtual_machine', status: 'failed' } },
    ]);
  });
});
