/** What a client of VPS.net's API 1.0 gets. */
import { credentialOf, present, probe, runTestbed, type RunningTestbed, until } from './harness.js';

let testbed: RunningTestbed;
let auth: { username: string; password: string };

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['vpsnet'] });
  const account = await testbed.account('vpsnet');
  auth = { username: credentialOf(account, 'email'), password: credentialOf(account, 'api_key') };
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

interface Machine {
  readonly id: number;
  readonly running: unknown;
  readonly power_action_pending: boolean;
  readonly primary_ip_address: { readonly ip_address: { readonly ip_address: string } } | null;
  readonly failed_at: string | null;
}
interface Answered {
  readonly virtual_machine: Machine;
  readonly errors: readonly (readonly string[])[];
}

const ask = async <Body = Answered>(method: string, path: string, data?: unknown) =>
  await testbed.http.request<Body>({ method, url: `/vpsnet${path}.api10json`, auth, data });

const wish = (change: object = {}) => ({
  virtual_machine: {
    label: 'Web Server 01',
    fqdn: 'web01.example.org',
    cloud_id: 1,
    system_template_id: 101,
    slices_required: 2,
    backups_enabled: false,
    ...change,
  },
});
const make = async (change: object = {}): Promise<number> =>
  (await ask('POST', '/virtual_machines', wish(change))).data.virtual_machine.id;
const settled = async (id: number): Promise<Machine> =>
  await until(
    async () => (await ask('GET', `/virtual_machines/${id}`)).data.virtual_machine,
    ({ power_action_pending: pending }) => !pending,
  );
const act = async (id: number, action: string) => await ask('POST', `/virtual_machines/${id}/${action}`);

it('gives nothing to whoever has no key', async () => {
  const { status } = await testbed.http.get<unknown>('/vpsnet/virtual_machines.api10json', {
    auth: { ...auth, password: 'another' },
  });
  expect(status).toBe(403);
  expect((await testbed.http.get<unknown>('/vpsnet/virtual_machines.api10json')).status).toBe(403);
});

it('tells clouds, each with templates of its own, and the nodes that are free', async () => {
  const { data } = await ask<{ cloud: { id: number; label: string; system_templates: { id: number; label: string }[] } }[]>(
    'GET',
    '/available_clouds',
  );
  expect(data.map(({ cloud: { id, label } }) => [id, label])).toEqual([
    [1, 'lon-a'],
    [2, 'slc-b'],
  ]);
  const templates = data.map(({ cloud }) => cloud.system_templates.find(({ label }) => label === 'Debian 12 x64')?.id);
  expect(templates).toEqual([101, 201]);
  const free = async (): Promise<number> =>
    (await ask<{ slice: { virtual_machine_id: number | null } }[]>('GET', '/nodes')).data.filter(
      ({ slice }) => slice.virtual_machine_id === null,
    ).length;
  const before = await free();
  await make();
  expect(await free()).toBe(before - 1);
});

it('makes a machine that is pending, then answers, and then goes', async () => {
  await testbed.fault({ cloud: 'vpsnet', fault: 'slow-boot', delay_ms: 4_000, times: 1 });
  const { status, data } = await ask('POST', '/virtual_machines', wish());
  expect(status).toBe(201);
  expect(data.virtual_machine).toMatchObject({
    running: false,
    power_action_pending: true,
    primary_ip_address: null,
    slices_count: 2,
  });
  const machine = await settled(data.virtual_machine.id);
  expect(machine).toMatchObject({ running: true, cloud_id: 1, label: 'Web Server 01' });
  const address = present(machine.primary_ip_address?.ip_address.ip_address, 'address');
  expect(await probe(address)).toMatchObject({ instance: String(machine.id), type: '2 nodes' });
  expect((await ask('DELETE', `/virtual_machines/${machine.id}`)).status).toBe(200);
  await until(
    () => ask('GET', `/virtual_machines/${machine.id}`),
    (answer) => answer.status === 404,
  );
  expect((await ask('DELETE', `/virtual_machines/${machine.id}`)).status).toBe(404);
});

it('shuts down, powers off and on, and reboots, each only where it makes sense', async () => {
  const id = await make();
  await settled(id);
  expect((await act(id, 'power_on')).status).toBe(409);
  expect((await act(id, 'shutdown')).data.virtual_machine).toMatchObject({ running: false, power_action_pending: true });
  expect(await settled(id)).toMatchObject({ running: false });
  expect((await act(id, 'reboot')).status).toBe(409);
  expect((await act(id, 'power_on')).status).toBe(200);
  expect(await settled(id)).toMatchObject({ running: true });
  expect((await act(id, 'reboot')).status).toBe(200);
  expect(await settled(id)).toMatchObject({ running: true });
  expect((await act(id, 'power_off')).status).toBe(200);
  expect(await settled(id)).toMatchObject({ running: false });
  expect((await act(id, 'levitate')).status).toBe(404);
});

it('keeps a machine that could not be built until its owner deletes it', async () => {
  await testbed.fault({ cloud: 'vpsnet', fault: 'boot-error', times: 1 });
  const id = await make();
  expect(await settled(id)).toMatchObject({ running: false, failed_at: expect.stringMatching(/^\d{4}-/) as string });
  expect((await ask('DELETE', `/virtual_machines/${id}`)).status).toBe(200);
});

it('shows a state that nobody knows in place of running', async () => {
  const id = await make();
  await settled(id);
  await testbed.http.post(`/control/instances/${id}/state`, { state: 'MELTING' });
  expect((await ask('GET', `/virtual_machines/${id}`)).data.virtual_machine).toMatchObject({ running: 'MELTING' });
});

it.each([
  ['no-capacity', 422, ['base', 'Not enough resources available on this cloud']],
  ['quota', 422, ['slices_required', 'You do not have enough nodes available']],
  ['server-error', 500, ['base', 'Internal server error']],
  ['region-down', 503, ['base', 'The control panel is down for maintenance']],
  ['rate-limit', 429, ['base', 'Too many requests']],
  ['revoked', 403, ['base', 'Invalid credentials']],
])('tells %s apart', async (fault, status, words) => {
  await testbed.fault({ cloud: 'vpsnet', fault });
  const answer = await ask('POST', '/virtual_machines', wish());
  expect([answer.status, answer.data.errors]).toEqual([status, [words]]);
});

it('says how long to wait', async () => {
  await testbed.fault({ cloud: 'vpsnet', fault: 'rate-limit', retry_after: 7 });
  expect((await ask('GET', '/nodes')).headers['retry-after']).toBe('7');
});

it.each([
  ['no label', { label: '' }, 'label'],
  ['a host without a domain', { fqdn: 'web01' }, 'fqdn'],
  ['a cloud that there is not', { cloud_id: 9 }, 'cloud_id'],
  ['a template of another cloud', { system_template_id: 201 }, 'system_template_id'],
  ['nodes in a number that is not sold', { slices_required: 19 }, 'slices_required'],
])('refuses %s', async (_, change, field) => {
  const { status, data } = await ask('POST', '/virtual_machines', wish(change));
  expect([status, data.errors[0]?.[0]]).toEqual([422, field]);
});

it('refuses a wish that is none', async () => {
  expect((await ask('POST', '/virtual_machines', {})).data.errors).toEqual([['virtual_machine', "can't be blank"]]);
  expect((await ask('GET', '/virtual_machines/1')).status).toBe(404);
});
