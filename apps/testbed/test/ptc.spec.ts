/** What a client of the PTC face gets. */
import { randomUUID } from 'node:crypto';
import { probe, runTestbed, type RunningTestbed, until } from './harness.js';

let testbed: RunningTestbed;
let headers: Record<string, string>;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['ptc'] });
  const { credentials } = await testbed.account('ptc');
  headers = { authorization: `Bearer ${credentials.token as string}` };
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

interface Machine {
  readonly id: string;
  readonly state: string;
  readonly address: string;
}

const ask = async (method: string, path: string, data?: unknown) =>
  await testbed.http.request<Record<string, unknown>>({ method, url: `/ptc/v1${path}`, headers, data });
const north = '/regions/north';
const wish = async (change: object = {}) => {
  const images = (await ask('GET', `${north}/images`)).data.images as { id: string; name: string; architecture: string }[];
  const image = images.find(({ name, architecture }) => name.startsWith('debian-12') && architecture === 'x86_64')?.id;
  return { name: 'web', size: 'small', image, token: randomUUID(), ...change };
};
const make = async (change: object = {}) =>
  (await ask('POST', `${north}/machines`, await wish(change))).data as unknown as Machine;
const become = (id: string, state: string) =>
  until(
    async () => (await ask('GET', `${north}/machines/${id}`)).data as unknown as Machine,
    (machine) => machine.state === state,
  );

it('gives nothing to whoever has no token', async () => {
  const { status, data } = await testbed.http.get<unknown>('/ptc/v1/regions');
  expect([status, data]).toEqual([401, { error: { code: 'unauthorized', message: expect.any(String) as string } }]);
});

it('tells regions, sizes with prices, and images, in pages', async () => {
  expect((await ask('GET', '/regions')).data).toMatchObject({
    regions: [{ name: 'north', zones: ['north-1', 'north-2'] }, { name: 'south' }],
  });
  await testbed.fault({ cloud: 'ptc', fault: 'short-pages' });
  const first = (await ask('GET', `${north}/sizes`)).data;
  expect(first).toMatchObject({ sizes: [{ name: 'small', cores: 1, price: { amount: 0.02, currency: 'USD' } }, {}], next: '2' });
  expect((await ask('GET', `${north}/sizes?cursor=2`)).data).toMatchObject({ sizes: [{}, {}], next: null });
  expect((await ask('GET', `${north}/sizes?cursor=x`)).status).toBe(400);
});

it('makes one machine of one token; it answers, has metrics and a console, and goes', async () => {
  const wanted = await wish();
  const first = await ask('POST', `${north}/machines`, wanted);
  expect(first).toMatchObject({ status: 202, data: { state: 'changing', address: null } });
  expect(await ask('POST', `${north}/machines`, wanted)).toMatchObject({ status: 200, data: { id: first.data.id } });
  const { id, address } = await become(String(first.data.id), 'running');
  expect(await probe(address)).toMatchObject({ instance: id });
  expect((await ask('GET', `${north}/machines/${id}/metrics`)).data.cpu_percent).toBeGreaterThan(0);
  expect((await ask('GET', `${north}/machines/${id}/console`)).data.text).toContain(id);
  expect((await ask('DELETE', `${north}/machines/${id}`)).status).toBe(202);
  await until(
    () => ask('GET', `${north}/machines/${id}`),
    ({ status }) => status === 404,
  );
});

it('resizes what is stopped, and nothing else', async () => {
  const { id } = await make();
  await become(id, 'running');
  const act = async (action: string, size?: string) =>
    (await ask('POST', `${north}/machines/${id}/actions`, { action, size })).status;
  expect(await act('resize', 'large')).toBe(409);
  expect(await act('stop')).toBe(202);
  await become(id, 'stopped');
  expect(await act('resize', 'no-such-size')).toBe(404);
  expect(await act('resize', 'large')).toBe(202);
  expect(await become(id, 'stopped')).toMatchObject({ size: 'large' });
  expect(await act('levitate')).toBe(400);
});

it('attaches a volume to a machine of its zone', async () => {
  const { id } = await make({ zone: 'north-1' });
  await become(id, 'running');
  const volume = async (zone: string) =>
    String((await ask('POST', `${north}/volumes`, { name: 'data', zone, size_gib: 5, token: randomUUID() })).data.id);
  const is = (volumeId: string, state: string) =>
    until(
      async () => (await ask('GET', `${north}/volumes/${volumeId}`)).data,
      (data) => data.state === state,
    );
  const [near, far] = [await volume('north-1'), await volume('north-2')];
  await Promise.all([is(near, 'available'), is(far, 'available')]);
  expect((await ask('POST', `${north}/volumes/${far}/attach`, { machine: id })).status).toBe(409);
  expect((await ask('POST', `${north}/volumes/${near}/attach`, { machine: id })).status).toBe(202);
  expect(await is(near, 'attached')).toMatchObject({ machine: id, device: '/dev/vdb' });
  expect((await ask('DELETE', `${north}/volumes/${near}`)).status).toBe(409);
});

it.each([
  ['no-capacity', 409, 'no_capacity'],
  ['quota', 403, 'quota_exceeded'],
  ['server-error', 500, 'internal'],
  ['region-down', 503, 'unavailable'],
  ['rate-limit', 429, 'rate_limited'],
  ['revoked', 401, 'unauthorized'],
])('tells %s apart', async (fault, status, code) => {
  const wanted = await wish();
  await testbed.fault({ cloud: 'ptc', fault });
  expect(await ask('POST', `${north}/machines`, wanted)).toMatchObject({ status, data: { error: { code } } });
});

it.each([
  ['a body that is no JSON', 'POST', '/regions/north/machines', '{"name"', 400],
  ['a wish without a size', 'POST', '/regions/north/machines', { name: 'web' }, 400],
  ['a region that there is not', 'GET', '/regions/east/machines', undefined, 404],
  ['a machine that there is not', 'GET', '/regions/north/machines/nope', undefined, 404],
])('refuses %s', async (_, method, path, body, status) => {
  const answer = await testbed.http.request<{ error: { code: string } }>({
    method,
    url: `/ptc/v1${path}`,
    headers: { ...headers, 'content-type': 'application/json' },
    data: body,
    transformRequest: (data: unknown) => (typeof data === 'string' ? data : JSON.stringify(data)),
  });
  expect(answer.status).toBe(status);
  expect(answer.data.error.code).toBe(status === 404 ? 'not_found' : 'invalid');
});
