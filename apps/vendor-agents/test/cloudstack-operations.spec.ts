import { machine, machineId, machines, RecordedCloudStack, refusal, zoneId } from './recorded-cloudstack.js';

let cloud: RecordedCloudStack;
beforeEach(async () => {
  cloud = await RecordedCloudStack.open();
});
afterEach(() => cloud.close());

const token = '6f9c3a52-1d5e-4f4b-8a64-2b7d5c0e9a11';
const failure = async (call: Promise<unknown> | undefined): Promise<unknown> =>
  await call?.then(
    () => 'no failure',
    (error: unknown) => error,
  );
const shows = (...all: readonly object[]): void => {
  cloud.answers.listVirtualMachines = () => machines(...all);
};
const begins = (...commands: readonly string[]): void => {
  for (const command of commands) cloud.answers[command] = () => ({ jobid: `job of ${command}` });
};

describe('operations', () => {
  it('are commands; what CloudStack has no command for is refused', async () => {
    begins('startVirtualMachine', 'stopVirtualMachine', 'rebootVirtualMachine');
    await cloud.driver.operations?.act('zurich', machineId, 'stop', true);
    expect(cloud.sent('stopVirtualMachine')).toMatchObject({ id: machineId, forced: 'true' });
    await cloud.driver.operations?.act('zurich', machineId, 'restart', false);
    expect(cloud.sent('rebootVirtualMachine')).not.toHaveProperty('forced');
    const suspended = cloud.driver.operations?.act('zurich', machineId, 'suspend', false);
    expect(await failure(suspended)).toMatchObject({ reason: 'invalid-request' });
  });

  describe('resizing', () => {
    const resize = async (): Promise<boolean | undefined> => await cloud.driver.operations?.resize('zurich', machineId, 'large');
    const mark = { tags: [{ key: 'agency.resizing', value: 'large' }] };
    beforeEach(() => {
      cloud.answers.listServiceOfferings = () => ({
        count: 2,
        serviceoffering: ['small', 'large'].map((name) => ({ id: `so-${name}`, name, cpunumber: 1, memory: 1024 })),
      });
      begins('startVirtualMachine', 'stopVirtualMachine', 'scaleVirtualMachine');
    });

    it('stops a machine that runs, changes and starts it, and takes its mark away', async () => {
      shows(machine());
      expect(await resize()).toBe(false);
      expect(cloud.commands.slice(-2)).toEqual(['createTags', 'stopVirtualMachine']);
      shows(machine({ state: 'Stopping', ...mark }));
      expect(await resize()).toBe(false);
      shows(machine({ state: 'Stopped', ...mark }));
      expect(await resize()).toBe(false);
      expect(cloud.commands.slice(-2)).toEqual(['scaleVirtualMachine', 'startVirtualMachine']);
      shows(machine({ serviceofferingid: 'so-large', ...mark }));
      expect(await resize()).toBe(true);
      expect(cloud.commands.at(-1)).toBe('deleteTags');
    });

    it('leaves a machine stopped that was', async () => {
      shows(machine({ state: 'Stopped' }));
      expect(await resize()).toBe(true);
      expect(cloud.commands).not.toContain('startVirtualMachine');
    });

    it('starts a machine again whose new size is refused', async () => {
      shows(machine({ state: 'Stopped', ...mark }));
      cloud.answers.scaleVirtualMachine = () => refusal(533, 'no host');
      expect(await failure(resize())).toMatchObject({ reason: 'no-capacity' });
      expect(cloud.commands.at(-1)).toBe('startVirtualMachine');
    });

    it('is over for a machine that has fallen or is destroyed', async () => {
      shows(machine({ state: 'Error' }));
      expect(await failure(resize())).toMatchObject({ reason: 'conflict', passing: false });
      shows(machine({ state: 'Destroyed' }));
      expect(await failure(resize())).toMatchObject({ reason: 'not-found' });
    });
  });

  it('say that a job takes longer than a call may', async () => {
    shows(machine({ state: 'Stopped' }));
    cloud.answers.listServiceOfferings = () => ({
      serviceoffering: [{ id: 'so-large', name: 'large', cpunumber: 1, memory: 1 }],
    });
    begins('scaleVirtualMachine');
    cloud.answers.queryAsyncJobResult = () => ({ jobstatus: 0 });
    expect(await failure(cloud.driver.operations?.resize('zurich', machineId, 'large'))).toMatchObject({
      reason: 'conflict',
      passing: true,
    });
    cloud.answers.queryAsyncJobResult = () => ({
      jobstatus: 2,
      jobresult: { errorcode: 530, errortext: 'not in the right state' },
    });
    expect(await failure(cloud.driver.operations?.resize('zurich', machineId, 'large'))).toMatchObject({ reason: 'conflict' });
    cloud.answers.queryAsyncJobResult = () => ({ jobstatus: 9 });
    expect(await failure(cloud.driver.operations?.resize('zurich', machineId, 'large'))).toMatchObject({
      vendorCode: 'malformed',
    });
  });

  it('save a machine by a snapshot and a template of it, under one name from the beginning', async () => {
    const save = async () => await cloud.driver.operations?.save('zurich', machineId, { name: 'golden image', token });
    begins('createSnapshot', 'createTemplate', 'deleteSnapshot');
    shows(machine());
    cloud.answers.listTemplates = () => ({});
    cloud.answers.listSnapshots = () => ({});
    cloud.answers.listVolumes = () => ({ count: 1, volume: [{ id: 'root-1' }] });
    const first = await save();
    const name = first?.vendorId ?? '';
    expect(name).toMatch(/^golden-image-[0-9a-f]{16}$/);
    expect(cloud.sent('createSnapshot')).toMatchObject({ volumeid: 'root-1', name });
    cloud.answers.listSnapshots = () => ({ count: 1, snapshot: [{ id: 's-1', name, state: 'BackingUp' }] });
    expect(await save()).toEqual({ vendorId: name, state: 'building' });
    cloud.answers.listSnapshots = () => ({ count: 1, snapshot: [{ id: 's-1', name, state: 'BackedUp' }] });
    expect(await save()).toEqual({ vendorId: name, state: 'building' });
    expect(cloud.sent('createTemplate')).toMatchObject({ snapshotid: 's-1', name, ostypeid: 'os-1' });
    cloud.answers.listTemplates = () => ({ count: 1, template: [{ id: 't-1', name, isready: true }] });
    expect(await save()).toEqual({ vendorId: name, state: 'active' });
    expect(cloud.commands.at(-1)).toBe('deleteSnapshot');
    cloud.answers.listTemplates = () => ({ count: 1, template: [{ id: 't-1', name, isready: false, status: 'Failed to copy' }] });
    expect(await save()).toEqual({ vendorId: name, state: 'error' });
  });

  it('measure in shares, GiB and totals of bytes', async () => {
    const now = Date.UTC(2026, 0, 2);
    const measured = { cpuused: '12,5%', networkkbsread: 2, diskkbswrite: 4, memorykbs: 2_097_152, memoryintfreekbs: 1_048_576 };
    shows(machine(measured));
    expect(await cloud.driver.metrics?.read('zurich', machineId, now)).toEqual([
      { metric: 'cpu', at: now, value: 0.125 },
      { metric: 'memory', at: now, value: 1 },
      { metric: 'network-in', at: now, value: 2_048, total: true },
      { metric: 'disk-write', at: now, value: 4_096, total: true },
    ]);
    expect(await cloud.driver.metrics?.read('zurich', machineId, now + 1)).toEqual([]);
    shows(machine({ ...measured, state: 'Stopped' }));
    expect(await cloud.driver.metrics?.read('zurich', machineId, 0)).toEqual([]);
    shows();
    expect(await cloud.driver.metrics?.read('zurich', machineId, 0)).toBeUndefined();
  });
});

describe('volumes', () => {
  const volume = (more: object = {}): object => ({
    id: 'v-1',
    name: `data-${token}`,
    state: 'Ready',
    zonename: 'zurich',
    ...more,
  });
  const order = { name: 'data', region: 'zurich', zone: 'zurich', size: 10, tags: { tier: 'front' } };
  const lists = (...all: readonly object[]): void => {
    cloud.answers.listVolumes = () => (all.length === 0 ? {} : { count: all.length, volume: all });
  };

  it('are of an offering whose size is free, else of the smallest that is large enough', async () => {
    cloud.answers.createVolume = () => ({ id: 'v-1', jobid: 'j-1' });
    const fixed = [20, 5, 10].map((disksize) => ({ id: `d-${disksize}`, disksize, iscustomized: false }));
    cloud.answers.listDiskOfferings = () => ({ count: 4, diskoffering: [...fixed, { id: 'd-free', iscustomized: true }] });
    expect(await cloud.driver.volumes?.create(order, token)).toMatchObject({ vendorId: 'v-1', state: 'building' });
    expect(cloud.sent('createVolume')).toMatchObject({
      name: `data-${token}`,
      zoneid: zoneId,
      diskofferingid: 'd-free',
      size: '10',
    });
    expect(cloud.sent('createTags')).toMatchObject({ resourcetype: 'Volume', 'tags[0].key': 'tier' });
    cloud.answers.listDiskOfferings = () => ({ count: 3, diskoffering: fixed });
    await cloud.driver.volumes?.create(order, token);
    expect(cloud.sent('createVolume')).toMatchObject({ diskofferingid: 'd-10' });
    expect(await failure(cloud.driver.volumes?.create({ ...order, size: 21 }, token))).toMatchObject({
      reason: 'invalid-request',
    });
  });

  it.each([
    [{ state: 'Allocated' }, { state: 'available', machine: null, device: null }],
    [
      { virtualmachineid: machineId, deviceid: 1, hypervisor: 'KVM' },
      { state: 'attached', machine: machineId, device: '/dev/vdb' },
    ],
    [
      { virtualmachineid: machineId, deviceid: 4, hypervisor: 'XenServer' },
      { state: 'attached', device: '/dev/xvde' },
    ],
    [
      { virtualmachineid: machineId, hypervisor: 'Simulator' },
      { state: 'attached', device: null },
    ],
    [{ state: 'Expunging' }, { state: 'gone' }],
    [{ state: 'UploadError' }, { state: 'error' }],
    [{ state: 'Melting' }, { state: 'building' }],
  ])('are read: %j', async (shown, means) => {
    lists(volume(shown));
    expect(await cloud.driver.volumes?.get('zurich', 'v-1')).toMatchObject({ vendorId: 'v-1', zone: 'zurich', ...means });
  });

  it('are found by the end of their name, and unknown when CloudStack lists none', async () => {
    lists(volume({ id: 'v-0', name: `${token}-data` }), volume());
    expect(await cloud.driver.volumes?.find('zurich', token)).toMatchObject({ vendorId: 'v-1' });
    lists();
    expect(await cloud.driver.volumes?.get('zurich', 'v-1')).toBeUndefined();
  });

  it('are attached where wished, unless that is the place of the CD', async () => {
    begins('attachVolume');
    await cloud.driver.volumes?.attach('zurich', 'v-1', machineId, '/dev/vdc');
    expect(cloud.sent('attachVolume')).toMatchObject({ id: 'v-1', virtualmachineid: machineId, deviceid: '2' });
    for (const device of ['/dev/vdd', '/dev/vda', undefined]) {
      await cloud.driver.volumes?.attach('zurich', 'v-1', machineId, device);
      expect(cloud.sent('attachVolume')).not.toHaveProperty('deviceid');
    }
  });

  it('that are attached or detached already are so', async () => {
    cloud.answers.attachVolume = () => refusal(431, 'Please specify a volume that is not attached to any VM.');
    lists(volume({ virtualmachineid: machineId }));
    await cloud.driver.volumes?.attach('zurich', 'v-1', machineId, undefined);
    lists(volume({ virtualmachineid: 'other' }));
    expect(await failure(cloud.driver.volumes?.attach('zurich', 'v-1', machineId, undefined))).toMatchObject({
      reason: 'conflict',
    });
    await cloud.driver.volumes?.detach('zurich', 'v-1', machineId);
    expect(cloud.commands).not.toContain('detachVolume');
  });

  it('are not deleted while a machine has them, and need not be twice', async () => {
    lists(volume({ virtualmachineid: machineId }));
    expect(await failure(cloud.driver.volumes?.delete('zurich', 'v-1'))).toMatchObject({ reason: 'conflict' });
    lists();
    await cloud.driver.volumes?.delete('zurich', 'v-1');
    expect(cloud.commands).not.toContain('deleteVolume');
  });
});

describe('networks', () => {
  const order = { name: 'inner', region: 'zurich', range: '10.20.4.0/22', tags: {} };

  it('are isolated, without a way out where there is such an offering', async () => {
    const service = (...names: readonly string[]) => ({ service: names.map((name) => ({ name })) });
    cloud.answers.listNetworks = () => ({});
    cloud.answers.listNetworkOfferings = () => ({
      count: 3,
      networkoffering: [
        { id: 'o-nat', ...service('Dhcp', 'SourceNat') },
        { id: 'o-inner', ...service('Dhcp') },
        { id: 'o-bare', ...service('Dns') },
      ],
    });
    cloud.answers.createNetwork = () => ({ network: { id: 'n-1' } });
    expect(await cloud.driver.networks?.ensure(order, token)).toEqual({ vendorId: 'n-1' });
    expect(cloud.sent('createNetwork')).toMatchObject({
      name: `inner-${token}`,
      networkofferingid: 'o-inner',
      gateway: '10.20.4.1',
      netmask: '255.255.252.0',
    });
    cloud.answers.listNetworks = () => ({ count: 1, network: [{ id: 'n-1', name: `inner-${token}` }] });
    expect(await cloud.driver.networks?.ensure(order, token)).toEqual({ vendorId: 'n-1' });
    expect(cloud.commands.filter((command) => command === 'createNetwork')).toHaveLength(1);
  });

  it('give a machine one interface, marked before it is asked for', async () => {
    begins('addNicToVirtualMachine');
    const answers = [
      machine(),
      machine({ nic: [{ id: 'nic-9', networkid: 'n-1', ipaddress: '10.20.4.9', macaddress: '02:00:00:00:00:09' }] }),
    ];
    cloud.answers.listVirtualMachines = () => machines(answers.length > 1 ? (answers.shift() ?? {}) : (answers[0] ?? {}));
    const joined = { vendorId: 'nic-9', mac: '02:00:00:00:00:09', address: '10.20.4.9', state: 'active' };
    const wish = { token, address: '10.20.4.9' };
    expect(await cloud.driver.networks?.join('zurich', 'n-1', machineId, wish)).toEqual(joined);
    expect(cloud.commands.slice(0, 3)).toEqual(['listVirtualMachines', 'createTags', 'addNicToVirtualMachine']);
    expect(cloud.sent('addNicToVirtualMachine')).toMatchObject({ networkid: 'n-1', ipaddress: '10.20.4.9' });
    cloud.answers.listTags = () => ({
      count: 1,
      tag: [{ key: `agency.interface.${token}`, value: 'n-1', resourceid: machineId }],
    });
    expect(await cloud.driver.networks?.findInterface('zurich', 'n-1', token)).toEqual(joined);
    cloud.answers.listTags = () => ({});
    expect(await cloud.driver.networks?.findInterface('zurich', 'n-1', token)).toBeUndefined();
  });

  it('are left by machines that are in them, and deleted when none is', async () => {
    shows(machine());
    await cloud.driver.networks?.leave('zurich', machineId, 'nic-77');
    expect(cloud.commands).toEqual(['listVirtualMachines']);
    expect(await failure(cloud.driver.networks?.delete('zurich', 'net-1'))).toMatchObject({ reason: 'conflict' });
    shows();
    cloud.answers.deleteNetwork = () => refusal(431, 'entity does not exist');
    await cloud.driver.networks?.delete('zurich', 'net-1');
  });
});

describe('addresses', () => {
  const assign = async () => await cloud.driver.addresses?.assign('zurich', machineId, token);
  const address = (more: object = {}): object => ({
    id: 'ip-1',
    ipaddress: '203.0.113.9',
    isstaticnat: false,
    issourcenat: false,
    ...more,
  });
  const ours = { tags: [{ key: 'agency.address', value: token }] };
  /** Lists by tag and by network: the two ways that are asked. */
  const lists = (tagged: readonly object[], idle: readonly object[] = []): void => {
    cloud.answers.listPublicIpAddresses = (asked) => ({ publicipaddress: 'tags[0].key' in asked ? tagged : idle });
  };
  beforeEach(() => {
    cloud.answers.associateIpAddress = () => ({ id: 'ip-1', jobid: 'j-1' });
    cloud.answers.enableStaticNat = () => ({ success: 'true' });
    begins('disassociateIpAddress');
    shows(machine());
  });

  it('are acquired in the machine’s network, tagged and translated to it', async () => {
    let acquired = false;
    cloud.answers.createTags = ({ resourcetype }) => {
      acquired ||= resourcetype === 'PublicIpAddress';
      return { jobid: 'tags' };
    };
    cloud.answers.listPublicIpAddresses = () => (acquired ? { publicipaddress: [address(ours)] } : {});
    expect(await assign()).toEqual({ vendorId: 'ip-1', address: '203.0.113.9' });
    expect(cloud.sent('associateIpAddress')).toMatchObject({ networkid: 'net-1' });
    expect(cloud.sent('enableStaticNat')).toMatchObject({ ipaddressid: 'ip-1', virtualmachineid: machineId });
  });

  it('that an earlier call got are found again', async () => {
    lists([address({ ...ours, isstaticnat: true, virtualmachineid: machineId })]);
    expect(await assign()).toEqual({ vendorId: 'ip-1', address: '203.0.113.9' });
    expect(cloud.commands).toEqual(['listPublicIpAddresses']);
    lists([address({ ...ours, isstaticnat: true, virtualmachineid: 'other' })]);
    expect(await failure(assign())).toMatchObject({ reason: 'conflict' });
  });

  it('that an earlier call may have acquired are taken, those in use or tagged are not', async () => {
    shows(machine({ tags: [{ key: `agency.address.${token}`, value: 'net-1' }] }));
    const others = [
      address({ id: 'a', issourcenat: true }),
      address({ id: 'b', isstaticnat: true }),
      address({ id: 'c', tags: [{ key: 'x', value: 'y' }] }),
    ];
    lists([], [...others, address({ id: 'left' })]);
    await failure(assign());
    expect(cloud.sent('createTags')).toMatchObject({ resourcetype: 'PublicIpAddress', resourceids: 'left' });
    expect(cloud.commands).not.toContain('associateIpAddress');
    shows(machine());
    await failure(assign());
    expect(cloud.commands).toContain('associateIpAddress');
  });

  it('are given back, and may be twice', async () => {
    await cloud.driver.addresses?.release('zurich', 'ip-1');
    cloud.answers.disassociateIpAddress = () => refusal(431, 'Invalid parameter id … or entity does not exist');
    await cloud.driver.addresses?.release('zurich', 'ip-1');
  });
});
