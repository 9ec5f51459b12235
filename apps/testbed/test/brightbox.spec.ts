import { type Account, type Clock, systemClock } from '@cloud-agency/runtime';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { credentialOf, endpointOf, present, probe, runTestbed, type RunningTestbed, until } from './harness.js';

interface Server {
  readonly id: string;
  readonly status: string;
  readonly deleted_at: string | null;
  readonly zone: { readonly handle: string };
  readonly server_type: { readonly handle: string };
  readonly interfaces: readonly { readonly id: string; readonly ipv4_address: string }[];
  readonly cloud_ips: readonly { readonly public_ip: string }[];
  readonly snapshots: readonly { readonly id: string }[];
}
interface Named {
  readonly id: string;
  readonly name: string;
  readonly handle: string;
  readonly status: string;
}

/** Changes last long enough to be seen. */
const unhurriedClock: Clock = { ...systemClock, after: (ms, task) => systemClock.after(ms / 2, task) };
let testbed: RunningTestbed;
let account: Account;
let api: AxiosInstance;

const client = (authorization: string): AxiosInstance =>
  axios.create({ baseURL: endpointOf(account), headers: { authorization }, validateStatus: () => true, proxy: false });

const askToken = (changes: object = {}, secret = credentialOf(account, 'secret')) => {
  const id = credentialOf(account, 'client');
  const basic = Buffer.from(`${id}:${secret}`).toString('base64');
  return client(`Basic ${basic}`).post<Record<string, unknown>>('/token', { client_id: id, grant_type: 'none', ...changes });
};

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['brightbox'], clock: unhurriedClock });
  account = await testbed.account('brightbox');
  api = client(`OAuth ${String((await askToken()).data.access_token)}`);
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const get = async <T>(path: string): Promise<T> => {
  const { status, data } = await api.get<T>(`/1.0${path}`);
  expect({ path, status }).toEqual({ path, status: 200 });
  return data;
};
const post = (path: string, body?: object) => api.post<unknown>(`/1.0${path}`, body);
const refusal = ({ status, data }: AxiosResponse<unknown>): [number, unknown] => [
  status,
  (data as { error_name: string }).error_name,
];
const imageNamed = async (name: string): Promise<string> => {
  const images = await get<(Named & { created_at: string })[]>('/images');
  const builds = images.filter((image) => image.name === name).sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
  return present(builds[0], `image ${name}`).id;
};
const typeNamed = async (handle: string): Promise<string> =>
  present(
    (await get<Named[]>('/server_types')).find((type) => type.handle === handle),
    `type ${handle}`,
  ).id;

async function create(changes: object = {}): Promise<Server> {
  const order = { image: await imageNamed('Debian 12 server'), server_type: await typeNamed('small'), ...changes };
  const { status, data } = await post('/servers', order);
  expect({ status, data }).toMatchObject({ status: 202 });
  return data as Server;
}
const server = (id: string): Promise<Server> => get<Server>(`/servers/${id}`);
const inStatus = (id: string, status: string): Promise<Server> =>
  until(
    () => server(id),
    (shown) => shown.status === status,
  );
const active = async (changes: object = {}): Promise<Server> => inStatus((await create(changes)).id, 'active');

describe('tokens', () => {
  it('are given for the secret of an API client, and end', async () => {
    expect(await askToken()).toMatchObject({
      status: 200,
      data: { access_token: expect.any(String) as string, expires_in: 7200 },
    });
    expect(await askToken({ grant_type: 'client_credentials' })).toMatchObject({ status: 200 });
    await testbed.http.delete('/control/tokens');
    const { status, data, headers } = await api.get<unknown>('/1.0/zones');
    expect([status, data]).toMatchObject([401, { error: 'invalid_token' }]);
    expect(headers['www-authenticate']).toBe('OAuth error="invalid_token"');
    api = client(`OAuth ${String((await askToken()).data.access_token)}`);
    expect(await get('/zones')).toHaveLength(2);
  });

  it('are not given for a guess, another client or another grant', async () => {
    expect(await askToken({}, 'guess')).toMatchObject({ status: 401, data: { error: 'invalid_client' } });
    expect(await askToken({ client_id: 'cli-other' })).toMatchObject({ status: 400, data: { error: 'invalid_client' } });
    expect(await askToken({ grant_type: 'password' })).toMatchObject({ status: 400, data: { error: 'unauthorized_client' } });
  });
});

it('tells zones, types in MB, and images of several builds', async () => {
  expect((await get<Named[]>('/zones')).map(({ handle }) => handle)).toEqual(['gb1-a', 'gb1-b']);
  expect(await get(`/server_types/${await typeNamed('small')}`)).toMatchObject({ cores: 2, ram: 2048, disk_size: 81_920 });
  const builds = (await get<Named[]>('/images')).filter(({ name }) => name === 'Debian 12 server');
  expect(builds).toHaveLength(2);
  expect(await get(`/images/${builds[0]!.id}`)).toMatchObject({ arch: 'x86_64', official: true, status: 'available' });
  expect(refusal(await api.get('/1.0/images/img-zzzzz'))).toEqual([404, 'missing_resource']);
});

describe('a server', () => {
  it('is created in a zone, answers at its address, and is shown when it is deleted', async () => {
    const made = await create({ name: 'web', zone: 'gb1-b', user_data: 'I2Nsb3VkLWNvbmZpZwo=' });
    expect(made).toMatchObject({ status: 'creating', name: 'web', zone: { handle: 'gb1-b' }, user_data: 'I2Nsb3VkLWNvbmZpZwo=' });
    const { interfaces } = await inStatus(made.id, 'active');
    expect(await probe(interfaces[0]!.ipv4_address)).toMatchObject({ instance: made.id, zone: 'gb1-b' });
    const gone = await api.delete<Server>(`/1.0/servers/${made.id}`);
    expect([gone.status, gone.data.status]).toEqual([202, 'deleting']);
    expect((await inStatus(made.id, 'deleted')).deleted_at).toMatch(/^\d{4}-.*Z$/);
    expect(refusal(await api.delete(`/1.0/servers/${made.id}`))).toEqual([409, 'resource_conflict']);
    expect(refusal(await api.delete('/1.0/servers/srv-00000'))).toEqual([404, 'missing_resource']);
  });

  it.each([
    [{ image: undefined }],
    [{ image: 'img-zzzzz' }],
    [{ server_type: 'typ-zzzzz' }],
    [{ zone: 'moon' }],
    [{ user_data: '#!' }],
  ])('is not created of %j', async (changes) => {
    const order = { image: await imageNamed('Debian 12 server'), ...changes };
    expect(refusal(await post('/servers', order))).toEqual([422, 'unprocessable_entity']);
  });

  it('is not created of a form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await api.post('/1.0/servers', 'image=img-12345', { headers })).status).toBe(415);
  });

  it('stops, starts, shuts down and reboots', async () => {
    const { id } = await active();
    expect(refusal(await post(`/servers/${id}/start`))).toEqual([409, 'resource_conflict']);
    // As recorded: the answer to a stop is a server that is still active.
    expect(await post(`/servers/${id}/stop`)).toMatchObject({ status: 202, data: { status: 'active' } });
    await inStatus(id, 'inactive');
    expect((await post(`/servers/${id}/reboot`)).status).toBe(409);
    await post(`/servers/${id}/start`);
    await inStatus(id, 'active');
    expect((await post(`/servers/${id}/shutdown`)).status).toBe(202);
    await inStatus(id, 'inactive');
    await post(`/servers/${id}/start`);
    await inStatus(id, 'active');
    expect((await post(`/servers/${id}/reset`)).status).toBe(202);
  });

  it('takes another type with a disk of the same size while it is inactive', async () => {
    const { id } = await active();
    const resize = async (handle: string) => await post(`/servers/${id}/resize`, { new_type: await typeNamed(handle) });
    expect(refusal(await resize('small-high-io'))).toEqual([409, 'resource_conflict']);
    await post(`/servers/${id}/stop`);
    await inStatus(id, 'inactive');
    expect((await resize('large')).status).toBe(422);
    expect(await resize('small-high-io')).toMatchObject({ status: 202, data: { server_type: { handle: 'small-high-io' } } });
  });

  it('that could not boot has failed', async () => {
    await testbed.fault({ fault: 'boot-error', cloud: 'brightbox' });
    await inStatus((await create()).id, 'failed');
  });

  it('is snapshotted: an image of the account’s own, that can be given a name', async () => {
    const { id } = await active();
    const { status, headers } = await post(`/servers/${id}/snapshot`);
    const [, image = ''] = /\/1\.0\/images\/(img-[0-9a-f]{5})>; rel=snapshot$/.exec(String(headers.link)) ?? [];
    expect(status).toBe(202);
    expect((await server(id)).snapshots.map((snapshot) => snapshot.id)).toEqual([image]);
    expect(refusal(await post('/servers', { image }))).toEqual([422, 'unprocessable_entity']);
    await until(
      () => get<Named>(`/images/${image}`),
      (shown) => shown.status === 'available',
    );
    expect((await api.put(`/1.0/images/${image}`, { name: 'golden' })).status).toBe(200);
    expect(await get(`/images/${image}`)).toMatchObject({ name: 'golden', official: false, source_type: 'snapshot' });
    await active({ image });
    expect((await api.delete(`/1.0/images/${image}`)).status).toBe(202);
  });
});

it('maps cloud IPs to the interfaces of servers', async () => {
  const { id, interfaces } = await active();
  const { status, data } = await post('/cloud_ips', { name: 'shop' });
  const ip = data as { id: string; public_ip: string };
  expect([status, data]).toMatchObject([201, { status: 'unmapped', name: 'shop' }]);
  const ask = (action: string, body: object = {}) => post(`/cloud_ips/${ip.id}/${action}`, body);
  expect((await ask('map', { destination: 'srv-zzzzz' })).status).toBe(422);
  expect(await ask('map', { destination: interfaces[0]!.id })).toMatchObject({
    status: 202,
    data: { status: 'mapped', server: { id } },
  });
  expect((await server(id)).cloud_ips).toMatchObject([{ public_ip: ip.public_ip }]);
  expect(await probe(ip.public_ip)).toMatchObject({ instance: id });
  expect((await api.delete(`/1.0/cloud_ips/${ip.id}`)).status).toBe(409);
  expect((await ask('unmap')).status).toBe(202);
  expect((await ask('unmap')).status).toBe(409);
  expect((await api.delete(`/1.0/cloud_ips/${ip.id}`)).status).toBe(200);
  expect((await api.get(`/1.0/cloud_ips/${ip.id}`)).status).toBe(404);
  expect((await active({ cloud_ip: true })).cloud_ips).toHaveLength(1);
});

it('attaches volumes to servers, and deletes what is not attached', async () => {
  const { id } = await active();
  expect((await post('/volumes', { size: 1 })).status).toBe(422);
  const { data } = await post('/volumes', { size: 10_240, name: 'data' });
  const volume = data as Named;
  const reaches = (status: string) =>
    until(
      () => get<Named & { server: { id: string } | null }>(`/volumes/${volume.id}`),
      (shown) => shown.status === status,
    );
  expect(volume).toMatchObject({ status: 'creating', size: 10_240, name: 'data' });
  await reaches('detached');
  expect((await post(`/volumes/${volume.id}/attach`, { server: id, boot: false })).status).toBe(202);
  expect((await reaches('attached')).server).toMatchObject({ id });
  expect(refusal(await api.delete(`/1.0/volumes/${volume.id}`))).toEqual([409, 'resource_conflict']);
  expect((await post(`/volumes/${volume.id}/detach`)).status).toBe(202);
  await reaches('detached');
  expect((await api.delete(`/1.0/volumes/${volume.id}`)).status).toBe(202);
});

it('counts memory and cloud IPs against the limits of the account', async () => {
  const shown = () => get<{ id: string; ram_used: number; ram_limit: number }>('/account');
  const before = await shown();
  await create();
  expect(await shown()).toMatchObject({ ram_used: before.ram_used + 2048, ram_limit: before.ram_limit });
  expect(await get(`/accounts/${before.id}`)).toMatchObject({ cloud_ips_limit: 20 });
});

it.each([
  ['no-capacity', {}, [503, 'insufficient_capacity']],
  ['quota', {}, [403, 'forbidden']],
  ['region-down', {}, [503, 'service_unavailable']],
  ['server-error', {}, [500, 'internal_server_error']],
  ['rate-limit', { retry_after: 7 }, [429, 'too_many_requests']],
] as const)('says %s in its own words', async (fault, more, said) => {
  const image = await imageNamed('Debian 12 server');
  await testbed.fault({ fault, cloud: 'brightbox', ...more });
  const answer = await post('/servers', { image });
  expect(refusal(answer)).toEqual(said);
  expect(answer.headers['retry-after']).toBe(fault === 'rate-limit' ? '7' : undefined);
});

it('knows neither the token nor the client of an account that is revoked', async () => {
  await testbed.fault({ fault: 'revoked', cloud: 'brightbox' });
  expect(await api.get('/1.0/servers')).toMatchObject({ status: 401, data: { error: 'invalid_token' } });
  expect(await askToken()).toMatchObject({ status: 401, data: { error: 'invalid_client' } });
});
