import { signedQuery } from '../src/families/cloudstack/signature.js';
import { machineLabel } from '../src/vendor/machine-label.js';
import type { MachineOrder } from '../src/vendor/port.js';
import { machine, machineId, machines, raw, RecordedCloudStack, refusal, zoneId } from './recorded-cloudstack.js';

let cloud: RecordedCloudStack;
beforeEach(async () => {
  cloud = await RecordedCloudStack.open();
});
afterEach(() => cloud.close());

const token = '6f9c3a52-1d5e-4f4b-8a64-2b7d5c0e9a11';
const label = machineLabel('shop', 'installation', token);
const template = '8c5d2f10-93ab-4a3e-8a66-0d9f7b6f2e01';
const order: MachineOrder = {
  name: 'shop',
  region: 'zurich',
  zone: 'zurich',
  size: 'small',
  image: template,
  tags: { 'agency.installation': 'installation', tier: 'front' },
};
const offerings = {
  count: 6,
  serviceoffering: [
    { id: 'so-small', name: 'small', cpunumber: 1, cpuspeed: 2000, memory: 1024, rootdisksize: 20 },
    { id: 'so-large', name: 'large', cpunumber: 4, memory: 8192, zoneid: `other,${zoneId}`, brandnew: { field: true } },
    { id: 'so-again', name: 'small', cpunumber: 2, memory: 2048 },
    { id: 'so-custom', name: 'free', iscustomized: true },
    { id: 'so-router', name: 'router', cpunumber: 1, memory: 256, issystem: true },
    { id: 'so-away', name: 'away', cpunumber: 1, memory: 256, zoneid: 'other' },
  ],
};
const failure = async (call: Promise<unknown>): Promise<unknown> =>
  await call.then(
    () => 'no failure',
    (error: unknown) => error,
  );
const shows = (...all: readonly object[]): void => {
  cloud.answers.listVirtualMachines = () => machines(...all);
};

describe('signing', () => {
  it('is that of the Developer’s Guide', () => {
    const apiKey = 'plgWJfZK4gyS3mOMTVmjUVg-X-jlWlnfaUJ9GAbBbf9EdM-kAYMmAiLqzzq1ElZLYq_u38zCm0bewzGUdP66mg';
    const secret = 'VDaACYb0LV9eNjTetIOElcVQkvJck_J_QljX_FcHRj87ZKiy0z0ty0ZsYBkoXkY9b7eq1EhwJaw7FF3akA3KBQ';
    expect(signedQuery({ command: 'listUsers', response: 'json', apiKey }, secret)).toBe(
      `apiKey=${apiKey}&command=listUsers&response=json&signature=TTpdDq%2F7j%2FJ58XCRHomKoQXEQds%3D`,
    );
  });

  it('sorts by name whatever the case, and encodes as Java does', () => {
    const query = signedQuery({ zoneId: '1', command: 'x', apiKey: 'A', displaytext: "a b*(c)!'~/+é" }, 'secret');
    expect(query).toMatch(/^apiKey=A&command=x&displaytext=a%20b\*%28c%29%21%27%7E%2F%2B%C3%A9&zoneId=1&signature=[\w%]+$/);
  });
});

describe('answers', () => {
  it('are read page by page until there are as many as CloudStack counts', async () => {
    const pages: Record<string, object> = {
      1: { count: 3, virtualmachine: [machine({ name: label }), machine({ id: 'other', name: 'theirs' })] },
      2: { count: 3, virtualmachine: [machine({ id: 'm-3', name: label.replace('9a11', '9a12'), state: 'Destroyed' })] },
    };
    cloud.answers.listVirtualMachines = ({ page = '' }) => pages[page] ?? {};
    expect(await cloud.driver.list('zurich', 'installation')).toMatchObject([{ vendorId: machineId, placement: token }]);
    expect(cloud.sent('listVirtualMachines')).toMatchObject({ page: '2', pagesize: '500', zoneid: zoneId });
    shows();
    expect(await cloud.driver.list('zurich', 'installation')).toEqual([]);
  });

  it.each([
    ['no JSON', '<html>Log in</html>'],
    ['cut off', '{"listvirtualmachinesresponse":{"count":1,"virtual'],
    ['another object', '{"virtualmachine":[]}'],
    ['no object', '{"listvirtualmachinesresponse":"none"}'],
  ])('that are %s are none', async (_, body) => {
    cloud.answers.listVirtualMachines = () => raw(body);
    expect(await failure(cloud.driver.get('zurich', machineId))).toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
  });

  it('that describe another machine are none of the one asked for', async () => {
    shows(machine({ id: 'another' }));
    expect(await failure(cloud.driver.get('zurich', machineId))).toMatchObject({ vendorCode: 'malformed' });
  });

  it.each([
    [401, 'unable to verify user credentials and/or request signature', 'bad-credentials'],
    [429, 'API limit exceeded', 'rate-limited'],
    [431, 'Invalid parameter id value=7 due to incorrect long value format, or entity does not exist', 'not-found'],
    [431, 'Please specify a name', 'invalid-request'],
    [431, 'VM is in state Starting, cannot be changed', 'conflict'],
    [432, 'The given command does not exist or it is not available for user', 'invalid-request'],
    [530, 'Internal error', 'unavailable'],
    [530, 'Insufficient capacity for the VM', 'no-capacity'],
    [531, 'Account is not allowed to', 'forbidden'],
    [533, 'Unable to create a deployment', 'no-capacity'],
    [535, 'Maximum number of resources of type user_vm for account has been exceeded', 'quota'],
    [536, 'The volume is used', 'conflict'],
  ])('of %i (%s) are a failure, %s', async (code, words, reason) => {
    cloud.answers.listServiceOfferings = () => refusal(code, words);
    expect(await failure(cloud.driver.sizes('zurich'))).toMatchObject({ reason, vendorCode: String(code), message: words });
  });

  it('tell a failure with a status of success too, and never the keys', async () => {
    cloud.answers.listAccounts = () => raw('{"listaccountsresponse":{"errorcode":530,"errortext":"broken"}}');
    const refused = await failure(cloud.driver.quotas('zurich'));
    expect(refused).toMatchObject({ reason: 'unavailable', message: 'broken' });
    expect(JSON.stringify(refused)).not.toContain('hunter2');
  });
});

describe('what there is to have', () => {
  it('is a region for each zone that is open, with no zones of its own', async () => {
    cloud.answers.listZones = () => ({
      count: 2,
      zone: [
        { id: zoneId, name: 'zurich' },
        { id: 'z-2', name: 'closed', allocationstate: 'Disabled' },
      ],
    });
    expect(await cloud.driver.regions()).toEqual(['zurich']);
    expect(await cloud.driver.zones('zurich')).toEqual(['zurich']);
    expect(await failure(cloud.driver.zones('closed'))).toMatchObject({ reason: 'not-found' });
  });

  it('are the offerings of the zone by name, once each, of fixed cores and memory', async () => {
    cloud.answers.listServiceOfferings = () => offerings;
    const common = { gpu: 0, architecture: 'x64' };
    expect(await cloud.driver.sizes('zurich')).toEqual([
      { name: 'small', cores: 1, memory: 1, disk: 20, ...common },
      { name: 'large', cores: 4, memory: 8, disk: null, ...common },
    ]);
  });

  it('are templates that are ready, the newest of those that a name means', async () => {
    const named = (id: string, created: string, more: object = {}) => ({
      id,
      name: 'Debian 12',
      created,
      isready: true,
      ...more,
    });
    cloud.answers.listTemplates = () => ({
      count: 4,
      template: [
        named('t-1', '2026-01-01T00:00:00+0000'),
        named('t-2', '2026-03-01T00:00:00+0000'),
        named('t-3', '2026-04-01T00:00:00+0000', { isready: false }),
        named('t-4', '2026-05-01T00:00:00+0000', { arch: 'aarch64' }),
      ],
    });
    expect(await cloud.driver.image('debian-12', 'x64', 'zurich')).toBe('t-2');
    expect(await cloud.driver.image('debian-12', 'arm64', 'zurich')).toBe('t-4');
    expect(await failure(cloud.driver.image('rocky-9', 'x64', 'zurich'))).toMatchObject({ reason: 'not-found' });
  });

  it('is what the limits of the account leave, where it has limits', async () => {
    cloud.answers.listAccounts = () => ({
      count: 1,
      account: [{ vmlimit: '20', vmavailable: '17', cpuavailable: 'Unlimited', memoryavailable: '2048' }],
    });
    expect(await cloud.driver.quotas('zurich')).toEqual([
      { of: 'machines', left: 17 },
      { of: 'memory', left: 2 },
    ]);
  });
});

describe('a machine', () => {
  it.each([
    ['Running', 'active'],
    ['Starting', 'building'],
    ['Stopping', 'building'],
    ['Migrating', 'building'],
    ['Stopped', 'inactive'],
    ['Destroyed', 'gone'],
    ['Expunging', 'gone'],
    ['Melting', 'building'],
  ])('that is %s is %s', async (state, means) => {
    shows(machine({ state }));
    expect(await cloud.driver.get('zurich', machineId)).toEqual({
      vendorId: machineId,
      state: means,
      address: '10.1.1.7',
      zone: 'zurich',
      fault: null,
    });
  });

  it('is on its way while the job that makes it has yet to start it', async () => {
    shows(machine({ state: 'Stopped', jobid: 'j-1', jobstatus: 0, nic: undefined }));
    expect(await cloud.driver.get('zurich', machineId)).toMatchObject({ state: 'building', address: null });
  });

  it('is reached at its public address where it has one', async () => {
    shows(machine({ publicip: '203.0.113.9' }));
    expect(await cloud.driver.get('zurich', machineId)).toMatchObject({ address: '203.0.113.9' });
  });

  it('is unknown whether CloudStack lists none or refuses its id', async () => {
    shows();
    expect(await cloud.driver.get('zurich', machineId)).toBeUndefined();
    cloud.answers.listVirtualMachines = () => refusal(431, 'Invalid parameter id … or entity does not exist');
    expect(await cloud.driver.get('zurich', machineId)).toBeUndefined();
    expect(await failure(cloud.driver.delete('zurich', machineId))).toMatchObject({ reason: 'not-found' });
  });

  it.each([
    [{ errorcode: 533, errortext: 'Unable to create a deployment for VM' }, 'no-capacity'],
    [{ errorcode: 530, errortext: 'Job failed due to exception Unable to start' }, 'boot-failed'],
    [{ errorcode: 535, errortext: 'Maximum amount of resources' }, 'quota'],
    [undefined, 'boot-failed'],
  ])('in Error tells why by the job that made it: %j', async (jobresult, reason) => {
    shows(machine({ state: 'Error', tags: [{ key: 'agency.job', value: 'j-1' }] }));
    cloud.answers.queryAsyncJobResult = () => ({ jobstatus: 2, jobresultcode: 530, jobresult });
    expect(await cloud.driver.get('zurich', machineId)).toMatchObject({ state: 'error', fault: { reason } });
  });
});

describe('creating a machine', () => {
  beforeEach(() => {
    cloud.answers.listServiceOfferings = () => offerings;
    cloud.answers.deployVirtualMachine = () => ({ id: machineId, jobid: 'j-1' });
  });

  it('names it so that it is found again, and tags it', async () => {
    expect(await cloud.driver.create(order, token)).toMatchObject({ vendorId: machineId, state: 'building', zone: 'zurich' });
    expect(cloud.sent('deployVirtualMachine')).toMatchObject({
      name: label,
      displayname: 'shop',
      zoneid: zoneId,
      serviceofferingid: 'so-small',
      templateid: template,
    });
    expect(cloud.sent('deployVirtualMachine')).not.toHaveProperty('networkids');
    expect(cloud.sent('createTags')).toMatchObject({
      resourcetype: 'UserVm',
      resourceids: machineId,
      'tags[1].key': 'tier',
      'tags[1].value': 'front',
      'tags[2].key': 'agency.job',
      'tags[2].value': 'j-1',
    });
    shows(machine({ id: 'other', name: `not-${label}x` }), machine({ name: label }));
    expect(await cloud.driver.find('zurich', token)).toMatchObject({ vendorId: machineId });
  });

  it('gives it a key that the account has by another name, and long user data in the body', async () => {
    cloud.answers.listSSHKeyPairs = ({ fingerprint = '' }) => ({ count: 1, sshkeypair: [{ name: 'laptop', fingerprint }] });
    const userData = `#cloud-config\n${'x'.repeat(5_000)}`;
    await cloud.driver.create({ ...order, userData, sshKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0y shop' }, token);
    const sent = cloud.sent('deployVirtualMachine');
    expect(sent.keypair).toBe('laptop');
    expect(Buffer.from(sent.userdata ?? '', 'base64').toString()).toBe(userData);
    expect(cloud.seen.find(({ method }) => method === 'POST')).toMatchObject({ url: '/client/api' });
    expect(cloud.commands).not.toContain('registerSSHKeyPair');
  });

  it('registers a key that is new', async () => {
    cloud.answers.listSSHKeyPairs = () => ({});
    cloud.answers.registerSSHKeyPair = () => ({ keypair: { name: 'x' } });
    await cloud.driver.create({ ...order, sshKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0y shop' }, token);
    expect(cloud.sent('deployVirtualMachine').keypair).toBe(cloud.sent('registerSSHKeyPair').name);
  });

  it('joins the account’s network by name', async () => {
    await cloud.close();
    cloud = await RecordedCloudStack.open({ network: 'inner' });
    cloud.answers.listServiceOfferings = () => offerings;
    cloud.answers.deployVirtualMachine = () => ({ id: machineId, jobid: 'j-1' });
    cloud.answers.listNetworks = () => ({
      count: 2,
      network: [
        { id: 'n-0', name: 'inner-2' },
        { id: 'n-1', name: 'inner' },
      ],
    });
    await cloud.driver.create(order, token);
    expect(cloud.sent('deployVirtualMachine').networkids).toBe('n-1');
  });

  it('takes it back when it cannot be tagged, and looks offerings up again after a refusal', async () => {
    cloud.answers.createTags = () => refusal(531, 'not allowed');
    cloud.answers.listVolumes = () => ({});
    cloud.answers.destroyVirtualMachine = () => ({ jobid: 'j-2' });
    shows(machine({ state: 'Starting' }));
    expect(await failure(cloud.driver.create(order, token))).toMatchObject({ reason: 'forbidden' });
    expect(cloud.sent('destroyVirtualMachine')).toMatchObject({ id: machineId });
    cloud.answers.deployVirtualMachine = () => refusal(535, 'Maximum number of resources of type user_vm has been exceeded');
    expect(await failure(cloud.driver.create(order, token))).toMatchObject({ reason: 'quota', outcomeUnknown: false });
    expect(await failure(cloud.driver.create({ ...order, size: 'huge' }, token))).toMatchObject({ reason: 'not-found' });
  });

  it('does not know what became of it when the answer has no id', async () => {
    cloud.answers.deployVirtualMachine = () => ({ jobid: 'j-1' });
    expect(await failure(cloud.driver.create(order, token))).toMatchObject({ vendorCode: 'malformed', outcomeUnknown: true });
  });
});

describe('destroying a machine', () => {
  it('detaches what is not its own first, and is not asked for twice', async () => {
    shows(machine());
    cloud.answers.listVolumes = () => ({ count: 1, volume: [{ id: 'v-1', virtualmachineid: machineId }] });
    cloud.answers.detachVolume = () => ({ jobid: 'j-1' });
    cloud.answers.destroyVirtualMachine = () => ({ jobid: 'j-2' });
    await cloud.driver.delete('zurich', machineId);
    expect(cloud.commands).toEqual(['listVirtualMachines', 'listVolumes', 'detachVolume', 'destroyVirtualMachine']);
    shows(machine({ state: 'Expunging' }));
    await cloud.driver.delete('zurich', machineId);
    expect(cloud.commands.filter((command) => command === 'destroyVirtualMachine')).toHaveLength(1);
  });
});
