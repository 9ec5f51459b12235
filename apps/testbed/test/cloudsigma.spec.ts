import type { Account } from '@cloud-agency/runtime';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { credentialOf, endpointOf, present, probe, runTestbed, type RunningTestbed, until } from './harness.js';

interface Thing {
  readonly uuid: string;
  readonly name: string;
  readonly status: string;
  readonly size: number;
}
interface Server extends Thing {
  readonly cpu: number;
  readonly nics: readonly {
    readonly mac: string;
    readonly runtime: { readonly ip_v4: { readonly uuid: string } | null; readonly io: { readonly bytes_recv: number } } | null;
  }[];
  readonly drives: readonly { readonly drive: { readonly uuid: string } }[];
  readonly meta: Readonly<Record<string, string>>;
  readonly tags: readonly { readonly uuid: string }[];
}
interface Page<Kind = Thing> {
  readonly meta: { readonly limit: number; readonly offset: number; readonly total_count: number };
  readonly objects: readonly Kind[];
}

const gib = 2 ** 30;
let testbed: RunningTestbed;
let account: Account;
let api: AxiosInstance;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['cloudsigma'] });
  account = await testbed.account('cloudsigma');
  api = clientWith(credentialOf(account, 'password'));
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const clientWith = (password: string): AxiosInstance =>
  axios.create({
    baseURL: endpointOf(account).replace('{region}', 'zrh'),
    auth: { username: credentialOf(account, 'username'), password },
    validateStatus: () => true,
    proxy: false,
  });

const refusal = (status: number, type: string, message: string) => ({
  status,
  data: [{ error_type: type, error_message: expect.stringContaining(message) as string }],
});
const all = async <Kind = Thing>(path: string): Promise<readonly Kind[]> =>
  (await api.get<Page<Kind>>(path, { params: { limit: 0 } })).data.objects;
const made = ({ data }: AxiosResponse<Page>): Thing => present(data.objects[0], 'object');

async function clonedDrive(name = 'boot'): Promise<string> {
  const library = (await all('/libdrives/')).find((drive) => drive.name.startsWith('Debian 12'));
  const answer = await api.post<Page>(`/libdrives/${library?.uuid ?? ''}/action/?do=clone`, { name });
  expect([answer.status, made(answer).status]).toEqual([202, 'cloning_dst']);
  return made(answer).uuid;
}
const driveIs = (uuid: string, status: string): Promise<Thing> =>
  until(
    async () => (await api.get<Thing>(`/drives/${uuid}/`)).data,
    (drive) => drive.status === status,
  );

const definition = (changes: Record<string, unknown> = {}) => ({
  name: 'web',
  cpu: 2000,
  mem: 2 * gib,
  vnc_password: 'secret',
  nics: [{ ip_v4_conf: { conf: 'dhcp' }, model: 'virtio' }],
  ...changes,
});
const mounted = (drive: string) => [{ boot_order: 1, dev_channel: '0:0', device: 'virtio', drive }];
const create = async (changes: Record<string, unknown> = {}): Promise<string> =>
  made(await api.post<Page>('/servers/', definition(changes))).uuid;
const shown = async (uuid: string): Promise<Server> => (await api.get<Server>(`/servers/${uuid}/`)).data;
const serverIs = (uuid: string, status: string): Promise<Server> =>
  until(
    () => shown(uuid),
    (server) => server.status === status,
  );
const act = (uuid: string, action: string, body?: object) => api.post<Thing>(`/servers/${uuid}/action/?do=${action}`, body);

async function running(): Promise<{ uuid: string; drive: string }> {
  const drive = await clonedDrive();
  await driveIs(drive, 'unmounted');
  const uuid = await create({ drives: mounted(drive) });
  expect((await act(uuid, 'start')).status).toBe(202);
  await serverIs(uuid, 'running');
  return { uuid, drive };
}

describe('who asks', () => {
  it('has the right password', async () => {
    expect(await clientWith('guess').get('/balance/')).toMatchObject(refusal(401, 'permission', 'Authentication'));
    expect((await api.get('/profile/')).data).toMatchObject({ email: 'cloudsigma-user', state: 'REGULAR' });
    expect((await api.get('/balance/')).data).toEqual({ balance: expect.any(String) as string, currency: 'USD' });
  });

  it('speaks JSON', async () => {
    expect((await api.get('/servers/', { headers: { accept: 'application/xml' } })).status).toBe(406);
    expect((await api.post('/servers/', 'name=web', { headers: { 'content-type': 'text/plain' } })).status).toBe(400);
    expect(await api.get('/servers/', { params: { limit: 'many' } })).toMatchObject(refusal(400, 'validation', 'limit'));
  });
});

describe('drives', () => {
  it('are cloned of the library, whose own have no owner', async () => {
    const drive = await clonedDrive('mine');
    expect(await driveIs(drive, 'unmounted')).toMatchObject({ name: 'mine', media: 'disk', size: 5 * gib, mounted_on: [] });
    const [library] = await all<Thing & { owner: unknown }>('/libdrives/');
    expect((await api.get(`/drives/${library?.uuid ?? ''}/`)).data).toMatchObject({ owner: null, uuid: library?.uuid });
    expect((await all('/drives/detail/')).map(({ uuid }) => uuid)).toContain(drive);
    expect((await all('/drives/')).map(({ uuid }) => uuid)).not.toContain(library?.uuid);
  });

  it('are made, grow, and are deleted', async () => {
    const created = await api.post<Page>('/drives/', { name: 'data', size: 10 * gib, media: 'disk' });
    expect([created.status, made(created).status]).toEqual([201, 'creating']);
    const { uuid } = made(created);
    await driveIs(uuid, 'unmounted');
    const larger = { name: 'data', media: 'disk', size: 20 * gib };
    expect(made(await api.post<Page>(`/drives/${uuid}/action/?do=resize`, larger)).status).toBe('resizing');
    expect((await driveIs(uuid, 'unmounted')).size).toBe(20 * gib);
    expect(await api.post(`/drives/${uuid}/action/?do=resize`, { ...larger, size: gib })).toMatchObject(
      refusal(400, 'validation', 'smaller'),
    );
    expect((await api.delete(`/drives/${uuid}/`)).status).toBe(204);
    expect(await api.get(`/drives/${uuid}/`)).toMatchObject(refusal(404, 'notexist', uuid));
    expect(await api.post('/drives/', { name: 'data', media: 'disk' })).toMatchObject({
      status: 400,
      data: [{ error_type: 'validation', error_point: 'size' }],
    });
  });
});

describe('a server', () => {
  it('is made stopped, and runs once it is started: at its address, with what it has read and sent', async () => {
    const drive = await clonedDrive();
    await driveIs(drive, 'unmounted');
    const created = await api.post<Page<Server>>('/servers/', definition({ drives: mounted(drive), meta: { token: 'mine' } }));
    expect(created.status).toBe(201);
    const uuid = present(created.data.objects[0], 'server').uuid;
    expect(await shown(uuid)).toMatchObject({ status: 'stopped', smp: 1, runtime: null, meta: { token: 'mine' } });
    expect((await act(uuid, 'start')).data).toEqual({ action: 'start', result: 'success', uuid });
    const address = present((await serverIs(uuid, 'running')).nics[0]?.runtime?.ip_v4?.uuid, 'address');
    expect(await probe(address)).toMatchObject({ instance: uuid, type: 'c1-m2-d5' });
    expect((await all('/ips/')).map((ip) => ip.uuid)).toContain(address);
    await until(
      () => shown(uuid),
      ({ nics }) => (nics[0]?.runtime?.io.bytes_recv ?? 0) > 0,
    );
    expect((await api.get(`/drives/${drive}/`)).data).toMatchObject({ status: 'mounted', mounted_on: [{ uuid }] });
  });

  it('is not started before its drive is there, nor twice', async () => {
    const drive = await clonedDrive();
    const uuid = await create({ drives: mounted(drive) });
    expect(await act(uuid, 'start')).toMatchObject(refusal(503, 'concurrency', 'cloning_dst'));
    await driveIs(drive, 'mounted');
    await act(uuid, 'start');
    await serverIs(uuid, 'running');
    expect(await act(uuid, 'start')).toMatchObject(
      refusal(403, 'permission', 'Cannot start guest in state "started". Guest should be in state "stopped"'),
    );
    expect(await api.post('/servers/', definition({ drives: mounted(drive) }))).toMatchObject(
      refusal(400, 'validation', 'already mounted'),
    );
  });

  it('is stopped, changed and started again; while it runs only its name, meta and tags change', async () => {
    const { uuid, drive } = await running();
    const { mac } = present((await shown(uuid)).nics[0], 'nic');
    const nics = [{ mac, ip_v4_conf: { conf: 'dhcp' } }];
    const larger = definition({ name: 'larger', cpu: 4000, nics, drives: mounted(drive), meta: { a: 'b' } });
    expect((await api.put(`/servers/${uuid}/`, larger)).data).toMatchObject({ name: 'larger', cpu: 2000, meta: { a: 'b' } });
    expect((await act(uuid, 'shutdown')).status).toBe(202);
    await serverIs(uuid, 'stopped');
    expect(await act(uuid, 'stop')).toMatchObject(refusal(403, 'permission', 'Cannot stop guest in state "stopped"'));
    expect((await api.put(`/servers/${uuid}/`, larger)).data).toMatchObject({ cpu: 4000, smp: 2, nics: [{ mac }] });
    await act(uuid, 'start');
    await serverIs(uuid, 'running');
    expect((await testbed.http.get<{ id: string; type: string }[]>('/control/instances')).data).toContainEqual(
      expect.objectContaining({ id: uuid, type: 'c2-m2-d5' }),
    );
  });

  it('is deleted once it is stopped, with its drives where that is asked for', async () => {
    const { uuid, drive } = await running();
    expect(await api.delete(`/servers/${uuid}/`)).toMatchObject(refusal(403, 'permission', 'Cannot delete guest'));
    await act(uuid, 'stop');
    await serverIs(uuid, 'stopped');
    expect((await api.delete(`/servers/${uuid}/`, { params: { recurse: 'everything' } })).status).toBe(400);
    expect((await api.delete(`/servers/${uuid}/`, { params: { recurse: 'all_drives' } })).status).toBe(204);
    await until(
      async () => (await api.get(`/servers/${uuid}/`)).status,
      (status) => status === 404,
    );
    expect((await api.get(`/drives/${drive}/`)).status).toBe(404);
  });

  it('is cloned with its drives', async () => {
    const { uuid, drive } = await running();
    const { status, data } = await act(uuid, 'clone', { name: 'twin' });
    expect([status, data]).toMatchObject([202, { name: 'twin', status: 'stopped' }]);
    const twin = await shown(data.uuid);
    expect(twin.drives[0]?.drive.uuid).not.toBe(drive);
  });

  it.each([
    [{ vnc_password: undefined }, 'vnc_password'],
    [{ mem: 1000 }, 'mem'],
    [{ cpu: 8000, smp: 2 }, 'cpu'],
    [{ nics: [{ vlan: 'v', ip_v4_conf: { conf: 'dhcp' } }] }, 'nics'],
    [{ nics: [{ mac: '22:00:00:00:00:00' }] }, 'nics'],
  ])('is not made of %j', async (changes, point) => {
    expect(await api.post('/servers/', definition(changes))).toMatchObject({
      status: 400,
      data: [{ error_type: 'validation', error_point: point }],
    });
  });

  it('that cannot boot is unavailable, and is shown in any state that is asked for', async () => {
    await testbed.fault({ cloud: 'cloudsigma', fault: 'boot-error', times: 1 });
    const uuid = await create();
    await act(uuid, 'start');
    await serverIs(uuid, 'unavailable');
    await testbed.http.post(`/control/instances/${uuid}/state`, { state: 'MELTING' });
    expect((await shown(uuid)).status).toBe('MELTING');
    await testbed.http.post(`/control/instances/${uuid}/state`, { state: null });
    expect((await api.delete(`/servers/${uuid}/`)).status).toBe(204);
  });
});

describe('tags and snapshots', () => {
  it('group servers and drives', async () => {
    const server = await create();
    const tagged = await api.post<Page>('/tags/', { name: 'agency', resources: [server] });
    expect(tagged.status).toBe(201);
    expect(made(tagged)).toMatchObject({ name: 'agency', resources: [{ uuid: server, res_type: 'servers' }] });
    expect((await shown(server)).tags).toMatchObject([{ uuid: made(tagged).uuid }]);
    await api.put(`/servers/${server}/`, definition({ tags: [] }));
    expect((await shown(server)).tags).toEqual([]);
    expect((await api.delete(`/tags/${made(tagged).uuid}/`)).status).toBe(204);
    expect((await api.post('/tags/', { name: 'lost', resources: ['nobody'] })).status).toBe(404);
  });

  it('keep a drive as it was, and make another of it', async () => {
    const drive = await clonedDrive();
    await driveIs(drive, 'unmounted');
    const snapshot = made(await api.post<Page>('/snapshots/', { drive, name: 'before' }));
    expect(snapshot.status).toBe('creating');
    expect(await api.post(`/snapshots/${snapshot.uuid}/action/?do=clone`)).toMatchObject(refusal(503, 'concurrency', 'creating'));
    await until(
      async () => (await api.get<Thing>(`/snapshots/${snapshot.uuid}/`)).data.status,
      (status) => status === 'available',
    );
    expect(made(await api.post<Page>(`/snapshots/${snapshot.uuid}/action/?do=clone`))).toMatchObject({ name: 'before' });
    expect(await all(`/snapshots/?drive=${drive}`)).toHaveLength(1);
  });
});

describe('lists', () => {
  it('come in pages of twenty, of as many as asked for, or whole', async () => {
    const page = async (params: Record<string, number>) => (await api.get<Page>('/pricing/', { params })).data;
    expect((await page({})).meta).toEqual({ limit: 20, offset: 0, total_count: 24 });
    expect((await page({ limit: 5, offset: 22 })).objects).toHaveLength(2);
    expect((await page({ limit: 0 })).objects).toHaveLength(24);
    await testbed.fault({ cloud: 'cloudsigma', fault: 'short-pages' });
    expect(await page({ limit: 0 })).toMatchObject({ meta: { limit: 2, total_count: 24 } });
  });

  it('tell prices for units of resources times seconds, and the burst levels', async () => {
    const { data } = await api.get<Page & { current: unknown }>('/pricing/', { params: { limit: 0 } });
    expect(data.objects).toContainEqual({
      id: expect.any(String) as string,
      resource: 'cpu',
      unit: 'GHz/hour',
      multiplier: 3_600_000,
      price: '0.01240000000000000000',
      currency: 'USD',
      level: 1,
    });
    expect(data.current).toMatchObject({ cpu: 1, mem: 1, dssd: 1 });
    expect((await all<{ id: string }>('/locations/')).map(({ id }) => id)).toEqual(['ZRH']);
    expect(((await api.get('/capabilities/')).data as Record<string, unknown>).servers).toMatchObject({ smp: { max: 32 } });
  });
});

describe('what goes wrong', () => {
  it.each([
    [{ fault: 'no-capacity' }, 503, 'backend', 'out of capacity'],
    [{ fault: 'quota' }, 402, 'billing', 'quota'],
  ])('%j meets whoever starts a server', async (fault, status, type, message) => {
    const uuid = await create();
    await testbed.fault({ cloud: 'cloudsigma', ...fault });
    expect(await act(uuid, 'start')).toMatchObject(refusal(status, type, message));
  });

  it.each([
    [{ fault: 'region-down', region: 'zrh' }, 503, 'backend'],
    [{ fault: 'server-error' }, 500, 'backend'],
    [{ fault: 'revoked' }, 401, 'permission'],
    [{ fault: 'rate-limit', retry_after: 7 }, 429, 'permission'],
  ])('%j befalls any call', async (fault, status, type) => {
    await testbed.fault({ cloud: 'cloudsigma', ...fault });
    const answer = await api.get('/servers/');
    expect(answer).toMatchObject(refusal(status, type, ''));
    expect(answer.headers['retry-after']).toBe(status === 429 ? '7' : undefined);
  });
});
