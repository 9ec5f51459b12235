import type { Account } from '@cloud-agency/runtime';
import type { Ec2Answer, Xml } from './ec2-client.js';
import { errorOf, itemsOf } from './ec2-region.js';
import { callV2, type V2Options } from './ec2-v2-client.js';
import { present, probe, runTestbed, type RunningTestbed, until } from './harness.js';

let testbed: RunningTestbed;
let account: Account;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['eucalyptus'] });
  account = await testbed.account('eucalyptus');
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const call = (action: string, parameters: Record<string, string> = {}, options: V2Options = {}): Promise<Ec2Answer> =>
  callV2(account, action, parameters, options);

async function succeed(action: string, parameters: Record<string, string> = {}): Promise<Xml> {
  const { status, body } = await call(action, parameters);
  if (status !== 200) throw new Error(`${action}: ${status} ${JSON.stringify(body)}`);
  return body;
}

async function image(): Promise<string> {
  const wanted = { 'Filter.1.Name': 'name', 'Filter.1.Value.1': 'debian-12-*-20261014' };
  return present(itemsOf((await succeed('DescribeImages', wanted)).imagesSet)[0]?.imageId, 'image');
}

async function run(parameters: Record<string, string> = {}): Promise<Ec2Answer> {
  return call('RunInstances', { ImageId: await image(), InstanceType: 'm1.small', MinCount: '1', MaxCount: '1', ...parameters });
}

const idIn = ({ body }: Ec2Answer): string => present(itemsOf(body.instancesSet)[0]?.instanceId, 'instance');

async function instance(id: string): Promise<Xml> {
  const body = await succeed('DescribeInstances', { 'InstanceId.1': id });
  return present(itemsOf(itemsOf(body.reservationSet)[0]?.instancesSet)[0], id);
}

const inState = (id: string, state: string): Promise<Xml> =>
  until(
    () => instance(id),
    ({ instanceState }) => instanceState?.name === state,
  );

const running = async (): Promise<Xml> => inState(idIn(await run()), 'running');

it('is reached at a path of its own', () => {
  expect(new URL(present(account.endpoint, 'endpoint')).pathname).toBe('/services/Eucalyptus');
});

describe('signatures of version 2', () => {
  it.each(['GET', 'POST'] as const)('are accepted with a %s', async (method) => {
    const value = "a b&c=d+é~*'";
    const { status } = await call('DescribeInstances', { 'Filter.1.Name': 'tag:x y', 'Filter.1.Value.1': value }, { method });
    expect(status).toBe(200);
  });

  it.each([
    [{ secret: 'guess' }, 403, 'SignatureDoesNotMatch'],
    [{ accessKey: 'AKIAUNKNOWN' }, 401, 'AuthFailure'],
    [{ signedAt: new Date(Date.now() - 3_600_000) }, 400, 'RequestExpired'],
  ])('are refused: %j', async (options, status, code) => {
    expect(errorOf(await call('DescribeRegions', {}, options))).toEqual([status, code]);
  });

  it('are of no other version', async () => {
    expect(errorOf(await call('DescribeRegions', { SignatureVersion: '1' }))).toEqual([403, 'IncompleteSignature']);
    const { status, data } = await testbed.http.get<string>('/services/Eucalyptus?Action=DescribeRegions');
    expect([status, data]).toEqual([403, expect.stringContaining('MissingAuthenticationToken')]);
  });
});

it('has one region, and its clusters for zones', async () => {
  expect(itemsOf((await succeed('DescribeRegions')).regionInfo).map(({ regionName }) => regionName)).toEqual(['eucalyptus']);
  const zones = itemsOf((await succeed('DescribeAvailabilityZones')).availabilityZoneInfo);
  expect(zones.map(({ zoneName }) => zoneName)).toEqual(['one', 'two']);
});

it('tells its own sizes in its own way, and how many more there can be', async () => {
  const plain = itemsOf((await succeed('DescribeInstanceTypes', { 'InstanceType.1': 'm1.medium' })).instanceTypeDetails);
  expect(plain).toEqual([{ name: 'm1.medium', cpu: '1', disk: '10', memory: '512', availability: '' }]);
  const [shown] = itemsOf(
    (await succeed('DescribeInstanceTypes', { 'InstanceType.1': 'm1.medium', Availability: 'true' })).instanceTypeDetails,
  );
  expect(itemsOf(shown?.availability)).toMatchObject([{ zoneName: 'one', max: '40' }, { zoneName: 'two' }]);
  expect(errorOf(await call('DescribeInstanceTypes', { 'InstanceType.1': 'x9.huge' }))).toEqual([400, 'InvalidParameterValue']);
});

it('runs machines that answer, stops, starts and ends them; one for each client token', async () => {
  const first = idIn(await run({ ClientToken: 'one', 'Placement.AvailabilityZone': 'two' }));
  expect(first).toMatch(/^i-[0-9a-f]{8}$/);
  expect(idIn(await run({ ClientToken: 'one', 'Placement.AvailabilityZone': 'two' }))).toBe(first);
  expect(errorOf(await run({ ClientToken: 'one', InstanceType: 'm1.large' }))).toEqual([400, 'IdempotentParameterMismatch']);
  const shown = await inState(first, 'running');
  expect(shown).toMatchObject({ placement: { availabilityZone: 'two' } });
  expect(shown).not.toHaveProperty('vpcId');
  expect(await probe(String(shown.ipAddress))).toMatchObject({ instance: first });
  await succeed('StopInstances', { 'InstanceId.1': first });
  await inState(first, 'stopped');
  await succeed('StartInstances', { 'InstanceId.1': first });
  await inState(first, 'running');
  await succeed('TerminateInstances', { 'InstanceId.1': first });
  await inState(first, 'terminated');
});

it('tags what exists, and does not know of tags at creation', async () => {
  const id = idIn(await run());
  await succeed('CreateTags', { 'ResourceId.1': id, 'Tag.1.Key': 'owner', 'Tag.1.Value': 'shop' });
  const found = await succeed('DescribeInstances', { 'Filter.1.Name': 'tag:owner', 'Filter.1.Value.1': 'shop' });
  expect(itemsOf(found.reservationSet).flatMap(({ instancesSet }) => itemsOf(instancesSet))).toMatchObject([{ instanceId: id }]);
  const tagged = { 'TagSpecification.1.ResourceType': 'instance', 'TagSpecification.1.Tag.1.Key': 'owner' };
  expect(errorOf(await run(tagged))).toEqual([400, 'InvalidParameterValue']);
});

it('gives addresses that have no identifier but themselves', async () => {
  const { instanceId = '' } = await running();
  const allocated = await succeed('AllocateAddress');
  const ip = present(allocated.publicIp, 'address');
  expect(allocated).toMatchObject({ domain: 'standard' });
  expect(allocated).not.toHaveProperty('allocationId');
  await succeed('AssociateAddress', { PublicIp: ip, InstanceId: instanceId });
  expect(await probe(ip)).toMatchObject({ instance: instanceId });
  expect(await instance(instanceId)).toMatchObject({ ipAddress: ip });
  expect(itemsOf((await succeed('DescribeAddresses')).addressesSet)).toEqual([{ publicIp: ip, instanceId, domain: 'standard' }]);
  await succeed('DisassociateAddress', { PublicIp: ip });
  await succeed('ReleaseAddress', { PublicIp: ip });
  expect(errorOf(await call('ReleaseAddress', { PublicIp: ip }))).toEqual([400, 'InvalidAddress.NotFound']);
});

it('has volumes, console text and measurements', async () => {
  const { instanceId = '' } = await running();
  const { volumeId = '' } = await succeed('CreateVolume', { Size: '5', AvailabilityZone: 'one' });
  await until(
    async () => itemsOf((await succeed('DescribeVolumes', { 'VolumeId.1': volumeId })).volumeSet)[0],
    (volume) => String(volume?.status) === 'available',
  );
  expect(errorOf(await call('CreateVolume', { Size: '5', AvailabilityZone: 'one', ClientToken: 'x' }))).toEqual([
    400,
    'InvalidParameterValue',
  ]);
  const { output = '' } = await succeed('GetConsoleOutput', { InstanceId: instanceId });
  expect(Buffer.from(output, 'base64').toString()).toContain(instanceId);
  const measured = await call(
    'GetMetricStatistics',
    {
      Namespace: 'AWS/EC2',
      MetricName: 'CPUUtilization',
      'Dimensions.member.1.Name': 'InstanceId',
      'Dimensions.member.1.Value': instanceId,
      Period: '60',
      'Statistics.member.1': 'Average',
      StartTime: new Date(Date.now() - 600_000).toISOString(),
      EndTime: new Date(Date.now() + 60_000).toISOString(),
    },
    { path: '/services/CloudWatch', version: '2010-08-01' },
  );
  expect(measured.body.GetMetricStatisticsResult?.Datapoints?.member).not.toHaveLength(0);
});

it.each(['CreateVpc', 'DescribeSpotInstanceRequests', 'DescribeInstanceTypeOfferings', 'MakeTea'])(
  'does not know %s',
  async (action) => {
    expect(errorOf(await call(action))).toEqual([400, 'InvalidAction']);
  },
);

it.each([
  ['no-capacity', [500, 'InsufficientInstanceCapacity']],
  ['quota', [400, 'InstanceLimitExceeded']],
  ['rate-limit', [503, 'RequestLimitExceeded']],
  ['server-error', [500, 'InternalError']],
  ['region-down', [503, 'Unavailable']],
  ['revoked', [401, 'AuthFailure']],
] as const)('says %s in its own words', async (fault, said) => {
  const ImageId = await image();
  await testbed.fault({ cloud: 'eucalyptus', fault });
  const order = { ImageId, InstanceType: 'm1.small', MinCount: '1', MaxCount: '1' };
  expect(errorOf(await call('RunInstances', order))).toEqual(said);
});
