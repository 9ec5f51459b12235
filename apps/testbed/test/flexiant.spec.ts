import axios, { type AxiosInstance } from 'axios';
import { credentialOf, endpointOf, present, probe, runTestbed, type RunningTestbed, until } from './harness.js';

interface Resource {
  readonly resourceUUID: string;
  readonly resourceName: string;
  readonly resourceState: string;
  readonly clusterUUID: string;
  readonly status: string;
  readonly itemUUID: string;
  readonly [field: string]: unknown;
}
interface Listed {
  readonly list: readonly Resource[];
  readonly listFrom: number;
  readonly listTo: number;
  readonly totalCount: number;
}

let testbed: RunningTestbed;
let fco: AxiosInstance;
let user: string;
let password: string;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['flexiant'] });
  const account = await testbed.account('flexiant');
  user = `${credentialOf(account, 'email')}/${credentialOf(account, 'customer')}`;
  password = credentialOf(account, 'password');
  fco = axios.create({
    baseURL: `${endpointOf(account)}/rest/user/current/`,
    headers: { 'content-type': 'application/json' },
    auth: { username: user, password },
    validateStatus: () => true,
    proxy: false,
  });
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const where = (field: string, condition: string, ...value: string[]) => ({
  searchFilter: { filterConditions: [{ field, condition, value }] },
});
const list = async (type: string, search: object = {}): Promise<readonly Resource[]> =>
  (await fco.post<Listed>(`resources/${type}/list`, search)).data.list;
const one = async (type: string, name: string): Promise<Resource> =>
  present((await list(type, where('resourceName', 'IS_EQUAL_TO', name)))[0], `${type} ${name}`);

async function skeleton(name: string): Promise<Record<string, unknown>> {
  const vdc = await one('vdc', 'vdc-1a');
  const inCluster = ({ clusterUUID }: Resource): boolean => clusterUUID === vdc.clusterUUID;
  const offers = await list('productoffer', where('clusters', 'IS_EQUAL_TO', vdc.clusterUUID));
  const offer = (wanted: string): string =>
    present(
      offers.find(({ resourceName }) => resourceName === wanted),
      wanted,
    ).resourceUUID;
  return {
    resourceName: name,
    vdcUUID: vdc.resourceUUID,
    clusterUUID: vdc.clusterUUID,
    productOfferUUID: offer('small'),
    imageUUID: present((await list('image', where('resourceName', 'STARTS_WITH', 'Debian 12'))).find(inCluster), 'image')
      .resourceUUID,
    disks: [{ productOfferUUID: offer('20 GB Storage Disk') }],
    nics: [{ networkUUID: present((await list('network')).find(inCluster), 'network').resourceUUID }],
  };
}

async function ended(job: Resource): Promise<Resource> {
  const { data } = await fco.get<Resource>(`resources/job/${job.resourceUUID}/wait`, { params: { noWaitForChildren: true } });
  return data;
}

async function create(name: string): Promise<string> {
  const { status, data } = await fco.post<Resource>('resources/server', { skeletonServer: await skeleton(name) });
  expect(status).toBe(202);
  return data.itemUUID;
}
const shown = async (id: string): Promise<Resource> => (await fco.get<Resource>(`resources/server/${id}`)).data;
const inStatus = (id: string, status: string): Promise<Resource> =>
  until(
    () => shown(id),
    (server) => server.status === status,
  );
const change = (id: string, newStatus: string) =>
  fco.put<Resource>(`resources/server/${id}/change_status`, { newStatus, safe: true });

async function running(name: string): Promise<string> {
  const id = await create(name);
  await inStatus(id, 'STOPPED');
  expect((await change(id, 'RUNNING')).status).toBe(202);
  await inStatus(id, 'RUNNING');
  return id;
}

describe('authentication', () => {
  it('takes email and customer with the password, and gives a token that goes without one', async () => {
    const { data } = await fco.get<{ publicToken: string }>('authentication');
    const auth = { username: data.publicToken, password: '' };
    expect((await fco.post('resources/cluster/list', {}, { auth })).status).toBe(200);
    expect((await fco.get('authentication', { auth })).status).toBe(401);
    await testbed.http.delete('/control/tokens');
    expect((await fco.post('resources/cluster/list', {}, { auth })).status).toBe(401);
  });

  it.each([
    ['a wrong password', () => ({ username: user, password: 'guess' })],
    ['another customer', () => ({ username: `${user}0`, password })],
    ['no customer', () => ({ username: present(user.split('/')[0], 'email'), password })],
  ])('refuses %s', async (_, auth) => {
    expect((await fco.get('authentication', { auth: auth() })).data).toEqual({
      errorCode: 'AUTHENTICATION_FAILED',
      message: 'Authentication failed',
    });
  });
});

describe('lists', () => {
  it('find what satisfies every condition, in either case of the type', async () => {
    expect((await list('CLUSTER')).map(({ resourceName }) => resourceName)).toEqual(['cluster-1', 'cluster-2']);
    expect(await list('vdc', where('clusterName', 'IS_EQUAL_TO', 'cluster-1'))).toHaveLength(2);
    expect(await list('vdc', where('clusterName', 'NOT_ENDS_WITH', '-1'))).toHaveLength(1);
    expect((await fco.post('resources/vdc/list', where('clusterName', 'IS_LIKE', 'x'))).status).toBe(400);
    expect((await fco.post('resources/teapot/list', {})).status).toBe(404);
  });

  it('tell which of how many they are', async () => {
    const { data } = await fco.post<Listed>('resources/image/list', { queryLimit: { from: 2, to: 3, maxRecords: 50 } });
    expect(data).toMatchObject({ listFrom: 2, listTo: 3 });
    expect(data.totalCount).toBeGreaterThan(data.list.length);
    await testbed.fault({ cloud: 'flexiant', fault: 'short-pages' });
    expect((await fco.post<Listed>('resources/image/list', {})).data.list).toHaveLength(2);
  });

  it('ignore a payload that is not said to be JSON', async () => {
    const search = JSON.stringify(where('clusterName', 'IS_EQUAL_TO', 'cluster-1'));
    const headers = { 'content-type': 'text/plain' };
    expect((await fco.post<Listed>('resources/vdc/list', search, { headers })).data.totalCount).toBe(3);
    expect((await fco.post('resources/server', search, { headers })).status).toBe(400);
  });

  it('have offers with their prices, whose names are those of the price list', async () => {
    const [small] = await list('productoffer', where('resourceName', 'IS_EQUAL_TO', 'small'));
    expect(small).toMatchObject({
      productAssociatedType: 'SERVER',
      billingPeriod: 'HOURLY',
      componentConfig: [
        {
          productConfiguredValues: [
            { name: 'CPU', measureType: 'NUMERIC', value: '1' },
            { name: 'RAM', measureType: 'MB', value: '2048' },
          ],
          billingConfiguredValues: [{ measureType: 'CURRENCY', value: '0.05' }],
        },
      ],
    });
    expect((await list('billing_entity'))[0]).toMatchObject({ currency: { code: 'USD' } });
    expect((await list('customer'))[0]).toMatchObject({ limitsMap: { MAX_SERVERS: 60 } });
  });
});

describe('servers', () => {
  it('are made by a job, stopped, then started, and answer at the address of their interface', async () => {
    await testbed.fault({ cloud: 'flexiant', region: 'cluster-1', fault: 'slow-boot', delay_ms: 10_000, times: 1 });
    const { data: job } = await fco.post<Resource>('resources/server', { skeletonServer: await skeleton('web') });
    expect(job).toMatchObject({ resourceType: 'JOB', jobType: 'CREATE_SERVER', itemType: 'SERVER', status: 'IN_PROGRESS' });
    expect(await shown(job.itemUUID)).toMatchObject({ status: 'BUILDING', resourceState: 'CREATING' });
    expect((await ended(job)).status).toBe('SUCCESSFUL');
    expect(await shown(job.itemUUID)).toMatchObject({ status: 'STOPPED', resourceState: 'ACTIVE' });
    await change(job.itemUUID, 'RUNNING');
    const server = await inStatus(job.itemUUID, 'RUNNING');
    const [nic] = server.nics as { ipAddresses: { ipAddress: string }[] }[];
    expect(await probe(present(nic?.ipAddresses[0], 'address').ipAddress)).toMatchObject({ status: 'ok', type: 'small' });
    expect(server.disks).toMatchObject([{ size: 20, serverUUID: server.resourceUUID, index: 0 }]);
  });

  it('need their fields in skeletonServer, and those to exist', async () => {
    const wish = await skeleton('web');
    const refused = async (body: object) => (await fco.post<{ message: string }>('resources/server', body)).status;
    expect(await refused(wish)).toBe(400);
    expect(await refused({ skeletonServer: { ...wish, resourceName: '' } })).toBe(400);
    expect(await refused({ skeletonServer: { ...wish, disks: [] } })).toBe(400);
    expect(await refused({ skeletonServer: { ...wish, cpu: 3 } })).toBe(400);
    expect(await refused({ skeletonServer: { ...wish, imageUUID: wish.vdcUUID } })).toBe(404);
    expect(await refused({ skeletonServer: wish, sshKeyUUIDList: ['none'] })).toBe(404);
  });

  it('change their status only from a status that allows it', async () => {
    const id = await running('states');
    expect((await change(id, 'RUNNING')).data).toMatchObject({ errorCode: 'INVALID_STATE' });
    expect((await change(id, 'SUSPENDED')).status).toBe(400);
    expect((await fco.put(`resources/server/${id}/change_status`, { newStatus: 'STOPPED' })).status).toBe(400);
    await change(id, 'REBOOTING');
    await inStatus(id, 'RUNNING');
    await change(id, 'STOPPED');
    await inStatus(id, 'STOPPED');
  });

  it('take another offer while they are stopped', async () => {
    const id = await running('growing');
    const larger = await one('productoffer', 'medium');
    const server = await shown(id);
    const modify = (offer: string) =>
      fco.put(`resources/server/${id}`, {
        updatedResource: { ...server, productOfferUUID: offer, cpu: 2, ram: 4096 },
      });
    expect((await modify(larger.resourceUUID)).status).toBe(409);
    await change(id, 'STOPPED');
    await inStatus(id, 'STOPPED');
    expect((await modify(larger.resourceUUID)).status).toBe(202);
    expect(await shown(id)).toMatchObject({ cpu: 2, ram: 4096, productOfferName: 'medium' });
  });

  it('go with all that is theirs, and not without', async () => {
    const id = await running('passing');
    const remove = (cascade: boolean) => fco.delete<Resource>(`resources/server/${id}`, { data: { cascade } });
    expect((await remove(false)).data).toMatchObject({ errorCode: 'RESOURCE_HAS_CHILDREN' });
    const { data: job } = await remove(true);
    expect((await ended(job)).status).toBe('SUCCESSFUL');
    expect((await fco.get(`resources/server/${id}`)).status).toBe(404);
    expect((await remove(true)).status).toBe(404);
    expect(await list('disk', where('serverUUID', 'IS_EQUAL_TO', id))).toEqual([]);
  });

  it('carry keys and metadata, and are found by them', async () => {
    const wish = {
      ...(await skeleton('tagged')),
      resourceKey: [{ name: 'role', type: 'USER_KEY', value: 'db' }],
      resourceMetadata: { publicMetadata: '#cloud-config' },
    };
    const { data } = await fco.post<Resource>('resources/server', { skeletonServer: wish });
    expect(await list('server', where('resourceKey.value', 'IS_EQUAL_TO', 'db'))).toMatchObject([
      { resourceUUID: data.itemUUID, resourceMetadata: { publicMetadata: '#cloud-config' } },
    ]);
    await fco.post(`resources/${data.itemUUID}/key`, { resourceKey: { name: 'stage', type: 'USER_KEY', value: 'test' } });
    expect(await list('server', where('resourceKey.name', 'IS_EQUAL_TO', 'stage'))).toHaveLength(1);
  });

  it('are measured while they run', async () => {
    const id = await running('measured');
    const { data } = await fco.get<{ measureKey: string; measurement: number }[]>('resources/measurement/timestamp/0', {
      params: { resourceUUID: id, measureKeys: 'CPU_PERCENT' },
    });
    expect(data).toMatchObject([{ resourceUUID: id, measureKey: 'CPU_PERCENT', measurementType: 'NUMERIC' }]);
  });
});

describe('what servers have', () => {
  it('a disk is made, attached, and deleted once it is nobody’s', async () => {
    const id = await running('stored');
    const { vdcUUID } = await shown(id);
    const offer = await one('productoffer', 'Storage Disk');
    const skeletonDisk = { resourceName: 'data', vdcUUID, productOfferUUID: offer.resourceUUID, size: 10 };
    const { data: made } = await fco.post<Resource>('resources/disk', { skeletonDisk });
    await ended(made);
    const { data: attached } = await fco.put<Resource>(`resources/server/${id}/disk/${made.itemUUID}/attach`, { index: 1 });
    await ended(attached);
    expect(await one('disk', 'data')).toMatchObject({ serverUUID: id, index: 1, size: 10 });
    expect((await fco.delete(`resources/disk/${made.itemUUID}`)).status).toBe(409);
    await ended((await fco.put<Resource>(`resources/server/${id}/disk/${made.itemUUID}/detach`, {})).data);
    await ended((await fco.delete<Resource>(`resources/disk/${made.itemUUID}`)).data);
    expect(await list('disk', where('resourceName', 'IS_EQUAL_TO', 'data'))).toEqual([]);
  });

  it('an interface in a network of one’s own has the address that was wished for', async () => {
    const id = await running('joined');
    const { vdcUUID } = await shown(id);
    const skeletonNetwork = { resourceName: 'inner', vdcUUID, networkType: 'PRIVATE' };
    const { data: network } = await fco.post<Resource>('resources/network', { skeletonNetwork });
    await ended(network);
    const skeletonNIC = {
      resourceName: 'inner nic',
      vdcUUID,
      networkUUID: network.itemUUID,
      ipAddresses: [{ ipAddress: '10.20.0.77' }],
    };
    const { data: nic } = await fco.post<Resource>('resources/nic', { skeletonNIC });
    await ended((await fco.put<Resource>(`resources/server/${id}/nic/${nic.itemUUID}/attach`, { index: 1 })).data);
    expect(await one('nic', 'inner nic')).toMatchObject({ serverUUID: id, ipAddresses: [{ ipAddress: '10.20.0.77' }] });
    expect((await fco.delete(`resources/network/${network.itemUUID}`)).status).toBe(409);
    expect((await fco.post('resources/network', { skeletonNetwork: { ...skeletonNetwork, networkType: 'IP' } })).status).toBe(
      403,
    );
  });

  it('an image of one makes another', async () => {
    const id = await running('golden');
    const wish = await skeleton('copy');
    const skeletonImage = { resourceName: 'golden image', baseUUID: id };
    const { data: job } = await fco.post<Resource>('resources/image', { skeletonImage });
    const again = { skeletonServer: { ...wish, imageUUID: job.itemUUID } };
    expect((await fco.post('resources/server', again)).status).toBe(409);
    await ended(job);
    expect(await one('image', 'golden image')).toMatchObject({ resourceState: 'ACTIVE', baseUUID: id });
    expect((await fco.post('resources/server', again)).status).toBe(202);
  });

  it('an ssh key is made once and put on servers', async () => {
    const skeletonSSHKey = { resourceName: 'mine', publicKey: 'ssh-ed25519 AAAAC3Nza mine' };
    const { data: key } = await fco.post<Resource>('resources/sshkey', { skeletonSSHKey });
    const body = { skeletonServer: await skeleton('keyed'), sshKeyUUIDList: [key.itemUUID] };
    const { data } = await fco.post<Resource>('resources/server', body);
    expect(await shown(data.itemUUID)).toMatchObject({ sshkeys: [{ publicKey: skeletonSSHKey.publicKey }] });
  });
});

describe('when something is wrong', () => {
  it.each([
    ['rate-limit', 429, 'SERVER_BUSY'],
    ['server-error', 500, 'INTERNAL_ERROR'],
    ['region-down', 503, 'SERVICE_UNAVAILABLE'],
    ['revoked', 401, 'AUTHENTICATION_FAILED'],
  ])('says %s in its own words', async (fault, status, errorCode) => {
    await testbed.fault({ cloud: 'flexiant', fault });
    const answer = await fco.post('resources/server/list', {});
    expect([answer.status, answer.data]).toMatchObject([status, { errorCode }]);
    if (status === 429) expect(answer.headers['retry-after']).toBe('1');
  });

  it('tells a full cloud, a used-up limit and a failed boot apart', async () => {
    const order = { skeletonServer: await skeleton('unlucky') };
    await testbed.fault({ cloud: 'flexiant', region: 'cluster-1', fault: 'no-capacity', times: 1 });
    expect((await fco.post('resources/server', order)).data).toMatchObject({ errorCode: 'INSUFFICIENT_RESOURCES' });
    await testbed.fault({ cloud: 'flexiant', region: 'cluster-1', fault: 'quota', times: 1 });
    expect((await fco.post('resources/server', order)).data).toMatchObject({ errorCode: 'LIMIT_EXCEEDED' });
    await testbed.fault({ cloud: 'flexiant', region: 'cluster-1', fault: 'boot-error', times: 1 });
    const { data: job } = await fco.post<Resource>('resources/server', order);
    expect(await ended(job)).toMatchObject({ status: 'FAILED', info: expect.any(String) as string });
    expect(await shown(job.itemUUID)).toMatchObject({ status: 'ERROR' });
  });
});
