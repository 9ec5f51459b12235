import { probe, runTestbed, type RunningTestbed, until } from './harness.js';
import { type Document, OneClient } from './opennebula-client.js';

let testbed: RunningTestbed;
let one: OneClient;
let old: OneClient;
beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['opennebula', 'niifi'] });
  one = new OneClient(await testbed.account('opennebula'));
  old = new OneClient(await testbed.account('niifi'));
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const template = (more = ''): string =>
  `NAME = "shop"\nCPU = 1\nVCPU = 1\nMEMORY = 1024\nDISK = [ IMAGE_ID = "1", SIZE = "10240" ]\nNIC = [ NETWORK = "public" ]\nPLACEMENT = "p-1"\n${more}`;
const create = (more = ''): Promise<number> => one.made('one.vm.allocate', template(more), false);
const running = async (): Promise<number> => {
  const id = await create();
  await one.inState(id, '3/3');
  return id;
};
const part = (document: Document, ...path: readonly string[]): Document =>
  path.reduce((found, name) => [(found as Record<string, Document>)[name]].flat()[0] as Document, document);
const instances = async (): Promise<Record<string, unknown>[]> =>
  (await testbed.http.get<Record<string, unknown>[]>('/control/instances')).data;

describe('an OpenNebula', () => {
  it('answers to a user with his password alone', async () => {
    expect(await one.call('one.system.version')).toMatchObject({ ok: true, value: '5.12.0', code: 0 });
    const refused = await one.callAs(`${one.session}x`, 'one.vmpool.info', -3, -1, -1, -1);
    expect(refused).toMatchObject({ status: 200, ok: false, code: 0x0100 });
    expect(refused.value).toBe("[one.vmpool.info] User couldn't be authenticated, aborting call.");
    await testbed.fault({ cloud: 'opennebula', fault: 'revoked' });
    expect(await one.call('one.system.version')).toMatchObject({ ok: false, code: 0x0100 });
  });

  it('takes what its release takes, and faults what it does not', async () => {
    const persistent = [0, 'shop', false, '', false] as const;
    expect((await old.call('one.template.instantiate', ...persistent)).fault).toBe(-501);
    expect((await one.call('one.template.instantiate', 0, 'shop', false)).fault).toBe(-501);
    expect((await one.call('one.vm.info', '7')).fault).toBe(-501);
    expect((await one.call('one.vm.info')).fault).toBe(-501);
    expect((await old.call('one.vmpool.infoextended', -3, -1, -1, -1)).fault).toBe(-506);
    expect((await old.call('one.vmpool.info', -3, -1, -1, -1, '')).fault).toBe(-501);
    expect((await one.call('one.nothing')).fault).toBe(-506);
    expect((await one.post('<methodCall>')).fault).toBe(-503);
    expect((await one.post('{}', 'application/json')).status).toBe(400);
  });

  it('has templates, images, a network, clusters and a zone', async () => {
    const { VMTEMPLATE } = await one.document('one.templatepool.info', -2, -1, -1);
    expect(VMTEMPLATE).toMatchObject([
      { NAME: 'small', TEMPLATE: { VCPU: '1', MEMORY: '2048' } },
      { NAME: 'medium' },
      { NAME: 'large' },
    ]);
    const { IMAGE } = await one.document('one.imagepool.info', -2, -1, -1);
    expect((IMAGE as unknown as Document[]).map(({ NAME }) => NAME)).toContain('Debian 12');
    expect(await one.document('one.imagepool.info', -3, -1, -1)).toEqual('');
    expect(await one.document('one.vnpool.info', -2, -1, -1)).toMatchObject({ VNET: [{ ID: '0', NAME: 'public' }] });
    expect(await one.document('one.clusterpool.info')).toMatchObject({
      CLUSTER: [{ ID: '0' }, { ID: '100', NAME: 'one-a' }, {}],
    });
    expect(await one.document('one.zonepool.info')).toMatchObject({ ZONE: { NAME: 'one' } });
  });

  it('makes a machine of a text, which runs at its address, and is done for good', async () => {
    await testbed.fault({ cloud: 'opennebula', fault: 'slow-boot', delay_ms: 10_000, times: 1 });
    const id = await create('SCHED_REQUIREMENTS = "CLUSTER_ID = \\"101\\""');
    expect(await one.vm(id)).toMatchObject({ STATE: '3', LCM_STATE: '2', NAME: 'shop', USER_TEMPLATE: { PLACEMENT: 'p-1' } });
    expect((await one.call('one.vm.action', 'terminate', id)).code).toBe(0x0800);
    const vm = await one.inState(id, '3/3');
    expect(part(vm, 'HISTORY_RECORDS', 'HISTORY')).toMatchObject({ CID: '101' });
    const address = String(part(vm, 'TEMPLATE', 'NIC').IP);
    expect(await probe(address)).toMatchObject({ instance: String(id), type: 'c1-m1-d10', zone: 'one-b' });
    expect(await one.made('one.vm.action', 'terminate-hard', id)).toBe(id);
    await one.inState(id, '6/0');
    expect(await one.made('one.vm.action', 'terminate-hard', id)).toBe(id);
    expect((await one.call('one.vm.info', id + 1)).value).toBe(`[one.vm.info] Error getting virtual machine [${id + 1}].`);
  });

  it('makes one of a template, with whatever is said in its place, in an older release too', async () => {
    const id = await old.made(
      'one.template.instantiate',
      1,
      'shop',
      false,
      '<TEMPLATE><DISK><IMAGE_ID>1</IMAGE_ID></DISK></TEMPLATE>',
    );
    const vm = await old.inState(id, '3/3');
    expect(part(vm, 'TEMPLATE')).toMatchObject({ VCPU: '2', MEMORY: '4096', TEMPLATE_ID: '1' });
    expect(part(vm, 'TEMPLATE', 'DISK')).toMatchObject({ IMAGE_ID: '1', SIZE: '2048' });
    expect(await instances()).toContainEqual(expect.objectContaining({ id: String(id), type: 'medium' }));
    expect(await old.call('one.vm.action', 'terminate', id)).toMatchObject({ ok: false, code: 0x0800 });
    expect(await old.made('one.vm.action', 'shutdown-hard', id)).toBe(id);
    await old.inState(id, '6/0');
    const [unknown] = [await old.call('one.template.instantiate', 9, 'shop')];
    expect(unknown).toMatchObject({ code: 0x0400, value: '[VMTemplateInstantiate] Error getting virtual machine template [9].' });
  });

  it('refuses templates that say too little, or what there is not', async () => {
    const refused = async (text: string) => await one.call('one.vm.allocate', text, false);
    expect(await refused('CPU = 1')).toMatchObject({
      code: 0x4000,
      value: expect.stringContaining('MEMORY attribute') as string,
    });
    expect(await refused(template('DISK = [ IMAGE_ID = 999 ]'))).toMatchObject({ code: 0x4000 });
    expect(await refused(template('SCHED_REQUIREMENTS = "CLUSTER = \\"moon\\""'))).toMatchObject({ code: 0x4000 });
    expect(await refused('CPU = ')).toMatchObject({ code: 0x2000 });
    await testbed.fault({ cloud: 'opennebula', fault: 'quota' });
    const quota = await refused(template());
    expect(quota).toMatchObject({ code: 0x0200 });
    expect(quota.value).toBe('[one.vm.allocate] User [2] : user [2] limit of 1 reached for VMS quota in VM.');
  });

  it('keeps a machine that finds no room waiting, and one that fails for its owner to see', async () => {
    await testbed.fault({ cloud: 'opennebula', fault: 'no-capacity', times: 1 });
    const waiting = await create();
    const vm = await one.vm(waiting);
    expect(vm).toMatchObject({ STATE: '1', LCM_STATE: '0' });
    expect(String(part(vm, 'USER_TEMPLATE').SCHED_MESSAGE)).toContain('No host with enough capacity');
    await testbed.fault({ cloud: 'opennebula', fault: 'boot-error' });
    const failed = await create();
    await one.inState(failed, '3/36');
    for (const id of [waiting, failed]) {
      await one.made('one.vm.action', 'terminate', id);
      await one.inState(id, '6/0');
    }
  });

  it('shows no tags in brief lists, finds by them where asked, and turns pages', async () => {
    const id = await running();
    await one.made('one.vm.update', id, 'TIER = "front"', 1);
    expect(await one.vm(id)).toMatchObject({ USER_TEMPLATE: { PLACEMENT: 'p-1', TIER: 'front' } });
    const [brief, whole] = [
      await one.document('one.vmpool.info', -3, -1, -1, -1),
      await one.document('one.vmpool.infoextended', -3, -1, -1, -1, 'TIER=front'),
    ];
    expect(part(brief, 'VM').USER_TEMPLATE).toBe('');
    expect(whole.VM).toMatchObject([{ ID: String(id), USER_TEMPLATE: { TIER: 'front' } }]);
    const another = await running();
    expect((await one.document('one.vmpool.info', -3, 1, -2, -1)).VM).toHaveLength(1);
    expect((await one.document('one.vmpool.info', -3, 0, -2, -1)).VM).toHaveLength(2);
    expect((await one.document('one.vmpool.info', -3, id, id, -1)).VM).toMatchObject([{ ID: String(id) }]);
    expect(await one.document('one.vmpool.info', -3, -1, -1, 8)).toEqual('');
    expect((await one.call('one.vmpool.info', -9, -1, -1, -1)).code).toBe(0x1000);
    for (const vm of [id, another]) await one.made('one.vm.action', 'terminate-hard', vm);
  });

  it('powers off, resizes, resumes, suspends and restarts, each in its state only', async () => {
    const id = await running();
    const act = (action: string) => one.call('one.vm.action', action, id);
    expect(await act('resume')).toMatchObject({
      code: 0x0800,
      value: '[one.vm.action] Error performing action "resume": This action is not available for state RUNNING',
    });
    expect((await one.call('one.vm.resize', id, 'VCPU = 2\nCPU = 2\nMEMORY = 2048', true)).code).toBe(0x0800);
    expect((await act('shutdown')).value).toBe('[one.vm.action] Action "shutdown" is not supported');
    await act('poweroff-hard');
    await one.inState(id, '8/0');
    await one.made('one.vm.resize', id, 'VCPU = 2\nCPU = 2\nMEMORY = 2048', true);
    expect(await instances()).toContainEqual(expect.objectContaining({ id: String(id), type: 'c2-m2-d10' }));
    await act('resume');
    await one.inState(id, '3/3');
    expect((await act('reboot')).ok).toBe(true);
    await until(instances, (all) => all.some((instance) => instance.id === String(id) && instance.state === 'running'));
    await act('suspend');
    await one.inState(id, '5/0');
    await act('resume');
    await one.inState(id, '3/3');
    await act('stop');
    await one.inState(id, '4/0');
    await act('terminate');
    await one.inState(id, '6/0');
  });

  it('makes data blocks, which one machine at a time has', async () => {
    const id = await running();
    const volume = await one.made('one.image.allocate', 'NAME = "data"\nTYPE = DATABLOCK\nPERSISTENT = YES\nSIZE = 10240', 1);
    expect(await one.call('one.image.allocate', 'NAME = data\nTYPE = DATABLOCK\nSIZE = 1', 1)).toMatchObject({
      code: 0x4000,
      value: `[one.image.allocate] Error allocating a new image. NAME is already taken by IMAGE ${volume}.`,
    });
    const becomes = (state: string) =>
      until(
        () => one.document('one.image.info', volume),
        ({ STATE }) => String(STATE) === state,
      );
    await becomes('1');
    await one.made('one.vm.attach', id, `DISK = [ IMAGE_ID = ${volume}, TARGET = "vdb" ]`);
    const vm = await one.inState(id, '3/3');
    expect(part(vm, 'TEMPLATE').DISK).toMatchObject([
      { DISK_ID: '0' },
      { DISK_ID: '1', IMAGE_ID: String(volume), TARGET: 'vdb' },
    ]);
    expect(await becomes('8')).toMatchObject({ VMS: { ID: String(id) } });
    expect((await one.call('one.image.delete', volume)).code).toBe(0x0800);
    await one.made('one.vm.detach', id, 1);
    await becomes('1');
    await one.made('one.image.delete', volume);
    await until(
      () => one.call('one.image.info', volume),
      ({ code }) => code === 0x0400,
    );
    await one.made('one.vm.action', 'terminate-hard', id);
  });

  it('makes networks, and gives machines an address in them', async () => {
    const id = await running();
    expect((await one.call('one.vn.allocate', 'NAME = inner', -1)).code).toBe(0x4000);
    const ranges = 'NAME = inner\nVN_MAD = vxlan\nAR = [ TYPE = IP4, IP = 10.20.0.1, SIZE = 65534 ]';
    const network = await one.made('one.vn.allocate', ranges, -1);
    expect(part(await one.document('one.vn.info', network), 'AR_POOL', 'AR')).toMatchObject({ IP: '10.20.0.1', SIZE: '65534' });
    expect((await one.call('one.vn.allocate', ranges, -1)).value).toContain('NAME is already taken');
    await one.made('one.vm.attachnic', id, `NIC = [ NETWORK_ID = ${network}, IP = 10.20.0.77 ]`);
    const vm = await one.inState(id, '3/3');
    expect(part(vm, 'TEMPLATE').NIC).toMatchObject([
      { NIC_ID: '0' },
      { NIC_ID: '1', IP: '10.20.0.77', NETWORK_ID: String(network) },
    ]);
    expect((await one.call('one.vn.delete', network)).code).toBe(0x0800);
    await one.made('one.vm.detachnic', id, 1);
    await until(
      () => one.call('one.vn.delete', network),
      ({ ok }) => ok === true,
    );
    await one.made('one.vm.action', 'terminate-hard', id);
  });

  it('saves a disk as an image that machines are made of', async () => {
    const id = await running();
    const image = await one.made('one.vm.disksaveas', id, 0, 'golden', '', -1);
    await until(
      () => one.document('one.image.info', image),
      ({ STATE }) => String(STATE) === '1',
    );
    const clone = await one.made('one.vm.allocate', template().replace('"1", SIZE = "10240"', String(image)), false);
    await one.inState(clone, '3/3');
    for (const vm of [id, clone]) await one.made('one.vm.action', 'terminate-hard', vm);
  });

  it('tells what it measures, and what is left of the quota', async () => {
    const id = await running();
    const { MONITORING } = await one.document('one.vm.monitoring', id);
    expect(MONITORING).toMatchObject([{ ID: String(id), CPU: expect.stringMatching(/^\d+\.\d\d$/) as string }]);
    const quota = part(await one.document('one.user.info', -1), 'VM_QUOTA', 'VM');
    expect(quota).toMatchObject({ VMS: '40', CPU: '-2' });
    await one.made('one.vm.action', 'terminate-hard', id);
    await one.inState(id, '6/0');
    expect(await one.document('one.vm.monitoring', id)).toEqual('');
    const machine = await old.made('one.template.instantiate', 0, 'shop');
    await old.inState(machine, '3/3');
    expect(part(await old.document('one.vm.monitoring', machine), 'VM')).toMatchObject({ ID: String(machine), MONITORING: [{}] });
    await old.made('one.vm.action', 'delete', machine);
  });

  it('is overloaded, broken or down in the words of HTTP', async () => {
    await testbed.fault({ cloud: 'opennebula', fault: 'rate-limit', retry_after: 7, times: 1 });
    expect(await one.call('one.system.version')).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
    await testbed.fault({ cloud: 'opennebula', fault: 'server-error', times: 1 });
    expect((await one.call('one.system.version')).status).toBe(500);
    await testbed.fault({ cloud: 'opennebula', fault: 'region-down', region: 'one' });
    expect((await one.call('one.system.version')).status).toBe(503);
  });

  it('shows a state that nobody knows as it is told to', async () => {
    const id = await running();
    await testbed.http.post(`/control/instances/${id}/state`, { state: 'MELTING' });
    expect(await one.vm(id)).toMatchObject({ STATE: '97' });
    await testbed.http.post(`/control/instances/${id}/state`, { state: '42' });
    expect(await one.vm(id)).toMatchObject({ STATE: '42' });
    await testbed.http.post(`/control/instances/${id}/vanish`);
    expect((await one.call('one.vm.info', id)).code).toBe(0x0400);
  });
});
