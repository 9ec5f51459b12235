import { rmSync } from 'node:fs';
import { CloudStackClient, type Fields } from './cloudstack-client.js';
import { probe, runTestbed, type RunningTestbed, temporaryDirectory } from './harness.js';

interface Nic {
  readonly id: string;
  readonly networkid: string;
  readonly ipaddress: string;
  readonly isdefault: boolean;
}
interface Machine {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly zonename: string;
  readonly serviceofferingname: string;
  readonly keypair?: string;
  readonly cpuused?: string;
  readonly memorykbs?: number;
  readonly publicip?: string;
  readonly nic: readonly Nic[];
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}
type Listed<Member extends string, Thing = { id: string; name: string }> = { readonly count?: number } & Readonly<
  Partial<Record<Member, readonly Thing[]>>
>;

let testbed: RunningTestbed;
let cloud: CloudStackClient;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['cloudstack'] });
  cloud = new CloudStackClient(await testbed.account('cloudstack'));
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

async function first(command: string, member: string, fields: Fields = {}): Promise<string> {
  const list = await cloud.ask<Record<string, { id: string }[]>>(command, fields);
  return list[member]![0]!.id;
}
const zone = (name = 'zurich'): Promise<string> => first('listZones', 'zone', { name });
const offering = (name = 'small'): Promise<string> => first('listServiceOfferings', 'serviceoffering', { name });
const template = (): Promise<string> =>
  first('listTemplates', 'template', { templatefilter: 'executable', keyword: 'debian-12 x86_64 20261014' });
const order = async (more: Fields = {}): Promise<Fields> => ({
  zoneid: await zone(),
  serviceofferingid: await offering(),
  templateid: await template(),
  ...more,
});
async function running(more: Fields = {}): Promise<Machine> {
  const { jobstatus, jobresult } = await cloud.job<{ virtualmachine: Machine }>('deployVirtualMachine', await order(more));
  expect(jobstatus).toBe(1);
  return jobresult.virtualmachine;
}
const machine = async (id: string): Promise<Machine> =>
  (await cloud.ask<Listed<'virtualmachine', Machine>>('listVirtualMachines', { id })).virtualmachine![0]!;

describe('requests', () => {
  it('are refused without a good signature', async () => {
    const unsigned = cloud.query('listZones');
    unsigned.delete('signature');
    const queries = [cloud.query('listZones', { apiKey: 'nobody' }), cloud.query('listZones', {}, 'wrong'), unsigned];
    for (const query of queries) {
      const { status, data } = await cloud.send(query);
      expect(status).toBe(401);
      expect(data).toMatchObject({
        listzonesresponse: {
          errorcode: 401,
          errortext: 'unable to verify user credentials and/or request signature',
        },
      });
    }
  });

  it('are signed over what they say: spaces as %20, the case of names is nothing', async () => {
    expect(await cloud.ask('listZones', { KeyWord: 'no such: zone *' })).toEqual({});
  });

  it('may expire, where they say so', async () => {
    const expired = { signatureVersion: '3', expires: '2020-01-01T00:00:00+0000' };
    expect(await cloud.refusal('listZones', expired)).toMatchObject({ status: 401 });
    expect(await cloud.ask('listZones', { ...expired, expires: '2099-01-01T00:00:00+0000' })).toMatchObject({ count: 2 });
  });

  it('may be forms, and are answered in XML unless they ask for JSON', async () => {
    const { data, headers } = await cloud.post<string>(cloud.query('listZones', { response: 'xml', name: 'basel' }));
    expect(headers['content-type']).toContain('text/xml');
    expect(data).toContain('<listzonesresponse cloud-stack-version="4.19.1.0"><count>1</count><zone><id>');
  });

  it('are refused for commands, parameters and things that there are not', async () => {
    expect(await cloud.refusal('makeCoffee')).toMatchObject({ status: 432, errorcode: 432 });
    expect(await cloud.refusal('deployVirtualMachine')).toMatchObject({
      status: 431,
      errortext: 'Unable to execute API command deployvirtualmachine due to missing parameter zoneid',
    });
    expect(await cloud.refusal('listVirtualMachines', { id: 'nobody' })).toMatchObject({
      status: 431,
      errortext: expect.stringContaining('Invalid parameter id value=nobody') as string,
    });
    expect(await cloud.refusal('queryAsyncJobResult', { jobid: 'none' })).toMatchObject({ status: 431 });
  });

  it('meet what an operator switches on', async () => {
    await testbed.fault({ cloud: 'cloudstack', fault: 'rate-limit', retry_after: 7, times: 1 });
    const { status, headers, data } = await cloud.send(cloud.query('listZones'));
    expect([status, headers['retry-after']]).toEqual([429, '7']);
    expect(data).toMatchObject({ listzonesresponse: { errortext: expect.stringContaining('retry after 7000 ms') as string } });
    await testbed.fault({ cloud: 'cloudstack', fault: 'server-error', times: 1 });
    expect(await cloud.send(cloud.query('listZones'))).toMatchObject({ status: 500 });
    await testbed.fault({ cloud: 'cloudstack', fault: 'region-down', region: 'basel' });
    expect(await cloud.send(cloud.query('listNetworks', { zoneid: await zone('basel') }))).toMatchObject({ status: 503 });
    expect(await cloud.send(cloud.query('listNetworks', { zoneid: await zone() }))).toMatchObject({ status: 200 });
    await testbed.fault({ cloud: 'cloudstack', fault: 'revoked' });
    expect(await cloud.send(cloud.query('listZones'))).toMatchObject({ status: 401 });
  });
});

describe('lists', () => {
  it('come in pages, with the number of all', async () => {
    const page = async (number: number, pagesize: number) =>
      await cloud.ask<Listed<'serviceoffering'>>('listServiceOfferings', { page: String(number), pagesize: String(pagesize) });
    expect((await page(1, 2)).serviceoffering!.map(({ name }) => name)).toEqual(['small', 'medium']);
    expect(await page(2, 2)).toMatchObject({ count: 3, serviceoffering: [{ name: 'large' }] });
    expect((await page(3, 2)).serviceoffering).toEqual([]);
    expect(await cloud.refusal('listZones', { page: '1' })).toMatchObject({
      errortext: '"pagesize" parameter is required when "page" is specified',
    });
    expect(await cloud.refusal('listZones', { page: '1', pagesize: '501' })).toMatchObject({ status: 431 });
    await testbed.fault({ cloud: 'cloudstack', fault: 'short-pages' });
    expect((await page(2, 500)).serviceoffering).toHaveLength(1);
  });

  it('need a filter where they are of templates', async () => {
    expect(await cloud.refusal('listTemplates')).toMatchObject({ status: 431 });
    expect(await cloud.refusal('listTemplates', { templatefilter: 'best' })).toMatchObject({ status: 431 });
    expect(await cloud.ask('listTemplates', { templatefilter: 'self' })).toEqual({});
  });
});

describe('machines', () => {
  it('are made by a job, answer, and are gone once they are expunged', async () => {
    const { id, name, nic } = await running({ name: 'web-1', userdata: Buffer.from('#cloud-config\n').toString('base64') });
    expect(name).toBe('web-1');
    expect(nic).toMatchObject([{ isdefault: true, ipaddress: expect.any(String) as string }]);
    expect(await probe(nic[0]!.ipaddress)).toMatchObject({ instance: id });
    expect(await cloud.refusal('deployVirtualMachine', await order({ name: 'web-1' }))).toMatchObject({
      status: 431,
      errortext: expect.stringContaining('already exists') as string,
    });
    expect((await cloud.job('destroyVirtualMachine', { id, expunge: 'true' })).jobstatus).toBe(1);
    expect(await cloud.refusal('listVirtualMachines', { id })).toMatchObject({ status: 431 });
    expect(await cloud.ask('listVirtualMachines', { name: 'web-1' })).toEqual({});
  });

  it('are shown as destroyed until they are expunged', async () => {
    const { id } = await running();
    await cloud.job('destroyVirtualMachine', { id });
    expect(await machine(id)).toMatchObject({ state: 'Destroyed', nic: [] });
    expect((await cloud.job('startVirtualMachine', { id })).jobresult).toMatchObject({ errorcode: 530 });
  });

  it('are stopped, scaled while they are, started and rebooted', async () => {
    const { id } = await running();
    const serviceofferingid = await offering('medium');
    const refused = await cloud.job('scaleVirtualMachine', { id, serviceofferingid });
    expect(refused).toMatchObject({ jobstatus: 2, jobresultcode: 530, jobresult: { errorcode: 531 } });
    expect(await cloud.job('stopVirtualMachine', { id })).toMatchObject({ jobresult: { virtualmachine: { state: 'Stopped' } } });
    expect((await cloud.job('scaleVirtualMachine', { id, serviceofferingid })).jobstatus).toBe(1);
    expect(await cloud.refusal('changeServiceForVirtualMachine', { id, serviceofferingid })).toMatchObject({ status: 431 });
    expect(await cloud.job('rebootVirtualMachine', { id })).toMatchObject({ jobstatus: 2, jobresult: { errorcode: 530 } });
    expect(await cloud.job('startVirtualMachine', { id })).toMatchObject({
      jobresult: { virtualmachine: { state: 'Running', serviceofferingname: 'medium' } },
    });
    expect(await cloud.job('startVirtualMachine', { id })).toMatchObject({ jobresult: { errorcode: 431 } });
    expect(await cloud.job('rebootVirtualMachine', { id })).toMatchObject({
      jobresult: { virtualmachine: { state: 'Running' } },
    });
    expect((await machine(id)).cpuused).toMatch(/^\d+(\.\d+)?%$/);
  });

  it('that find no room are in Error, and the job says why; a limit is said at once', async () => {
    await testbed.fault({ cloud: 'cloudstack', fault: 'no-capacity', times: 1 });
    const { jobresult } = await cloud.job('deployVirtualMachine', await order({ name: 'too-much' }));
    expect(jobresult).toMatchObject({ errorcode: 533, errortext: expect.stringContaining('too-much') as string });
    expect(await cloud.ask('listVirtualMachines', { name: 'too-much' })).toMatchObject({ virtualmachine: [{ state: 'Error' }] });
    await testbed.fault({ cloud: 'cloudstack', fault: 'quota', times: 1 });
    expect(await cloud.refusal('deployVirtualMachine', await order())).toMatchObject({ status: 535 });
    await testbed.fault({ cloud: 'cloudstack', fault: 'boot-error', times: 1 });
    expect(await cloud.job('deployVirtualMachine', await order())).toMatchObject({ jobstatus: 2, jobresult: { errorcode: 530 } });
  });

  it('bear keys, each of which is registered once', async () => {
    const publickey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0y shop';
    await cloud.ask('registerSSHKeyPair', { name: 'shop', publickey });
    expect(await cloud.refusal('registerSSHKeyPair', { name: 'shop', publickey })).toMatchObject({ status: 431 });
    expect(await cloud.refusal('registerSSHKeyPair', { name: 'other', publickey })).toMatchObject({ status: 431 });
    expect(await cloud.ask('listSSHKeyPairs', { name: 'shop' })).toMatchObject({ sshkeypair: [{ name: 'shop' }] });
    expect(await running({ keypair: 'shop' })).toMatchObject({ keypair: 'shop' });
    expect(await cloud.refusal('deployVirtualMachine', await order({ keypair: 'none' }))).toMatchObject({ status: 431 });
    expect(await cloud.ask('deleteSSHKeyPair', { name: 'shop' })).toEqual({ success: true });
  });

  it('have tags, which are found by', async () => {
    const { id } = await running();
    const tag = { 'tags[0].key': 'agency', 'tags[0].value': 'x y' };
    const createTags = { resourceids: id, resourcetype: 'UserVm', ...tag };
    expect((await cloud.job('createTags', createTags)).jobresult).toEqual({ success: true });
    expect((await cloud.job('createTags', createTags)).jobresult).toMatchObject({ errorcode: 431 });
    expect(await cloud.ask('listVirtualMachines', tag)).toMatchObject({ count: 1, virtualmachine: [{ id }] });
    expect(await cloud.ask('listTags', { resourceid: id })).toMatchObject({ tag: [{ key: 'agency', resourcetype: 'UserVm' }] });
    await cloud.job('deleteTags', { resourceids: id, resourcetype: 'UserVm', ...tag });
    expect((await machine(id)).tags).toEqual([]);
  });

  it('become templates by way of a snapshot, or while they are stopped', async () => {
    const { id } = await running();
    const volumeid = await first('listVolumes', 'volume', { virtualmachineid: id, type: 'ROOT' });
    const wish = { name: 'golden', displaytext: 'golden', ostypeid: await first('listOsTypes', 'ostype') };
    expect(await cloud.refusal('createTemplate', { ...wish, volumeid })).toMatchObject({ status: 431 });
    const { jobresult } = await cloud.job<{ snapshot: { id: string; state: string } }>('createSnapshot', { volumeid });
    expect(jobresult.snapshot.state).toBe('BackedUp');
    const made = await cloud.job<{ template: { id: string; isready: boolean } }>('createTemplate', {
      ...wish,
      snapshotid: jobresult.snapshot.id,
    });
    expect(made.jobresult.template).toMatchObject({ isready: true });
    await cloud.job('deleteSnapshot', { id: jobresult.snapshot.id });
    expect((await running({ templateid: made.jobresult.template.id })).state).toBe('Running');
    expect((await cloud.job('deleteTemplate', { id: made.jobresult.template.id })).jobstatus).toBe(1);
    expect(await cloud.refusal('deleteTemplate', { id: await template() })).toMatchObject({ status: 531 });
  });

  it('count against the limits of the account', async () => {
    const limits = await cloud.ask<Listed<'resourcelimit', { max: number }>>('listResourceLimits', { resourcetype: '0' });
    expect(limits.resourcelimit).toMatchObject([{ resourcetypename: 'user_vm', max: 80 }]);
    const available = async (): Promise<number> =>
      Number((await cloud.ask<Listed<'account', { vmavailable: string }>>('listAccounts')).account![0]!.vmavailable);
    const before = await available();
    await running();
    expect(await available()).toBe(before - 1);
  });
});

describe('volumes', () => {
  it('are records until they are attached, and go once they are detached', async () => {
    const { id: virtualmachineid } = await running();
    const diskofferingid = await first('listDiskOfferings', 'diskoffering', { name: 'Custom' });
    const wish = { name: 'data', zoneid: await zone(), diskofferingid };
    expect(await cloud.refusal('createVolume', wish)).toMatchObject({ status: 431 });
    const { jobresult } = await cloud.job<{ volume: { id: string; state: string; size: number } }>('createVolume', {
      ...wish,
      size: '10',
    });
    const { id } = jobresult.volume;
    expect(jobresult.volume).toMatchObject({ state: 'Allocated', size: 10 * 1024 ** 3 });
    expect((await cloud.job('attachVolume', { id, virtualmachineid, deviceid: '3' })).jobresult).toMatchObject({
      errorcode: 431,
    });
    expect((await cloud.job('attachVolume', { id, virtualmachineid })).jobresult).toMatchObject({
      volume: { state: 'Ready', virtualmachineid, deviceid: 1 },
    });
    expect((await cloud.job('attachVolume', { id, virtualmachineid })).jobresult).toMatchObject({
      errortext: 'This volume is already attached to a VM.',
    });
    expect(await cloud.refusal('deleteVolume', { id })).toMatchObject({
      errortext: 'Please specify a volume that is not attached to any VM.',
    });
    await cloud.job('detachVolume', { id });
    expect(await cloud.ask('deleteVolume', { id })).toEqual({ success: true });
  });
});

describe('networks and addresses', () => {
  it('give machines further interfaces, and stay as long as they have some', async () => {
    const { id: virtualmachineid } = await running();
    const wish = { name: 'inner', displaytext: 'inner', zoneid: await zone() };
    const networkofferingid = await first('listNetworkOfferings', 'networkoffering');
    const range = { gateway: '10.20.0.1', netmask: '255.255.0.0' };
    expect(await cloud.refusal('createNetwork', { ...wish, networkofferingid, netmask: '255.255.0.0' })).toMatchObject({
      status: 431,
    });
    const { network } = await cloud.ask<{ network: { id: string; cidr: string } }>('createNetwork', {
      ...wish,
      ...range,
      networkofferingid,
    });
    expect(network.cidr).toBe('10.20.0.0/16');
    const nic = { virtualmachineid, networkid: network.id, ipaddress: '10.20.0.77' };
    const { jobresult } = await cloud.job<{ virtualmachine: Machine }>('addNicToVirtualMachine', nic);
    const added = jobresult.virtualmachine.nic.find(({ networkid }) => networkid === network.id)!;
    expect(added).toMatchObject({ ipaddress: '10.20.0.77', isdefault: false });
    expect((await cloud.job('addNicToVirtualMachine', nic)).jobresult).toMatchObject({ errorcode: 431 });
    expect((await cloud.job('deleteNetwork', { id: network.id })).jobresult).toMatchObject({ errorcode: 530 });
    await cloud.job('removeNicFromVirtualMachine', { virtualmachineid, nicid: added.id });
    expect((await cloud.job('deleteNetwork', { id: network.id })).jobstatus).toBe(1);
    expect(await cloud.refusal('listNetworks', { id: network.id })).toMatchObject({ status: 431 });
  });

  it('translate a public address to a machine', async () => {
    const { id: virtualmachineid } = await running();
    const { jobresult } = await cloud.job<{ ipaddress: { id: string; ipaddress: string } }>('associateIpAddress', {
      zoneid: await zone(),
    });
    const { id: ipaddressid, ipaddress } = jobresult.ipaddress;
    expect(await cloud.ask('enableStaticNat', { ipaddressid, virtualmachineid })).toEqual({ success: true });
    expect((await machine(virtualmachineid)).publicip).toBe(ipaddress);
    const { id: other } = await running();
    expect(await cloud.refusal('enableStaticNat', { ipaddressid, virtualmachineid: other })).toMatchObject({ status: 431 });
    expect(await cloud.ask('listPublicIpAddresses', { isstaticnat: 'true' })).toMatchObject({
      publicipaddress: [{ id: ipaddressid, virtualmachineid }],
    });
    expect((await cloud.job('disableStaticNat', { ipaddressid })).jobstatus).toBe(1);
    await cloud.job('disassociateIpAddress', { id: ipaddressid });
    expect(await cloud.refusal('disassociateIpAddress', { id: ipaddressid })).toMatchObject({ status: 431 });
  });
});

it('knows its jobs and addresses after a restart', async () => {
  const directory = temporaryDirectory();
  const before = await runTestbed({ clouds: ['cloudstack'], directory });
  const asked = new CloudStackClient(await before.account('cloudstack'));
  const { jobid, id } = await asked.ask<{ jobid: string; id: string }>('associateIpAddress', { zoneid: await zone() });
  await before.stop();
  const after = await runTestbed({ clouds: ['cloudstack'], directory });
  const again = new CloudStackClient(await after.account('cloudstack'));
  expect(await again.ask('queryAsyncJobResult', { jobid })).toMatchObject({ jobstatus: 1, jobinstanceid: id });
  expect(await again.ask('listPublicIpAddresses', { id })).toMatchObject({ count: 1 });
  await after.stop();
  rmSync(directory, { recursive: true });
});
