import { createHash } from 'node:crypto';
import axios, { type AxiosInstance } from 'axios';
import { credentialOf, endpointOf, probe, runTestbed, type RunningTestbed, until } from './harness.js';

const cloud = 'opennebulaocci';
let testbed: RunningTestbed;
let endpoint: string;
let occi: AxiosInstance;

const client = (username: string, password: string): AxiosInstance =>
  axios.create({
    baseURL: endpoint,
    auth: { username, password },
    validateStatus: () => true,
    proxy: false,
    responseType: 'text',
  });

beforeAll(async () => {
  testbed = await runTestbed({ clouds: [cloud] });
  const account = await testbed.account(cloud);
  endpoint = endpointOf(account);
  const password = createHash('sha1').update(credentialOf(account, 'password')).digest('hex');
  occi = client(credentialOf(account, 'username'), password);
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const order = (type = 'small', disk = '1'): string =>
  `<COMPUTE><NAME>shop</NAME><INSTANCE_TYPE href="${endpoint}/instance_type/${type}"/><DISK><STORAGE href="${endpoint}/storage/${disk}"/></DISK><NIC><NETWORK href="${endpoint}/network/0"/></NIC><CONTEXT><TIER>front</TIER></CONTEXT></COMPUTE>`;
const textIn = (document: string, name: string): string =>
  new RegExp(`<${name}[^>]*>([^<]*)</${name}>`).exec(document)?.[1] ?? '';
const create = async (): Promise<string> => textIn((await occi.post<string>('/compute', order())).data, 'ID');
const stateIs = (id: string, state: string): Promise<string> =>
  until(
    async () => (await occi.get<string>(`/compute/${id}`)).data,
    (compute) => textIn(compute, 'STATE') === state,
  );
const put = (id: string, state: string) => occi.put<string>(`/compute/${id}`, `<COMPUTE><STATE>${state}</STATE></COMPUTE>`);

describe('the OCCI server of an OpenNebula', () => {
  it('wants the SHA-1 of the password, and says nothing to who has another', async () => {
    expect((await occi.get<string>('/')).data).toContain(`<COMPUTE_COLLECTION href="${endpoint}/compute"/>`);
    const account = await testbed.account(cloud);
    const plain = client(credentialOf(account, 'username'), credentialOf(account, 'password'));
    expect(await plain.get('/compute')).toMatchObject({ status: 401, data: '' });
    await testbed.fault({ cloud, fault: 'revoked' });
    expect((await occi.get('/compute')).status).toBe(401);
  });

  it('lists instance types, storage and networks, in full when asked', async () => {
    expect((await occi.get<string>('/instance_type')).data).toContain('name="small"/>');
    expect((await occi.get<string>('/instance_type?verbose=true')).data).toContain(
      '<NAME>medium</NAME><CPU>4</CPU><MEMORY>4096</MEMORY></INSTANCE_TYPE>',
    );
    expect((await occi.get('/instance_type/huge')).status).toBe(404);
    expect((await occi.get<string>('/storage')).data).toContain(`<STORAGE href="${endpoint}/storage/1" name="Debian 12"/>`);
    expect((await occi.get<string>('/storage/1')).data).toContain('<STATE>READY</STATE>');
    expect(await occi.get('/storage/99')).toMatchObject({ status: 404, data: '[ImageInfo] Error getting image [99].' });
    expect((await occi.get<string>('/network/0')).data).toContain('<NAME>public</NAME>');
    expect((await occi.get<string>('/user/2')).data).toContain('<QUOTA><CPU>0</CPU><MEMORY>0</MEMORY><NUM_VMS>40</NUM_VMS>');
  });

  it('makes a machine that answers at its address, and finalizes it', async () => {
    const answer = await occi.post<string>('/compute', order());
    expect(answer).toMatchObject({ status: 201, headers: { 'content-type': 'text/html;charset=utf-8' } });
    const id = textIn(answer.data, 'ID');
    expect(textIn(answer.data, 'STATE')).toBe('PENDING');
    const compute = await stateIs(id, 'ACTIVE');
    expect(compute).toContain('<CONTEXT><TIER>front</TIER></CONTEXT>');
    expect(await probe(textIn(compute, 'IP'))).toMatchObject({ instance: id, type: 'small' });
    expect((await occi.get<string>('/compute')).data).toBe(
      `<COMPUTE_COLLECTION><COMPUTE href="${endpoint}/compute/${id}" name="shop"/></COMPUTE_COLLECTION>`,
    );
    expect((await occi.get<string>('/compute?verbose=true')).data).toContain('<NAME>shop</NAME>');
    expect(await occi.delete(`/compute/${id}`)).toMatchObject({ status: 204 });
    await stateIs(id, 'DONE');
    expect((await occi.get<string>('/compute')).data).toBe('<COMPUTE_COLLECTION></COMPUTE_COLLECTION>');
    expect((await occi.delete(`/compute/${id}`)).status).toBe(204);
    expect((await occi.delete('/compute/7')).status).toBe(404);
  });

  it('shows no address of a machine without a network', async () => {
    const { data } = await occi.post<string>('/compute', order().replace(/<NIC>.*<\/NIC>/, ''));
    expect(await stateIs(textIn(data, 'ID'), 'ACTIVE')).not.toContain('<IP>');
    await occi.delete(`/compute/${textIn(data, 'ID')}`);
  });

  it('refuses what it cannot make a machine of', async () => {
    expect(await occi.post('/compute', order('huge'))).toMatchObject({ status: 500, data: 'Bad instance type' });
    expect(await occi.post('/compute', '<VM/>')).toMatchObject({ status: 500, data: 'Missing COMPUTE section in the XML body' });
    expect((await occi.post('/compute', order('small', '99'))).status).toBe(404);
  });

  it('tells a quota from a lack of room', async () => {
    await testbed.fault({ cloud, fault: 'quota', times: 1 });
    expect(await occi.post('/compute', order())).toMatchObject({ status: 403, data: expect.stringContaining('quota') as string });
    await testbed.fault({ cloud, fault: 'no-capacity', times: 1 });
    expect(await occi.post('/compute', order())).toMatchObject({
      status: 500,
      data: expect.stringContaining('capacity') as string,
    });
    await testbed.fault({ cloud, fault: 'boot-error', times: 1 });
    const id = await create();
    await stateIs(id, 'FAILED');
    await occi.delete(`/compute/${id}`);
  });

  it('changes a state from those only that allow it', async () => {
    const id = await create();
    await stateIs(id, 'ACTIVE');
    expect(await put(id, 'RESUME')).toMatchObject({
      status: 403,
      data: 'The state of the resource cannot be changed from ACTIVE to RESUME.',
    });
    expect(await put(id, 'MELTED')).toMatchObject({ status: 400, data: 'Invalid state: "MELTED"' });
    expect((await put(id, 'ACTIVE')).status).toBe(200);
    for (const [state, becomes] of [
      ['SUSPENDED', 'SUSPENDED'],
      ['RESUME', 'ACTIVE'],
      ['POWEROFF', 'POWEROFF'],
      ['RESTART', 'ACTIVE'],
      ['RESET', 'ACTIVE'],
    ] as const) {
      expect((await put(id, state)).status).toBe(202);
      await stateIs(id, becomes);
    }
    await until(
      async () => await put(id, 'SHUTDOWN'),
      ({ status }) => status === 202,
    );
    await stateIs(id, 'DONE');
    expect((await put('7', 'DONE')).status).toBe(404);
  });

  it('is overloaded, broken, down or odd when it is told to', async () => {
    await testbed.fault({ cloud, fault: 'rate-limit', retry_after: 7, times: 1 });
    expect(await occi.get('/compute')).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
    await testbed.fault({ cloud, fault: 'server-error', times: 1 });
    expect((await occi.get('/compute')).status).toBe(500);
    await testbed.fault({ cloud, fault: 'region-down' });
    expect((await occi.get('/compute')).status).toBe(503);
    await testbed.calmDown();
    const id = await create();
    await stateIs(id, 'ACTIVE');
    await testbed.http.post(`/control/instances/${id}/state`, { state: 'MELTING' });
    await stateIs(id, 'MELTING');
    await occi.delete(`/compute/${id}`);
  });
});
