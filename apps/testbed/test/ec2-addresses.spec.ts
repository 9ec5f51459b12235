import { rmSync } from 'node:fs';
import type { Xml } from './ec2-client.js';
import { Ec2Region, errorOf, itemsOf } from './ec2-region.js';
import { present, probe, runTestbed, type RunningTestbed, temporaryDirectory } from './harness.js';

const region = 'eu-west-3';

let directory: string;
let testbed: RunningTestbed;
let cloud: Ec2Region;
let machine: string;

async function start(): Promise<void> {
  testbed = await runTestbed({ directory, clouds: ['aws'] });
  cloud = new Ec2Region(await testbed.account('aws'), region);
}

beforeAll(async () => {
  directory = temporaryDirectory();
  await start();
  machine = present((await cloud.run('eu-west-3a')).instanceId, 'machine');
});
afterEach(() => testbed.calmDown());
afterAll(async () => {
  await testbed.stop();
  rmSync(directory, { recursive: true });
});

const named = (tag: string) => ({
  'TagSpecification.1.ResourceType': 'elastic-ip',
  'TagSpecification.1.Tag.1.Key': 'owner',
  'TagSpecification.1.Tag.1.Value': tag,
});

async function described(parameters: Record<string, string>): Promise<readonly Xml[]> {
  return itemsOf((await cloud.do('DescribeAddresses', parameters)).addressesSet);
}

async function address(tag = 'shop'): Promise<{ id: string; ip: string }> {
  const body = await cloud.do('AllocateAddress', { Domain: 'vpc', ...named(tag) });
  return { id: present(body.allocationId, 'allocation'), ip: present(body.publicIp, 'address') };
}

it('gives a machine an address of the account’s own, at which it answers, and takes it back', async () => {
  const { id, ip } = await address();
  expect(await described({ 'AllocationId.1': id })).toEqual([
    {
      publicIp: ip,
      allocationId: id,
      domain: 'vpc',
      publicIpv4Pool: 'amazon',
      networkBorderGroup: region,
      tagSet: { item: [{ key: 'owner', value: 'shop' }] },
    },
  ]);
  const { associationId } = await cloud.do('AssociateAddress', { AllocationId: id, InstanceId: machine });
  expect(await probe(ip)).toMatchObject({ instance: machine });
  expect(await cloud.instance(machine)).toMatchObject({ ipAddress: ip });
  expect(await described({ 'Filter.1.Name': 'instance-id', 'Filter.1.Value.1': machine })).toMatchObject([
    { publicIp: ip, associationId, instanceId: machine },
  ]);
  expect(errorOf(await cloud.call('ReleaseAddress', { AllocationId: id }))).toEqual([400, 'InvalidIPAddress.InUse']);

  await cloud.do('DisassociateAddress', { AssociationId: present(associationId, 'association') });
  expect(await probe(ip)).toBe('refused');
  expect((await cloud.instance(machine)).ipAddress).not.toBe(ip);
  await cloud.do('ReleaseAddress', { AllocationId: id });
  expect(errorOf(await cloud.call('ReleaseAddress', { AllocationId: id }))).toEqual([400, 'InvalidAllocationID.NotFound']);
});

it('associates the same twice, but what another machine has only when that is allowed', async () => {
  const { id } = await address();
  const other = present((await cloud.run('eu-west-3a')).instanceId, 'machine');
  const first = await cloud.do('AssociateAddress', { AllocationId: id, InstanceId: machine });
  const second = await cloud.do('AssociateAddress', { AllocationId: id, InstanceId: machine });
  expect(second.associationId).toBe(first.associationId);
  const taking = { AllocationId: id, InstanceId: other };
  expect(errorOf(await cloud.call('AssociateAddress', taking))).toEqual([400, 'Resource.AlreadyAssociated']);
  await cloud.do('AssociateAddress', { ...taking, AllowReassociation: 'true' });
  await cloud.do('TerminateInstances', { 'InstanceId.1': other });
  await cloud.inState(other, 'terminated');
  const [left] = await described({ 'AllocationId.1': id });
  expect(left).not.toHaveProperty('associationId');
  await cloud.do('ReleaseAddress', { AllocationId: id });
});

it('finds addresses by the tags they were given, at once or later', async () => {
  const { id } = await address('finder');
  await cloud.do('CreateTags', { 'ResourceId.1': id, 'Tag.1.Key': 'colour', 'Tag.1.Value': 'red' });
  for (const [name, value] of [
    ['tag:owner', 'finder'],
    ['tag:colour', 'red'],
  ] as const)
    expect(await described({ 'Filter.1.Name': name, 'Filter.1.Value.1': value })).toMatchObject([{ allocationId: id }]);
  await cloud.do('ReleaseAddress', { AllocationId: id });
});

it('allows five', async () => {
  const taken = [];
  for (let count = 0; count < 5; count += 1) taken.push(await address());
  expect(errorOf(await cloud.call('AllocateAddress', {}))).toEqual([400, 'AddressLimitExceeded']);
  for (const { id } of taken) await cloud.do('ReleaseAddress', { AllocationId: id });
});

it.each([
  ['AllocateAddress', { Domain: 'standard' }, 'InvalidParameterValue'],
  ['AssociateAddress', { InstanceId: 'i-00000000' }, 'MissingParameter'],
  ['AssociateAddress', { AllocationId: 'eipalloc-1', InstanceId: 'i-00000000' }, 'InvalidAllocationID.NotFound'],
  ['DisassociateAddress', { AssociationId: 'eipassoc-1' }, 'InvalidAssociationID.NotFound'],
  ['DescribeAddresses', { 'PublicIp.1': '127.0.0.9' }, 'InvalidAddress.NotFound'],
] as const)('refuses %s of %j', async (action, parameters, code) => {
  expect(errorOf(await cloud.call(action, parameters))).toEqual([400, code]);
});

it('keeps addresses over a restart', async () => {
  const { id, ip } = await address();
  await cloud.do('AssociateAddress', { AllocationId: id, InstanceId: machine });
  await testbed.stop();
  await start();
  expect(await described({ 'AllocationId.1': id })).toMatchObject([{ publicIp: ip, instanceId: machine }]);
  expect(await probe(ip)).toMatchObject({ instance: machine });
});

it('shows what a machine has written to its console, in base64', async () => {
  const { instanceId, output } = await cloud.do('GetConsoleOutput', { InstanceId: machine });
  expect(instanceId).toBe(machine);
  expect(Buffer.from(present(output, 'output'), 'base64').toString()).toContain(machine);
  expect(errorOf(await cloud.call('GetConsoleOutput', { InstanceId: 'i-00000000000000000' }))).toEqual([
    400,
    'InvalidInstanceID.NotFound',
  ]);
});

it('pages what is listed where pages are short', async () => {
  await testbed.fault({ cloud: 'aws', fault: 'short-pages' });
  const first = await cloud.do('DescribeInstanceTypes', { MaxResults: '100' });
  expect(itemsOf(first.instanceTypeSet)).toHaveLength(2);
  const second = await cloud.do('DescribeInstanceTypes', { NextToken: present(first.nextToken, 'token') });
  expect(itemsOf(second.instanceTypeSet)[0]?.instanceType).not.toBe(itemsOf(first.instanceTypeSet)[0]?.instanceType);
});
