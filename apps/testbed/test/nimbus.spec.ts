import type { Account } from '@cloud-agency/runtime';
import type { Ec2Answer, Xml } from './ec2-client.js';
import { errorOf, itemsOf } from './ec2-region.js';
import { callV2, type V2Options } from './ec2-v2-client.js';
import { present, probe, runTestbed, type RunningTestbed, until } from './harness.js';

let testbed: RunningTestbed;
let account: Account;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['nimbus'] });
  account = await testbed.account('nimbus');
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const call = (action: string, parameters: Record<string, string> = {}, options: V2Options = {}): Promise<Ec2Answer> =>
  callV2(account, action, parameters, { version: '2010-08-31', ...options });

const order = { ImageId: 'debian-12-20261014.gz', InstanceType: 'm1.small', MinCount: '1', MaxCount: '1' };
const run = (parameters: Record<string, string> = {}): Promise<Ec2Answer> => call('RunInstances', { ...order, ...parameters });
const idIn = ({ body }: Ec2Answer): string => present(itemsOf(body.instancesSet)[0]?.instanceId, 'instance');

async function listed(parameters: Record<string, string> = {}): Promise<readonly Xml[]> {
  const { body } = await call('DescribeInstances', parameters);
  return itemsOf(body.reservationSet).flatMap(({ instancesSet }) => itemsOf(instancesSet));
}

const shown = async (id: string): Promise<Xml | undefined> => (await listed({ 'InstanceId.1': id }))[0];

async function running(id: string): Promise<Xml> {
  const found = await until(
    () => shown(id),
    (instance) => instance?.instanceState?.name === 'running',
  );
  return present(found, id);
}

const gone = (id: string): Promise<unknown> =>
  until(
    () => shown(id),
    (instance) => instance === undefined,
  );

it('is reached below a path', () => {
  expect(new URL(present(account.endpoint, 'endpoint')).pathname).toBe('/nimbus');
});

it.each([
  [{ secret: 'guess' }, {}, 'SignatureDoesNotMatch'],
  [{ accessKey: 'unknown' }, {}, 'InvalidClientTokenId'],
  [{ accessKey: '' }, {}, 'MissingClientTokenId'],
  [{ signedAt: new Date(Date.now() - 600_000) }, {}, 'RequestExpired'],
  [{}, { SignatureVersion: '1' }, 'InvalidArgument'],
])('refuses signatures (%j, %j)', async (options, parameters, code) => {
  expect(errorOf(await call('DescribeInstances', parameters, options))).toEqual([400, code]);
});

it('answers whatever version is asked for', async () => {
  expect((await call('DescribeInstances', {}, { version: '2016-11-15', method: 'POST' })).status).toBe(200);
});

it('names zones and images, and no regions', async () => {
  expect((await call('DescribeRegions')).body.regionInfo).toBe('');
  expect(itemsOf((await call('DescribeAvailabilityZones')).body.availabilityZoneInfo)).toMatchObject([{ zoneName: 'default' }]);
  const images = itemsOf((await call('DescribeImages')).body.imagesSet);
  expect(images).toContainEqual(expect.objectContaining({ imageId: order.ImageId, architecture: 'i386' }));
  expect(images[0]).not.toHaveProperty('name');
  expect(itemsOf((await call('DescribeImages', { ImageId: order.ImageId })).body.imagesSet)).toHaveLength(1);
});

it('runs a machine that answers, and forgets it when it has ended', async () => {
  const made = await run();
  const id = idIn(made);
  expect(itemsOf(made.body.instancesSet)).toMatchObject([
    { instanceState: { code: '0', name: 'pending' }, instanceType: 'm1.small' },
  ]);
  const instance = await running(id);
  expect(instance).not.toHaveProperty('tagSet');
  expect(await probe(String(instance.ipAddress))).toMatchObject({ instance: id });
  const { body } = await call('TerminateInstances', { 'InstanceId.1': id });
  expect(itemsOf(body.instancesSet)).toMatchObject([
    { instanceId: id, previousState: { name: 'running' }, currentState: { name: 'shutting-down' } },
  ]);
  await gone(id);
});

it('runs as many as MinCount says', async () => {
  const { body } = await run({ MinCount: '2', MaxCount: '5' });
  expect(itemsOf(body.instancesSet)).toHaveLength(2);
});

it('runs one machine for a client token, and tells it', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => run({ ClientToken: 'placement-1' })));
  const ids = new Set(answers.map(idIn));
  expect(ids.size).toBe(1);
  expect(await shown([...ids][0] ?? '')).toMatchObject({ clientToken: 'placement-1' });
  const other = await run({ ClientToken: 'placement-1', InstanceType: 'm1.large' });
  expect(errorOf(other)).toEqual([400, 'IdempotentParameterMismatch']);
});

it('does not mind what it does not know', async () => {
  expect((await call('TerminateInstances', { 'InstanceId.1': 'i-00000000' })).body.instancesSet).toBe('');
  expect((await call('RebootInstances', { 'InstanceId.1': 'i-00000000' })).body.return).toBe('false');
  expect(await listed({ 'InstanceId.1': 'i-00000000' })).toEqual([]);
  const id = idIn(await run());
  expect(await listed({ 'Filter.1.Name': 'instance-id', 'Filter.1.Value.1': 'none' })).toContainEqual(
    expect.objectContaining({ instanceId: id }),
  );
});

it('reboots', async () => {
  const id = idIn(await run());
  await running(id);
  expect((await call('RebootInstances', { 'InstanceId.1': id })).body.return).toBe('true');
  expect(await shown(id)).toMatchObject({ instanceState: { name: 'running' } });
});

it('shows a machine that came to grief until it is terminated', async () => {
  await testbed.fault({ cloud: 'nimbus', fault: 'boot-error', times: 1 });
  const id = idIn(await run());
  const ended = await until(
    () => shown(id),
    (instance) => instance?.instanceState?.name === 'terminated',
  );
  expect(ended?.reason).toContain('failed to boot');
  await call('TerminateInstances', { 'InstanceId.1': id });
  await gone(id);
});

it.each([
  [{ ImageId: '' }, 'InvalidArgument'],
  [{ MaxCount: 'many' }, 'InvalidArgument'],
  [{ ImageId: 'nothing.gz' }, 'GeneralError'],
  [{ InstanceType: 'm3.huge' }, 'GeneralError'],
  [{ KeyName: 'lost' }, 'GeneralError'],
])('refuses a run with %j', async (change, code) => {
  expect(errorOf(await run(change))).toEqual([400, code]);
});

it.each(['StopInstances', 'CreateTags', 'AllocateAddress', 'CreateVolume', 'DescribeInstanceTypes'])(
  'does not know %s',
  async (action) => {
    expect(errorOf(await call(action))).toEqual([400, 'InvalidAction']);
  },
);

it.each([
  ['no-capacity', 400, 'GeneralError', /No resource pool/],
  ['quota', 400, 'GeneralError', /exceeds the maximum/],
  ['rate-limit', 503, 'RequestLimitExceeded', /./],
  ['server-error', 500, 'InternalError', /./],
  ['region-down', 503, 'Unavailable', /./],
  ['revoked', 400, 'InvalidClientTokenId', /./],
] as const)('says %s in its own words', async (fault, status, code, message) => {
  await testbed.fault({ cloud: 'nimbus', fault });
  const answer = await run();
  expect(errorOf(answer)).toEqual([status, code]);
  expect(String(answer.body.Errors?.Error?.Message)).toMatch(message);
});
