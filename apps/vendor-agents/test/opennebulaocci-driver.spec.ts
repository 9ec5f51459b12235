import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';
import type { MachineOrder, VendorDriver } from '../src/vendor/port.js';
import { vendor as opennebulaocci } from '../src/vendors/opennebulaocci/index.js';

let cloud: RecordedCloud;
let driver: VendorDriver;
let answers: Record<string, Recorded>;

/** The server never says of what type its answers are. */
const said = (body: string, status = 200): Recorded => ({
  status,
  headers: { 'content-type': 'text/html;charset=utf-8' },
  body,
});
const asked = (method: string, url: string): Seen[] => cloud.seen.filter((seen) => seen.method === method && seen.url === url);

const connect = (more: Record<string, unknown> = {}): VendorDriver =>
  opennebulaocci.connect(
    {
      vendor: 'opennebulaocci',
      name: 'campus',
      endpoint: `${cloud.url}/`,
      regions: ['campus'],
      credentials: { username: 'ann', password: 'hunter2' },
      network: '5',
      ...more,
    },
    { http: testHttp(), now: () => 0 },
  );

beforeEach(async () => {
  answers = {};
  cloud = await RecordedCloud.open(
    ({ method, url }) => answers[`${method} ${url}`] ?? said(`Error getting ${method} ${url}.`, 404),
  );
  driver = connect();
});
afterEach(async () => {
  driver.close();
  await cloud.close();
});

const token = '01234567-89ab-4def-8123-456789abcdef';
const order: MachineOrder = {
  name: 'web',
  region: 'campus',
  zone: 'campus',
  size: 'small',
  image: '1',
  tags: { 'agency.installation': 'here' },
};
const compute = (state: string, more = ''): string =>
  `<COMPUTE href="http://inside:4567/compute/42"><ID>42</ID><NAME>web</NAME><STATE>${state}</STATE>${more}</COMPUTE>`;
const nic = (network: string, ip: string): string =>
  `<NIC><NETWORK href="http://inside:4567/network/${network}" name="n${network}"/><IP>${ip}</IP></NIC>`;

it('gives the SHA-1 of the password, or the password where the server wants that', async () => {
  answers['GET /'] = said('<COLLECTIONS><COMPUTE_COLLECTION href="http://inside:4567/compute"/></COLLECTIONS>');
  await driver.check();
  // sha1sum of `hunter2`
  const sha1 = 'f3bbbd66a63d4bf1747940578ec3d0103530e21d';
  expect(asked('GET', '/')[0]?.headers.authorization).toBe(`Basic ${Buffer.from(`ann:${sha1}`).toString('base64')}`);
  driver.close();
  driver = connect({ credentials: { username: 'ann', password: 'hunter2', password_form: 'plain' } });
  await driver.check();
  expect(asked('GET', '/')[1]?.headers.authorization).toBe(`Basic ${Buffer.from('ann:hunter2').toString('base64')}`);
});

describe('the catalogue', () => {
  it('has instance types as sizes, in full or as links', async () => {
    answers['GET /instance_type?verbose=true'] = said(
      '<INSTANCE_TYPE_COLLECTION><INSTANCE_TYPE href="http://inside:4567/instance_type/large"  name="large"/><INSTANCE_TYPE href="x" name="small"><ID>small</ID><NAME>small</NAME><CPU>0.5</CPU><MEMORY>1024</MEMORY></INSTANCE_TYPE><INSTANCE_TYPE href="x" name="custom"><ID>custom</ID><NAME>custom</NAME><MEMORY>1</MEMORY></INSTANCE_TYPE></INSTANCE_TYPE_COLLECTION>',
    );
    answers['GET /instance_type/large'] = said(
      '<INSTANCE_TYPE><ID>large</ID><NAME>large</NAME><CPU>8</CPU><MEMORY>8192</MEMORY></INSTANCE_TYPE>',
    );
    const size = { disk: null, gpu: null, architecture: 'x64' };
    await expect(driver.sizes('campus')).resolves.toEqual([
      { name: 'large', cores: 8, memory: 8, ...size },
      { name: 'small', cores: 1, memory: 1, ...size },
    ]);
    await expect(driver.zones('campus')).resolves.toEqual(['campus']);
    await expect(driver.quotas('campus')).resolves.toEqual([]);
  });

  it('has the last made image of a system', async () => {
    const storage = (id: number, name: string, type: string): string =>
      `<STORAGE href="x/${id}"><ID>${id}</ID><NAME>${name}</NAME><TYPE>${type}</TYPE></STORAGE>`;
    answers['GET /storage?verbose=true'] = said(
      `<STORAGE_COLLECTION>${storage(9, 'Debian 12', 'OS')}${storage(10, 'Debian 12', 'OS')}${storage(11, 'Debian 12', 'DATABLOCK')}</STORAGE_COLLECTION>`,
    );
    await expect(driver.image('debian-12', null, 'campus')).resolves.toBe('10');
    await expect(driver.image('beos', null, 'campus')).rejects.toMatchObject({ reason: 'invalid-request' });
  });
});

describe('a machine', () => {
  it('is made of links', async () => {
    answers['POST /compute'] = said(compute('PENDING'), 201);
    const wanted = { ...order, sshKey: 'ssh-rsa AAAA ann', userData: '#cloud-config\n' };
    await expect(driver.create(wanted, token)).resolves.toMatchObject({ vendorId: '42', state: 'building' });
    const { body, headers } = asked('POST', '/compute')[0]!;
    expect(headers['content-type']).toBe('text/xml');
    expect(body.replaceAll(cloud.url, '').replace(/web-[0-9a-f]{6}-/, 'web-mark-')).toBe(
      `<COMPUTE><NAME>web-mark-${token}</NAME><INSTANCE_TYPE href="/instance_type/small">small</INSTANCE_TYPE><DISK><STORAGE href="/storage/1"/></DISK><NIC><NETWORK href="/network/5"/></NIC><CONTEXT><SSH_PUBLIC_KEY>ssh-rsa AAAA ann</SSH_PUBLIC_KEY><USERDATA>I2Nsb3VkLWNvbmZpZwo=</USERDATA><USERDATA_ENCODING>base64</USERDATA_ENCODING></CONTEXT></COMPUTE>`,
    );
  });

  it('joins the network that the account names', async () => {
    driver.close();
    driver = connect({ network: 'lab' });
    const networks = (inside: string): Recorded => said(`<NETWORK_COLLECTION>${inside}</NETWORK_COLLECTION>`);
    answers['GET /network'] = networks('<NETWORK href="x/network/1" name="public"/><NETWORK href="x/network/2" name="lab"/>');
    answers['POST /compute'] = said(compute('PENDING'), 201);
    await driver.create(order, token);
    expect(asked('POST', '/compute')[0]?.body).toContain('/network/2"/></NIC></COMPUTE>');
    answers['GET /network'] = networks('');
    await expect(driver.create(order, token)).rejects.toMatchObject({ reason: 'not-found' });
  });

  it.each([
    ['INIT', 'building'],
    ['PENDING', 'building'],
    ['HOLD', 'building'],
    ['ACTIVE', 'active'],
    ['STOPPED', 'suspended'],
    ['SUSPENDED', 'suspended'],
    ['POWEROFF', 'inactive'],
    ['DONE', 'gone'],
    ['FAILED', 'error'],
    ['MELTING', 'building'],
  ])('that is %s is %s to others', async (state, expected) => {
    answers['GET /compute/42'] = said(compute(state, nic('4', '10.0.0.1') + nic('5', '192.0.2.1')));
    await expect(driver.get('campus', '42')).resolves.toMatchObject({ state: expected, address: '192.0.2.1' });
    answers['GET /compute/42'] = said(compute(state));
    await expect(driver.get('campus', '42')).resolves.toMatchObject({ state: expected, address: null });
  });

  it('is found and listed by its name', async () => {
    answers['POST /compute'] = said(compute('PENDING'), 201);
    await driver.create(order, token);
    const [, name = ''] = /<NAME>(.*)<\/NAME>/.exec(asked('POST', '/compute')[0]?.body ?? '') ?? [];
    answers['GET /compute'] = said(
      `<COMPUTE_COLLECTION><COMPUTE href="http://inside:4567/compute/41" name="other"/><COMPUTE href="http://inside:4567/compute/42" name="${name}"/></COMPUTE_COLLECTION>`,
    );
    answers['GET /compute/42'] = said(compute('ACTIVE'));
    await expect(driver.find('campus', token)).resolves.toMatchObject({ vendorId: '42', state: 'active' });
    await expect(driver.list('campus', 'here')).resolves.toMatchObject([{ vendorId: '42', placement: token }]);
    await expect(driver.list('campus', 'elsewhere')).resolves.toEqual([]);
    answers['GET /compute/42'] = said(compute('DONE'));
    await expect(driver.list('campus', 'here')).resolves.toEqual([]);
    answers['GET /compute'] = said('<COMPUTE_COLLECTION></COMPUTE_COLLECTION>');
    await expect(driver.find('campus', token)).resolves.toBeUndefined();
  });

  it('changes its state where that may be', async () => {
    answers['PUT /compute/42'] = said(compute('ACTIVE'), 202);
    await driver.operations!.act('campus', '42', 'stop', false);
    await driver.operations!.act('campus', '42', 'restart', true);
    expect(asked('PUT', '/compute/42').map(({ body }) => body)).toEqual([
      '<COMPUTE><ID>42</ID><STATE>POWEROFF</STATE></COMPUTE>',
      '<COMPUTE><ID>42</ID><STATE>RESET</STATE></COMPUTE>',
    ]);
    answers['PUT /compute/42'] = said('The state of the resource cannot be changed from DONE to RESUME.', 403);
    await expect(driver.operations!.act('campus', '42', 'resume', false)).rejects.toMatchObject({ reason: 'conflict' });
    await expect(driver.operations!.resize('campus', '42', 'large')).rejects.toMatchObject({ reason: 'invalid-request' });
  });

  it('that nobody knows is gone', async () => {
    await expect(driver.get('campus', '7')).resolves.toBeUndefined();
    await expect(driver.delete('campus', '7')).rejects.toMatchObject({ reason: 'not-found' });
  });
});

it.each([
  [401, '', 'bad-credentials'],
  [403, 'limit of 1 reached for VMS quota in VM.', 'quota'],
  [403, 'Not authorized', 'forbidden'],
  [500, 'Bad instance type', 'invalid-request'],
  [500, 'No host with enough capacity', 'no-capacity'],
  [500, '[VirtualMachineAction] Wrong state to perform action', 'conflict'],
  [500, '', 'unavailable'],
  [200, '<html><body>Log in</body></html>', 'unknown'],
  [201, '<COMPUTE href=', 'unknown'],
])('takes a %i (%s) of a create for %s', async (status, body, reason) => {
  answers['POST /compute'] = said(body, status);
  await expect(driver.create(order, token)).rejects.toMatchObject({ reason });
  expect(asked('POST', '/compute')).toHaveLength(1);
});
