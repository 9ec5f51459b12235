import type { Account } from '@cloud-agency/runtime';
import fc from 'fast-check';
import { callEc2, type Ec2Answer, type Ec2ClientOptions, type Xml } from './ec2-client.js';
import { probe, runTestbed, type RunningTestbed, until } from './harness.js';

let testbed: RunningTestbed;
let account: Account;

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['aws'] });
  account = await testbed.account('aws');
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const region = 'eu-west-3';
const call = (
  action: string,
  parameters: Record<string, string> = {},
  options: Partial<Ec2ClientOptions> = {},
): Promise<Ec2Answer> => callEc2(account, action, parameters, { region, ...options });

const errorOf = ({ status, body }: Ec2Answer): [number, string] => [status, String(body.Errors?.Error?.Code)];
const itemsOf = (list: Xml | undefined): readonly Xml[] => list?.item ?? [];

async function newestImage(pattern = 'debian-12-amd64-*'): Promise<string> {
  const { body } = await call('DescribeImages', {
    'Owner.1': '136693071363',
    'Filter.1.Name': 'name',
    'Filter.1.Value.1': pattern,
  });
  const images = [...itemsOf(body.imagesSet)].sort((a, b) => a.creationDate!.localeCompare(b.creationDate!));
  return images.at(-1)!.imageId!;
}

async function run(parameters: Record<string, string> = {}): Promise<Ec2Answer> {
  const ImageId = await newestImage();
  return call('RunInstances', { ImageId, InstanceType: 't3.micro', MinCount: '1', MaxCount: '1', ...parameters });
}

const instancesOf = (answer: Ec2Answer): readonly Xml[] => itemsOf(answer.body.instancesSet);

async function shown(id: string): Promise<Xml> {
  const { body } = await call('DescribeInstances', { 'InstanceId.1': id });
  return itemsOf(itemsOf(body.reservationSet)[0]?.instancesSet)[0]!;
}

const inState = (id: string, state: string): Promise<Xml> =>
  until(
    () => shown(id),
    (instance) => instance.instanceState?.name === state,
  );

describe('signatures', () => {
  it('are accepted from the library that real clients sign with, whatever the parameters', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        fc.constantFrom('GET' as const, 'POST' as const),
        async (value, method) => {
          const { status } = await call(
            'DescribeInstances',
            { 'Filter.1.Name': 'tag:x y', 'Filter.1.Value.1': value },
            { method },
          );
          expect(status).toBe(200);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('of an unknown key are refused', async () => {
    expect(errorOf(await call('DescribeRegions', {}, { accessKey: 'AKIAUNKNOWN' }))).toEqual([401, 'AuthFailure']);
  });

  it('made with another secret are refused', async () => {
    expect(errorOf(await call('DescribeRegions', {}, { secret: 'guess' }))).toEqual([403, 'SignatureDoesNotMatch']);
  });

  it.each(['GET', 'POST'] as const)('do not cover a %s that was changed on the way', async (method) => {
    const tamper = (text: string): string => text.replace('DescribeRegions', 'DescribeInstances');
    expect(errorOf(await call('DescribeRegions', {}, { method, tamper }))).toEqual([403, 'SignatureDoesNotMatch']);
  });

  it('expire', async () => {
    expect(errorOf(await call('DescribeRegions', {}, { signedAt: new Date(Date.now() - 600_000) }))).toEqual([
      400,
      'RequestExpired',
    ]);
  });

  it('are demanded', async () => {
    const { status, data } = await testbed.http.post<string>('/', 'Action=DescribeRegions', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(status).toBe(403);
    expect(data).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  it('tell the region, which has to be one there is', async () => {
    const zones = await call('DescribeAvailabilityZones', {}, { region: 'us-east-1' });
    expect(itemsOf(zones.body.availabilityZoneInfo).map(({ zoneName }) => zoneName)).toContain('us-east-1f');
    expect(errorOf(await call('DescribeRegions', {}, { region: 'mars-1' }))).toEqual([403, 'SignatureDoesNotMatch']);
  });
});

describe('what is on offer', () => {
  it('is every region of the catalogue', async () => {
    const { body } = await call('DescribeRegions');
    expect(itemsOf(body.regionInfo)).toHaveLength(30);
  });

  it('is every size of the region, page by page', async () => {
    const names: string[] = [];
    let next: string | undefined;
    do {
      const { body } = await call('DescribeInstanceTypes', {
        MaxResults: '100',
        ...(next === undefined ? {} : { NextToken: next }),
      });
      names.push(...itemsOf(body.instanceTypeSet).map(({ instanceType }) => String(instanceType)));
      next = body.nextToken;
    } while (next !== undefined);
    const { data } = await testbed.http.get<string>('/prices/aws.csv');
    const priced = data.split('\n').filter((line) => line.endsWith(`,${region},on-demand`));
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(priced.length);
  });

  it('tells cores, memory and architecture of a size', async () => {
    const { body } = await call('DescribeInstanceTypes', { 'InstanceType.1': 't4g.medium' });
    expect(itemsOf(body.instanceTypeSet)[0]).toMatchObject({
      vCpuInfo: { defaultVCpus: '2' },
      memoryInfo: { sizeInMiB: '4096' },
      processorInfo: { supportedArchitectures: { item: ['arm64'] } },
    });
  });

  it('refuses a filter that EC2 does not have', async () => {
    expect(errorOf(await call('DescribeImages', { 'Filter.1.Name': 'colour', 'Filter.1.Value.1': 'red' }))).toEqual([
      400,
      'InvalidParameterValue',
    ]);
  });
});

describe('instances', () => {
  it('boot, answer at an address of their own, stop, start and end', async () => {
    const [created] = instancesOf(await run({ 'Placement.AvailabilityZone': 'eu-west-3b' }));
    expect(created).toMatchObject({
      instanceState: { code: '0', name: 'pending' },
      placement: { availabilityZone: 'eu-west-3b' },
    });
    const id = created!.instanceId!;
    const { ipAddress } = await inState(id, 'running');
    expect(await probe(ipAddress!)).toMatchObject({
      status: 'ok',
      instance: id,
      cloud: 'aws',
      zone: 'eu-west-3b',
      type: 't3.micro',
    });

    await call('StopInstances', { 'InstanceId.1': id });
    expect(await probe(ipAddress!)).toBe('refused');
    await inState(id, 'stopped');
    await call('StartInstances', { 'InstanceId.1': id });
    await inState(id, 'running');
    expect(await probe(ipAddress!)).toMatchObject({ status: 'ok' });

    const { body } = await call('TerminateInstances', { 'InstanceId.1': id });
    expect(itemsOf(body.instancesSet)[0]).toMatchObject({
      currentState: { code: '32', name: 'shutting-down' },
      previousState: { name: 'running' },
    });
    expect(await probe(ipAddress!)).toBe('refused');
    await inState(id, 'terminated');
  });

  it('are made once for a client token, however often it is sent', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => run({ ClientToken: 'placement-1' })));
    expect(new Set(answers.map((answer) => instancesOf(answer)[0]?.instanceId)).size).toBe(1);
    expect(errorOf(await run({ ClientToken: 'placement-1', InstanceType: 't3.small' }))).toEqual([
      400,
      'IdempotentParameterMismatch',
    ]);
  });

  it('are found by tag and by client token', async () => {
    const [created] = instancesOf(
      await run({
        ClientToken: 'placement-2',
        'TagSpecification.1.ResourceType': 'instance',
        'TagSpecification.1.Tag.1.Key': 'owner',
        'TagSpecification.1.Tag.1.Value': 'shop & sons',
      }),
    );
    for (const [name, value] of [
      ['tag:owner', 'shop & sons'],
      ['client-token', 'placement-2'],
    ] as const) {
      const { body } = await call('DescribeInstances', { 'Filter.1.Name': name, 'Filter.1.Value.1': value });
      const found = itemsOf(body.reservationSet).flatMap(({ instancesSet }) => itemsOf(instancesSet));
      expect(found.map(({ instanceId }) => instanceId)).toEqual([created!.instanceId]);
      expect(itemsOf(found[0]!.tagSet)).toEqual([{ key: 'owner', value: 'shop & sons' }]);
    }
  });

  it.each([
    [{ InstanceType: 'x9.huge' }, 'InvalidParameterValue'],
    [{ InstanceType: 't4g.micro' }, 'InvalidParameterValue'],
    [{ ImageId: 'ami-00000000' }, 'InvalidAMIID.NotFound'],
    [{ KeyName: 'lost' }, 'InvalidKeyPair.NotFound'],
    [{ 'InstanceMarketOptions.MarketType': 'capacity-block' }, 'InvalidParameterValue'],
    [
      { 'InstanceMarketOptions.MarketType': 'spot', 'InstanceMarketOptions.SpotOptions.MaxPrice': '0.000001' },
      'SpotMaxPriceTooLow',
    ],
    [{ MaxCount: '' }, 'MissingParameter'],
    [{ UserData: 'not base64!' }, 'InvalidUserData.Malformed'],
    [{ 'Placement.AvailabilityZone': 'eu-west-3z' }, 'InvalidParameterValue'],
  ])('are not made of %j', async (parameters, code) => {
    expect(errorOf(await run(parameters as Record<string, string>))).toEqual([400, code]);
  });

  it('that there are not are named', async () => {
    expect(errorOf(await call('TerminateInstances', { 'InstanceId.1': 'i-0123456789abcdef0' }))).toEqual([
      400,
      'InvalidInstanceID.NotFound',
    ]);
    expect(errorOf(await call('DescribeInstances', { 'InstanceId.1': 'web' }))).toEqual([400, 'InvalidInstanceID.Malformed']);
  });

  it('come with a key pair that was imported', async () => {
    const PublicKeyMaterial = Buffer.from('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE2bVwQ8 shop').toString('base64');
    expect((await call('ImportKeyPair', { KeyName: 'shop', PublicKeyMaterial })).status).toBe(200);
    expect(errorOf(await call('ImportKeyPair', { KeyName: 'shop', PublicKeyMaterial }))).toEqual([
      400,
      'InvalidKeyPair.Duplicate',
    ]);
    expect(instancesOf(await run({ KeyName: 'shop' }))[0]).toMatchObject({ keyName: 'shop' });
    await call('DeleteKeyPair', { KeyName: 'shop' });
    expect(errorOf(await call('DescribeKeyPairs', { 'KeyName.1': 'shop' }))).toEqual([400, 'InvalidKeyPair.NotFound']);
  });
});

describe('spot instances', () => {
  const spotPrice = async (size: string): Promise<number | undefined> => {
    const { data } = await testbed.http.get<string>('/prices/aws.csv');
    const row = data.split('\n').find((line) => line.startsWith(`${size},`) && line.endsWith(`,${region},spot`));
    return row === undefined ? undefined : Number(row.split(',')[1]);
  };
  const bid = (maxPrice: string): Record<string, string> => ({
    'InstanceMarketOptions.MarketType': 'spot',
    'InstanceMarketOptions.SpotOptions.MaxPrice': maxPrice,
  });

  it('are to be had at their price, are told apart, and cannot be stopped', async () => {
    const price = await spotPrice('t3.micro');
    expect(price).toBeGreaterThan(0);
    const [created] = instancesOf(await run({ ...bid(String(price)), ClientToken: 'spot-1' }));
    expect(created).toMatchObject({ instanceLifecycle: 'spot' });
    const id = created!.instanceId!;
    expect(await inState(id, 'running')).toMatchObject({ instanceLifecycle: 'spot' });
    const { body } = await call('DescribeInstances', { 'Filter.1.Name': 'instance-lifecycle', 'Filter.1.Value.1': 'spot' });
    expect(itemsOf(body.reservationSet)).toHaveLength(1);
    expect(errorOf(await call('StopInstances', { 'InstanceId.1': id }))).toEqual([400, 'UnsupportedOperation']);
    expect((await call('TerminateInstances', { 'InstanceId.1': id })).status).toBe(200);
    expect(instancesOf(await run())[0]?.instanceLifecycle).toBeUndefined();
  });

  it('are not to be had below their price once it has risen, nor where there is no spot market', async () => {
    const before = await spotPrice('t3.micro');
    const change = { cloud: 'aws', region, instance_type: 't3.micro', market: 'spot' };
    await testbed.http.post('/control/prices', { ...change, factor: 2 });
    expect(errorOf(await run(bid(String(before))))).toEqual([400, 'SpotMaxPriceTooLow']);
    expect((await run(bid(String(await spotPrice('t3.micro'))))).status).toBe(200);
    await testbed.http.post('/control/prices', { ...change, price: before });
    expect(await spotPrice('t2.nano')).toBeUndefined();
    expect(errorOf(await run({ InstanceType: 't2.nano', ...bid('1') }))).toEqual([500, 'InsufficientInstanceCapacity']);
  });
});

it('tells how many instances the account may have', async () => {
  const { body } = await call('DescribeAccountAttributes', { 'AttributeName.1': 'max-instances' });
  const [attribute] = itemsOf(body.accountAttributeSet);
  expect(attribute?.attributeName).toBe('max-instances');
  expect(Number(itemsOf(attribute?.attributeValueSet)[0]?.attributeValue)).toBeGreaterThan(0);
  expect(errorOf(await call('DescribeAccountAttributes', { 'AttributeName.1': 'max-fun' }))).toEqual([
    400,
    'InvalidParameterValue',
  ]);
});

describe('faults', () => {
  it('take the room from one zone and leave the others', async () => {
    await testbed.fault({ cloud: 'aws', region, zone: 'eu-west-3a', fault: 'no-capacity' });
    expect(errorOf(await run({ 'Placement.AvailabilityZone': 'eu-west-3a' }))).toEqual([500, 'InsufficientInstanceCapacity']);
    expect((await run({ 'Placement.AvailabilityZone': 'eu-west-3b' })).status).toBe(200);
    expect(instancesOf(await run())[0]?.placement?.availabilityZone).not.toBe('eu-west-3a');
  });

  it('strike as often as they are told', async () => {
    await testbed.fault({ cloud: 'aws', fault: 'quota', times: 1 });
    expect(errorOf(await run())).toEqual([400, 'InstanceLimitExceeded']);
    expect((await run()).status).toBe(200);
  });

  it.each([
    ['rate-limit', 503, 'RequestLimitExceeded'],
    ['server-error', 500, 'InternalError'],
    ['region-down', 503, 'Unavailable'],
  ])('%s', async (fault, status, code) => {
    await testbed.fault({ cloud: 'aws', region, fault });
    expect(errorOf(await call('DescribeInstances'))).toEqual([status, code]);
    expect((await call('DescribeInstances', {}, { region: 'eu-west-1' })).status).toBe(200);
  });

  it('let an instance fail to boot, and say why', async () => {
    await testbed.fault({ cloud: 'aws', region, fault: 'boot-error', times: 1 });
    const [created] = instancesOf(await run());
    expect(created).toMatchObject({ instanceState: { name: 'pending' } });
    expect(await inState(created!.instanceId!, 'terminated')).toMatchObject({ stateReason: { code: 'Server.InternalError' } });
  });
});
