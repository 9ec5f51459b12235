import { Ec2Region, errorOf, itemsOf } from './ec2-region.js';
import { probe, runTestbed, type RunningTestbed } from './harness.js';
import type { Server } from './openstack-client.js';
import { faultOf, OpenStackRegion } from './openstack-region.js';

let testbed: RunningTestbed;
beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['aws', 'campus'] });
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

describe('EC2 instances', () => {
  const zone = 'eu-west-3a';
  let ec2: Ec2Region;
  beforeAll(async () => {
    ec2 = new Ec2Region(await testbed.account('aws'), 'eu-west-3');
  });

  const change = async (action: string, id: string, parameters: Record<string, string> = {}) =>
    itemsOf((await ec2.do(action, { 'InstanceId.1': id, ...parameters })).instancesSet)[0];

  it('keep their address while they are stopped, and answer at it again', async () => {
    const { instanceId = '', ipAddress = '' } = (await ec2.run(zone)) as unknown as Record<string, string>;
    expect(await change('StopInstances', instanceId, { Force: 'true' })).toMatchObject({
      currentState: { code: '64', name: 'stopping' },
      previousState: { name: 'running' },
    });
    await ec2.inState(instanceId, 'stopped');
    expect(await probe(ipAddress)).toBe('refused');
    expect(await change('StopInstances', instanceId)).toMatchObject({ currentState: { name: 'stopped' } });
    expect(errorOf(await ec2.call('RebootInstances', { 'InstanceId.1': instanceId }))).toEqual([400, 'IncorrectInstanceState']);
    expect(await change('StartInstances', instanceId)).toMatchObject({ currentState: { code: '0', name: 'pending' } });
    expect(await ec2.inState(instanceId, 'running')).toMatchObject({ ipAddress });
    expect(await probe(ipAddress)).toMatchObject({ instance: instanceId });
    expect((await ec2.call('RebootInstances', { 'InstanceId.1': instanceId })).status).toBe(200);
    expect((await ec2.instance(instanceId)).instanceState?.name).toBe('running');
    expect((await ec2.call('StopInstances', { 'InstanceId.1': instanceId })).status).toBe(200);
  });

  it('that are terminated are not started, nor any when there is no room', async () => {
    const id = (await ec2.run(zone)).instanceId!;
    await change('StopInstances', id);
    await ec2.inState(id, 'stopped');
    await testbed.fault({ cloud: 'aws', region: 'eu-west-3', zone, fault: 'no-capacity', times: 1 });
    expect(errorOf(await ec2.call('StartInstances', { 'InstanceId.1': id }))).toEqual([500, 'InsufficientInstanceCapacity']);
    await change('TerminateInstances', id);
    expect(errorOf(await ec2.call('StartInstances', { 'InstanceId.1': id }))).toEqual([400, 'IncorrectInstanceState']);
  });
});

describe('EC2 tags', () => {
  it('are taken off again by their key, by key and value, or all at once', async () => {
    const ec2 = new Ec2Region(await testbed.account('aws'), 'eu-west-3');
    const id = (await ec2.run('eu-west-3a')).instanceId!;
    const tag = (index: number, key: string, value?: string) => ({
      [`Tag.${index}.Key`]: key,
      ...(value === undefined ? {} : { [`Tag.${index}.Value`]: value }),
    });
    const keys = async () => itemsOf((await ec2.instance(id)).tagSet).map(({ key }) => key);
    const start = { 'ResourceId.1': id };
    await ec2.do('CreateTags', { ...start, ...tag(1, 'a', '1'), ...tag(2, 'b', '2'), ...tag(3, 'c', '3'), ...tag(4, 'd', '4') });
    await ec2.do('DeleteTags', { ...start, ...tag(1, 'a'), ...tag(2, 'b', '2'), ...tag(3, 'c', 'other'), ...tag(4, 'never') });
    expect(await keys()).toEqual(expect.arrayContaining(['c', 'd']));
    expect(await keys()).not.toEqual(expect.arrayContaining(['a']));
    expect(await keys()).not.toEqual(expect.arrayContaining(['b']));
    await ec2.do('DeleteTags', start);
    expect(await keys()).toEqual([]);
    expect(errorOf(await ec2.call('DeleteTags', tag(1, 'a')))).toEqual([400, 'MissingParameter']);
  });
});

describe('EC2 instance types', () => {
  it('are changed while the instance is stopped, to one there is of its architecture', async () => {
    const ec2 = new Ec2Region(await testbed.account('aws'), 'eu-west-3');
    const id = (await ec2.run('eu-west-3a')).instanceId!;
    const modify = (type: string) => ec2.call('ModifyInstanceAttribute', { InstanceId: id, 'InstanceType.Value': type });
    expect(errorOf(await modify('t3.small'))).toEqual([400, 'IncorrectInstanceState']);
    await ec2.do('StopInstances', { 'InstanceId.1': id });
    await ec2.inState(id, 'stopped');
    expect(errorOf(await modify('t3.tiny'))).toEqual([400, 'InvalidParameterValue']);
    expect(errorOf(await modify('t4g.small'))).toEqual([400, 'InvalidParameterValue']);
    expect(errorOf(await ec2.call('ModifyInstanceAttribute', { InstanceId: id }))).toEqual([400, 'InvalidParameterCombination']);
    expect((await modify('t3.small')).status).toBe(200);
    await ec2.do('StartInstances', { 'InstanceId.1': id });
    const { ipAddress, instanceType } = await ec2.inState(id, 'running');
    expect(instanceType).toBe('t3.small');
    expect(await probe(ipAddress!)).toMatchObject({ type: 't3.small' });
  });
});

describe('OpenStack servers', () => {
  const zone = 'eu-west-1';
  let cloud: OpenStackRegion;
  beforeAll(async () => {
    cloud = await OpenStackRegion.open(await testbed.account('campus'), 'eu-west');
  });

  const addressOf = ({ addresses }: Server): string => addresses.private![0]!.addr;

  it('are paused, suspended and stopped, and come back as they were', async () => {
    const server = await cloud.boot(zone);
    for (const [action, status] of [
      ['pause', 'PAUSED'],
      ['unpause', 'ACTIVE'],
      ['suspend', 'SUSPENDED'],
      ['resume', 'ACTIVE'],
      ['os-stop', 'SHUTOFF'],
      ['os-start', 'ACTIVE'],
    ] as const) {
      expect((await cloud.act(server.id, { [action]: null })).status).toBe(202);
      const now = await cloud.inStatus(server.id, status);
      expect(now.addresses).toEqual(server.addresses);
      const answers = status === 'ACTIVE' ? (expect.objectContaining({ instance: server.id }) as unknown) : 'refused';
      expect(await probe(addressOf(server))).toEqual(answers);
    }
  });

  it('are rebooted softly only while they run', async () => {
    const { id } = await cloud.boot(zone);
    await cloud.act(id, { 'os-stop': null });
    await cloud.inStatus(id, 'SHUTOFF');
    expect(faultOf(await cloud.act(id, { reboot: { type: 'SOFT' } }))).toEqual([409, 'conflictingRequest']);
    expect((await cloud.act(id, { reboot: { type: 'HARD' } })).status).toBe(202);
    await cloud.inStatus(id, 'ACTIVE');
  });

  it.each(['unpause', 'resume', 'os-start', 'confirmResize', 'revertResize'])('that run cannot %s', async (action) => {
    const { id } = await cloud.boot(zone);
    expect(faultOf(await cloud.act(id, { [action]: null }))).toEqual([409, 'conflictingRequest']);
  });

  it('take another flavor, and keep it once that is confirmed', async () => {
    const server = await cloud.boot(zone);
    const flavorRef = await cloud.flavor('m1.large');
    expect((await cloud.act(server.id, { resize: { flavorRef } })).status).toBe(202);
    expect(await cloud.inStatus(server.id, 'VERIFY_RESIZE')).toMatchObject({ flavor: { original_name: 'm1.large' } });
    expect(await probe(addressOf(server))).toMatchObject({ type: 'm1.large' });
    expect((await cloud.act(server.id, { confirmResize: null })).status).toBe(204);
    expect(await cloud.server(server.id)).toMatchObject({ status: 'ACTIVE', flavor: { original_name: 'm1.large' } });
    expect(await probe(addressOf(server))).toMatchObject({ type: 'm1.large' });
  });

  it('take their old flavor again, stopped ones too', async () => {
    const server = await cloud.boot(zone);
    const { id } = server;
    await cloud.act(id, { 'os-stop': null });
    await cloud.inStatus(id, 'SHUTOFF');
    await cloud.act(id, { resize: { flavorRef: await cloud.flavor('m1.large') } });
    await cloud.inStatus(id, 'VERIFY_RESIZE');
    expect(await probe(addressOf(server))).toBe('refused');
    expect((await cloud.act(id, { revertResize: null })).status).toBe(202);
    expect(await cloud.inStatus(id, 'SHUTOFF')).toMatchObject({ flavor: { original_name: 'm1.medium' } });
    await cloud.act(id, { 'os-start': null });
    await cloud.inStatus(id, 'ACTIVE');
    expect(await probe(addressOf(server))).toMatchObject({ type: 'm1.medium' });
  });

  it('are not resized to the flavor they have, to none there is, or when there is no host', async () => {
    const { id } = await cloud.boot(zone);
    const resize = async (flavorRef: string) => faultOf(await cloud.act(id, { resize: { flavorRef } }));
    expect(await resize(await cloud.flavor('m1.medium'))).toEqual([400, 'badRequest']);
    expect(await resize('none')).toEqual([400, 'badRequest']);
    await testbed.fault({ cloud: 'campus', region: 'eu-west', fault: 'no-capacity' });
    expect(await resize(await cloud.flavor('m1.large'))).toEqual([400, 'badRequest']);
  });
});
