import type { Account } from '@cloud-agency/runtime';
import { createHash } from 'node:crypto';
import { credentialOf, endpointOf, present, probe, runTestbed, type RunningTestbed, until } from './harness.js';

interface Named {
  readonly id: number;
  readonly name: string;
  readonly friendlyName?: string;
}
interface Server extends Omit<Named, 'id'> {
  readonly id?: number;
  readonly description: string;
  readonly state: Named;
  readonly ram: Named;
  readonly ip: { readonly ip: string };
  readonly isSandbox: boolean;
}
interface Answer<Thing> {
  readonly status: number;
  readonly data: {
    readonly status: string;
    readonly method: string;
    readonly summary: { readonly total: number; readonly start: number; readonly numpages: number; readonly returned: number };
    readonly list: readonly Thing[];
  };
  readonly headers: Readonly<Record<string, unknown>>;
}
type Params = Readonly<Record<string, string>>;

let testbed: RunningTestbed;
let account: Account;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['gogrid'] });
  account = await testbed.account('gogrid');
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const signatureAt = (second: number, secret = credentialOf(account, 'secret')): string =>
  createHash('md5')
    .update(`${credentialOf(account, 'api_key')}${secret}${second}`)
    .digest('hex');
const now = (): number => Math.floor(Date.now() / 1000);

const authentication = (): Params => ({
  api_key: credentialOf(account, 'api_key'),
  sig: signatureAt(now()),
  v: '1.8',
  format: 'json',
});

const get = <Thing = Named>(method: string, params: Params = {}): Promise<Answer<Thing>> =>
  testbed.http.get(`${endpointOf(account)}/${method}`, { params: { ...authentication(), ...params } });
const post = <Thing = Server>(method: string, params: Params): Promise<Answer<Thing>> =>
  testbed.http.post(`${endpointOf(account)}/${method}`, new URLSearchParams({ ...authentication(), ...params }).toString(), {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

const freeIp = async (datacenter = 'US-East-1'): Promise<string> => {
  const { data } = await get<{ ip: string }>('grid/ip/list', { 'ip.type': 'Public', 'ip.state': 'Unassigned', datacenter });
  return present(data.list[0], 'free IP').ip;
};
const imageId = async (): Promise<string> => {
  const { data } = await get('grid/image/list');
  return String(
    present(
      data.list.find(({ friendlyName }) => friendlyName?.startsWith('Debian 12')),
      'image',
    ).id,
  );
};
const order = async (changes: Params = {}): Promise<Params> => ({
  name: 'web',
  image: await imageId(),
  'server.ram': '1GB',
  ip: await freeIp(),
  ...changes,
});
const servers = async (): Promise<readonly Server[]> => (await get<Server>('grid/server/list')).data.list;
const atIp = async (ip: string): Promise<Server | undefined> => (await servers()).find((server) => server.ip.ip === ip);
const inState = (ip: string, name: string): Promise<Server | undefined> =>
  until(
    () => atIp(ip),
    (server) => server?.state.name === name && server.id !== undefined,
  );
async function running(changes: Params = {}): Promise<{ id: string; ip: string }> {
  const wanted = await order(changes);
  expect((await post('grid/server/add', wanted)).status).toBe(200);
  const ip = wanted.ip ?? '';
  return { id: String((await inState(ip, 'On'))?.id), ip };
}
const failure = (status: number, errorcode: string, message: string) => ({
  status,
  data: { status: 'failure', list: [{ object: 'error', errorcode, message: expect.stringContaining(message) as string }] },
});

describe('a signature', () => {
  it('is good for ten minutes before and after, and for its own key and secret', async () => {
    for (const late of [-590, 590]) expect((await get('grid/server/list', { sig: signatureAt(now() + late) })).status).toBe(200);
    const refused = failure(403, 'AuthenticationException', 'not valid');
    for (const sig of [signatureAt(now() + 700), signatureAt(now() - 700), signatureAt(now(), 'guess'), 'nonsense'])
      expect(await get('grid/server/list', { sig })).toMatchObject(refused);
    expect(await get('grid/server/list', { api_key: 'nobody' })).toMatchObject(refused);
  });

  it('has to be there, and the version with it', async () => {
    expect(await testbed.http.get(`${endpointOf(account)}/grid/server/list`)).toMatchObject(
      failure(400, 'IllegalArgumentException', 'api_key'),
    );
    expect(await get('grid/server/list', { v: '2.0' })).toMatchObject(failure(400, 'IllegalArgumentException', '2.0'));
    expect((await get('grid/server/explode')).status).toBe(404);
  });
});

describe('lookups', () => {
  it('name the datacenters, the memory that servers have, and themselves', async () => {
    expect((await get('common/lookup/list', { lookup: 'ip.datacenter' })).data.list).toMatchObject([
      { id: 1, name: 'US-West-1', object: 'option' },
      { id: 2, name: 'US-East-1' },
    ]);
    const ram = (await get('common/lookup/list', { lookup: 'server.ram' })).data.list.map(({ name }) => name);
    expect(ram).toEqual(['512MB', '1GB', '2GB', '4GB', '8GB', '16GB']);
    expect((await get('common/lookup/list', { lookup: 'lookup' })).data.list.map(({ name }) => name)).toContain('ip.state');
    expect((await get('common/lookup/list', { lookup: 'weather' })).status).toBe(400);
  });
});

describe('IPs', () => {
  it('are the account’s own, of one datacenter each, and free until a server has them', async () => {
    const { data } = await get<{ ip: string; datacenter: Named }>('grid/ip/list', {
      datacenter: '2',
      'ip.state': 'Unassigned',
      'ip.type': 'Public',
    });
    expect(data.summary.total).toBeGreaterThanOrEqual(8);
    expect(new Set(data.list.map(({ datacenter }) => datacenter.name))).toEqual(new Set(['US-East-1']));
    expect((await get('grid/ip/list', { 'ip.type': 'Private' })).data.list).toEqual([]);
    const { ip } = await running();
    const assigned = async (state: string) =>
      (await get<{ ip: string }>('grid/ip/list', { 'ip.state': state })).data.list.some((other) => other.ip === ip);
    expect([await assigned('Assigned'), await assigned('Unassigned')]).toEqual([true, false]);
    expect(await post('grid/server/add', await order({ ip }))).toMatchObject(
      failure(400, 'IllegalArgumentException', 'already in use'),
    );
  });

  it('come in pages to whom asks for them', async () => {
    const page = async (number: number) => (await get('grid/ip/list', { num_items: '3', page: String(number) })).data;
    const first = await page(0);
    expect(first.summary).toMatchObject({ start: 0, returned: 3, numpages: Math.ceil(first.summary.total / 3) });
    expect((await page(1)).summary.start).toBe(3);
    await testbed.fault({ cloud: 'gogrid', fault: 'short-pages' });
    expect((await get('grid/ip/list', { num_items: '100' })).data.list).toHaveLength(2);
  });
});

describe('a server', () => {
  it('is added without an id, gets one, and runs at the address that was asked for', async () => {
    const wanted = await order({ description: 'who asked for it' });
    const { data } = await post('grid/server/add', wanted);
    expect(data).toMatchObject({ status: 'success', method: '/grid/server/add', summary: { returned: 1 } });
    expect(data.list[0]).toMatchObject({ name: 'web', state: { name: 'Off' }, ip: { ip: wanted.ip } });
    expect(data.list[0]).not.toHaveProperty('id');
    const server = await inState(wanted.ip ?? '', 'On');
    expect(server).toMatchObject({ description: 'who asked for it', ram: { name: '1GB' }, isSandbox: false });
    expect(await probe(wanted.ip ?? '')).toMatchObject({ instance: String(server?.id), region: 'us-east-1' });
    expect((await get('grid/server/get', { id: String(server?.id) })).data.list).toMatchObject([{ name: 'web' }]);
  });

  it('is powered off and on and cycled, as far as its state allows', async () => {
    const { id, ip } = await running();
    expect((await post('grid/server/power', { id, power: 'stop' })).status).toBe(200);
    await inState(ip, 'Off');
    expect(await probe(ip)).toBe('refused');
    expect(await post('grid/server/power', { id, power: 'off' })).toMatchObject(
      failure(400, 'IllegalStateException', 'current state'),
    );
    await post('grid/server/power', { id, power: 'start' });
    await inState(ip, 'On');
    await post('grid/server/power', { id, power: 'restart' });
    await inState(ip, 'On');
    expect(await post('grid/server/power', { id, power: 'explode' })).toMatchObject(
      failure(400, 'IllegalArgumentException', 'power'),
    );
  });

  it('gets another amount of memory, and is deleted for good', async () => {
    const { id, ip } = await running();
    expect((await post('grid/server/edit', { id, 'server.ram': '2GB' })).data.list[0]?.state.name).toBe('Updating');
    expect((await inState(ip, 'On'))?.ram.name).toBe('2GB');
    expect((await post('grid/server/delete', { id })).status).toBe(200);
    await until(
      () => atIp(ip),
      (server) => server === undefined,
    );
    expect(await post('grid/server/delete', { id })).toMatchObject(failure(400, 'IllegalArgumentException', 'No object found'));
  });

  it.each([
    [{ name: 'a name that is far too long' }, 'longer than 20'],
    [{ image: 'atari' }, 'No object found'],
    [{ 'server.ram': '3GB' }, 'server.ram'],
    [{ ip: '10.0.0.1' }, 'not one of the account'],
    [{ ip: '' }, 'Missing required parameter: ip'],
  ])('is not made of %j', async (changes, message) => {
    expect(await post('grid/server/add', await order(changes as Params))).toMatchObject(
      failure(400, 'IllegalArgumentException', message),
    );
  });

  it('that does not come up is off, and its job tells why', async () => {
    await testbed.fault({ cloud: 'gogrid', fault: 'boot-error', times: 1 });
    const wanted = await order();
    await post('grid/server/add', wanted);
    const server = await inState(wanted.ip ?? '', 'Off');
    const jobs = await get<{ currentstate: Named; history: readonly { note: string | null }[] }>('grid/job/list', {
      object: String(server?.id),
      'job.objecttype': 'VirtualServer',
    });
    expect(jobs.data.list).toMatchObject([{ currentstate: { name: 'Fatal' } }]);
    expect(jobs.data.list[0]?.history.at(-1)?.note).toContain('failed to boot');
  });

  it('has a password for its root', async () => {
    const { id } = await running();
    const { data } = await get<{ server: Server; password: string; username: string }>('support/password/list');
    expect(data.list.find(({ server }) => String(server.id) === id)).toMatchObject({
      username: 'root',
      password: expect.any(String) as string,
    });
  });

  it('is shown in any state that is asked for', async () => {
    const { id } = await running();
    await testbed.http.post(`/control/instances/${id}/state`, { state: 'MELTING' });
    expect((await servers()).find((server) => String(server.id) === id)?.state.name).toBe('MELTING');
  });
});

describe('an image', () => {
  it('is saved of a sandbox only, and servers are made of it', async () => {
    const plain = await running();
    expect(await post('grid/image/save', { server: plain.id, friendlyName: 'golden' })).toMatchObject(
      failure(400, 'IllegalArgumentException', 'sandbox'),
    );
    const sandbox = await running({ isSandbox: 'true', 'server.ram': '' });
    const saved = (await post<Named & { state: Named }>('grid/image/save', { server: sandbox.id, friendlyName: 'golden' })).data
      .list[0];
    expect(saved).toMatchObject({ name: expect.stringMatching(/^GSI-/) as string, state: { name: 'Saving' } });
    const image = String(saved?.id);
    await until(
      async () => (await get<{ state: Named }>('grid/image/get', { id: image })).data.list[0]?.state.name,
      (state) => state === 'Available',
    );
    await running({ image });
    expect((await get('grid/image/list', { isPublic: 'false' })).data.list).toMatchObject([{ friendlyName: 'golden' }]);
  });
});

describe('what goes wrong', () => {
  it.each([
    [{ fault: 'no-capacity' }, 400, 'InsufficientCapacityException'],
    [{ fault: 'quota' }, 400, 'QuotaExceededException'],
  ])('%j is told from the others', async (fault, status, code) => {
    const wanted = await order();
    await testbed.fault({ cloud: 'gogrid', ...fault });
    expect(await post('grid/server/add', wanted)).toMatchObject(failure(status, code, ''));
  });

  it.each([
    [{ fault: 'region-down', region: 'us-east-1' }, 503, 'ServiceUnavailableException'],
    [{ fault: 'server-error' }, 500, 'UnexpectedErrorException'],
    [{ fault: 'revoked' }, 403, 'AuthenticationException'],
    [{ fault: 'rate-limit', retry_after: 7 }, 429, 'TooManyRequestsException'],
  ])('%j befalls any call', async (fault, status, code) => {
    await testbed.fault({ cloud: 'gogrid', ...fault });
    const answer = await get('grid/server/list', { datacenter: 'US-East-1' });
    expect(answer).toMatchObject(failure(status, code, ''));
    expect(answer.headers['retry-after']).toBe(status === 429 ? '7' : undefined);
  });
});
