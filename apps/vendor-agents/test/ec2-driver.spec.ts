import { createHash } from 'node:crypto';
import { connected, error, params, response, xml } from './recorded-ec2.js';
import { type Recorded, RecordedCloud, type Seen } from './recorded-cloud.js';
import type { VendorDriver } from '../src/vendor/port.js';

let cloud: RecordedCloud;
let driver: VendorDriver;
let answer: (seen: Seen) => Recorded;

beforeEach(async () => {
  cloud = await RecordedCloud.open((seen) => answer(seen));
  driver = connected(cloud);
});
afterEach(async () => {
  driver.close();
  await cloud.close();
});

const instance = (state: string, more = ''): string =>
  `<item><instanceId>i-1</instanceId><instanceState><code>0</code><name>${state}</name></instanceState>` +
  `<placement><availabilityZone>eu-west-1a</availabilityZone></placement>${more}</item>`;
const reservation = (...instances: string[]): string =>
  `<reservationSet><item><reservationId>r-1</reservationId><instancesSet>${instances.join('')}</instancesSet></item></reservationSet>`;

const order = {
  name: 'web-1',
  region: 'eu-west-1',
  zone: 'eu-west-1a',
  size: 't3.small',
  image: 'ami-1',
  userData: '#cloud-config\n',
  tags: { 'agency.placement': 'p-1', 'agency.installation': 'here' },
};

describe('the query protocol', () => {
  it('signs the form for the region that is asked', async () => {
    answer = () =>
      response(
        'DescribeAvailabilityZones',
        '<availabilityZoneInfo><item><zoneName>a</zoneName><zoneState>available</zoneState></item></availabilityZoneInfo>',
      );
    await driver.zones('eu-west-1');
    const [seen] = cloud.seen;
    expect(params(seen).get('Version')).toBe('2016-11-15');
    expect(seen?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260102\/eu-west-1\/ec2\/aws4_request, SignedHeaders=.*host.*, Signature=[0-9a-f]{64}$/,
    );
    expect(seen?.headers['x-amz-date']).toBe('20260102T030405Z');
    expect(seen?.headers['x-amz-content-sha256']).toBe(
      createHash('sha256')
        .update(seen?.body ?? '')
        .digest('hex'),
    );
  });

  it.each([
    ['InsufficientInstanceCapacity', 500, 'no-capacity'],
    ['VcpuLimitExceeded', 400, 'quota'],
    ['MaxSpotInstanceCountExceeded', 400, 'quota'],
    ['SpotMaxPriceTooLow', 400, 'price-changed'],
    ['InstanceLimitExceeded', 400, 'quota'],
    ['AuthFailure', 401, 'bad-credentials'],
    ['UnauthorizedOperation', 403, 'forbidden'],
    ['RequestLimitExceeded', 503, 'rate-limited'],
    ['InvalidParameterValue', 400, 'invalid-request'],
    ['InvalidAMIID.NotFound', 400, 'not-found'],
    ['IdempotentParameterMismatch', 400, 'conflict'],
    ['InternalError', 500, 'unavailable'],
    ['SomethingNew', 400, 'unknown'],
  ])('tells %s as what it is', async (code, status, reason) => {
    answer = () => error(code, status, 'no &lt;luck&gt;');
    await expect(driver.create(order, 'p-1')).rejects.toMatchObject({ reason, vendorCode: code, message: 'no <luck>' });
    expect(cloud.seen).toHaveLength(1);
  });

  it.each([
    ['HTML of a proxy', { status: 502, headers: { 'content-type': 'text/html' }, body: '<html><h1>Bad Gateway' }, 'unavailable'],
    ['an empty error', { status: 403 }, 'forbidden'],
    ['another document', { body: '<Other/>' }, 'unknown'],
    ['a document cut off', { body: '<DescribeInstancesResponse><reservationSet><item>' }, 'unknown'],
    ['JSON', { headers: { 'content-type': 'application/json' }, body: '{"a":1}' }, 'unknown'],
  ])('does not take %s for an empty answer', async (_, recorded, reason) => {
    answer = () => recorded;
    await expect(driver.find('eu-west-1', 'p-1')).rejects.toMatchObject({ name: 'VendorError', reason });
  });

  it('does not expand entities', async () => {
    answer = () =>
      xml(
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><DescribeRegionsResponse><regionInfo><item><regionName>&b;</regionName></item></regionInfo></DescribeRegionsResponse>',
      );
    const regions = await driver.regions().catch((thrown: unknown) => String(thrown));
    expect(JSON.stringify(regions)).not.toContain('aaaaaaaaaaaaaaaaaaaa');
  });
});

describe('sizes', () => {
  const type = (name: string, more: string): string =>
    `<item><instanceType>${name}</instanceType><vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo><memoryInfo><sizeInMiB>4096</sizeInMiB></memoryInfo>${more}</item>`;
  const architecture = (name: string): string =>
    `<processorInfo><supportedArchitectures><item>${name}</item></supportedArchitectures></processorInfo>`;
  const offering = (name: string, zone: string): string =>
    `<item><instanceType>${name}</instanceType><locationType>availability-zone</locationType><location>${zone}</location></item>`;

  it('come from all pages, in canonical units, with the zones that have them', async () => {
    const pages = [
      type(
        't3.medium',
        `${architecture('x86_64')}<supportedUsageClasses><item>on-demand</item><item>spot</item></supportedUsageClasses>`,
      ) +
        type(
          'p3.2xlarge',
          `${architecture('x86_64')}<gpuInfo><gpus><item><name>V100</name><count>2</count></item></gpus></gpuInfo>`,
        ),
      type(
        'm6gd.large',
        `${architecture('arm64')}<instanceStorageInfo><totalSizeInGB>118</totalSizeInGB></instanceStorageInfo>`,
      ) +
        type('mac1.metal', '<supportedUsageClasses><item>dedicated</item></supportedUsageClasses>') +
        '<item><instanceType>odd</instanceType></item>',
    ];
    answer = (seen) => {
      if (params(seen).get('Action') === 'DescribeInstanceTypes') {
        const second = params(seen).get('NextToken') === 'page 2';
        return response(
          'DescribeInstanceTypes',
          `<instanceTypeSet>${pages[second ? 1 : 0] ?? ''}</instanceTypeSet>${second ? '' : '<nextToken>page 2</nextToken>'}`,
        );
      }
      const all = [
        offering('t3.medium', 'a'),
        offering('t3.medium', 'b'),
        offering('p3.2xlarge', 'b'),
        offering('m6gd.large', 'a'),
        offering('m6gd.large', 'b'),
      ];
      return response('DescribeInstanceTypeOfferings', `<instanceTypeOfferingSet>${all.join('')}</instanceTypeOfferingSet>`);
    };
    await expect(driver.sizes('eu-west-1')).resolves.toEqual([
      { name: 't3.medium', cores: 2, memory: 4, disk: null, gpu: 0, architecture: 'x64', spot: true },
      { name: 'p3.2xlarge', cores: 2, memory: 4, disk: null, gpu: 2, architecture: 'x64', zones: ['b'] },
      { name: 'm6gd.large', cores: 2, memory: 4, disk: expect.closeTo(109.9, 1) as number, gpu: 0, architecture: 'arm64' },
    ]);
  });

  it('are none where a list is empty', async () => {
    answer = (seen) => {
      const action = params(seen).get('Action') ?? '';
      return response(action, action === 'DescribeInstanceTypes' ? '<instanceTypeSet/>' : '<instanceTypeOfferingSet/>');
    };
    await expect(driver.sizes('eu-west-1')).resolves.toEqual([]);
  });
});

describe('the quota of an account', () => {
  const most = (value: string): string =>
    `<accountAttributeSet><item><attributeName>max-instances</attributeName><attributeValueSet><item><attributeValue>${value}</attributeValue></item></attributeValueSet></item></accountAttributeSet>`;

  it('is what max-instances leaves beside the machines of the region', async () => {
    answer = (seen) =>
      params(seen).get('Action') === 'DescribeAccountAttributes'
        ? response('DescribeAccountAttributes', most('20'))
        : response('DescribeInstances', reservation(instance('running'), instance('stopped')));
    await expect(driver.quotas('eu-west-1')).resolves.toEqual([{ of: 'machines', left: 18 }]);
  });

  it('is not known where the cloud says no number', async () => {
    answer = () => response('DescribeAccountAttributes', most('plenty'));
    await expect(driver.quotas('eu-west-1')).resolves.toEqual([]);
  });

  it('is not asked of Amazon itself, whose number means nothing any more', async () => {
    const own = connected(cloud, null);
    await expect(own.quotas('eu-west-1')).resolves.toEqual([]);
    own.close();
  });
});

describe('zones', () => {
  it('leave out closed ones and those at the edge', async () => {
    const zone = (name: string, state: string, kind: string): string =>
      `<item><zoneName>${name}</zoneName><zoneState>${state}</zoneState><zoneType>${kind}</zoneType></item>`;
    answer = () =>
      response(
        'DescribeAvailabilityZones',
        `<availabilityZoneInfo>${zone('a', 'available', 'availability-zone')}${zone('b', 'impaired', 'availability-zone')}${zone('l', 'available', 'local-zone')}</availabilityZoneInfo>`,
      );
    await expect(driver.zones('eu-west-1')).resolves.toEqual(['a']);
  });
});

describe('a machine', () => {
  it('from the spot market is bid for at what it was quoted at, in plain figures', async () => {
    answer = () => response('RunInstances', `<instancesSet>${instance('pending')}</instancesSet>`);
    await driver.create({ ...order, spot: { maxPrice: 0.0000012 } }, 'p-1');
    const sent = params(cloud.seen[0]);
    expect(sent.get('InstanceMarketOptions.MarketType')).toBe('spot');
    expect(sent.get('InstanceMarketOptions.SpotOptions.MaxPrice')).toBe('0.0000012');
    await driver.create(order, 'p-2');
    expect([...params(cloud.seen[1]).keys()].filter((name) => name.startsWith('InstanceMarketOptions'))).toEqual([]);
  });

  it('is asked for once, with its token, tags and user data', async () => {
    answer = () => response('RunInstances', `<instancesSet>${instance('pending')}</instancesSet>`);
    await expect(driver.create(order, 'p-1')).resolves.toEqual({
      vendorId: 'i-1',
      state: 'building',
      address: null,
      zone: 'eu-west-1a',
      fault: null,
    });
    expect(Object.fromEntries(params(cloud.seen[0]))).toMatchObject({
      Action: 'RunInstances',
      ImageId: 'ami-1',
      InstanceType: 't3.small',
      MinCount: '1',
      MaxCount: '1',
      ClientToken: 'p-1',
      'Placement.AvailabilityZone': 'eu-west-1a',
      UserData: Buffer.from('#cloud-config\n').toString('base64'),
      'TagSpecification.1.ResourceType': 'instance',
      'TagSpecification.1.Tag.1.Key': 'Name',
      'TagSpecification.1.Tag.1.Value': 'web-1',
      'TagSpecification.1.Tag.2.Key': 'agency.placement',
    });
  });

  it('gets its key imported, even when it is there already', async () => {
    answer = (seen) =>
      params(seen).get('Action') === 'ImportKeyPair'
        ? error('InvalidKeyPair.Duplicate', 400)
        : response('RunInstances', `<instancesSet>${instance('pending')}</instancesSet>`);
    await driver.create({ ...order, sshKey: 'ssh-ed25519 AAAA shop' }, 'p-1');
    const [imported, run] = cloud.seen.map(params);
    expect(Buffer.from(imported?.get('PublicKeyMaterial') ?? '', 'base64').toString()).toBe('ssh-ed25519 AAAA shop');
    expect(run?.get('KeyName')).toBe(imported?.get('KeyName'));
  });

  it.each([
    ['pending', '', { state: 'building', address: null }],
    [
      'running',
      '<ipAddress>203.0.113.7</ipAddress><privateIpAddress>10.0.0.7</privateIpAddress>',
      { state: 'active', address: '203.0.113.7' },
    ],
    ['running', '<privateIpAddress>10.0.0.7</privateIpAddress>', { state: 'active', address: '10.0.0.7' }],
    ['stopped', '', { state: 'inactive' }],
    ['hibernating', '', { state: 'building' }],
    [
      'terminated',
      '<stateReason><code>Server.InsufficientInstanceCapacity</code><message>full</message></stateReason>',
      { state: 'gone', fault: { reason: 'no-capacity', code: 'Server.InsufficientInstanceCapacity', message: 'full' } },
    ],
    [
      'terminated',
      '<stateReason><code>Server.InternalError</code></stateReason>',
      { state: 'gone', fault: { reason: 'boot-failed' } },
    ],
    ['terminated', '<stateReason><code>Client.UserInitiatedShutdown</code></stateReason>', { state: 'gone', fault: null }],
    [
      'terminated',
      '<stateReason><code>Server.SpotInstanceTermination</code></stateReason>',
      { state: 'gone', fault: { reason: 'no-capacity' } },
    ],
  ])('that is %s reads %s', async (state, more, wanted) => {
    answer = () => response('DescribeInstances', reservation(instance(state, more)));
    await expect(driver.get('eu-west-1', 'i-1')).resolves.toMatchObject(wanted);
  });

  it('that the vendor does not know is undefined', async () => {
    answer = () => error('InvalidInstanceID.NotFound', 400);
    await expect(driver.get('eu-west-1', 'i-1')).resolves.toBeUndefined();
    await expect(driver.delete('eu-west-1', 'i-1')).rejects.toMatchObject({ reason: 'not-found' });
    answer = () => response('DescribeInstances', '<reservationSet/>');
    await expect(driver.find('eu-west-1', 'p-1')).resolves.toBeUndefined();
  });

  it('of this installation is listed with its placement', async () => {
    const tags = '<tagSet><item><key>agency.placement</key><value>p-1</value></item></tagSet>';
    answer = () => response('DescribeInstances', reservation(instance('running', tags), instance('running')));
    await expect(driver.list('eu-west-1', 'here')).resolves.toMatchObject([{ vendorId: 'i-1', placement: 'p-1' }]);
    expect(params(cloud.seen[0]).get('Filter.1.Name')).toBe('tag:agency.installation');
  });
});

describe('an image', () => {
  const image = (id: string, created: string): string =>
    `<item><imageId>${id}</imageId><creationDate>${created}</creationDate></item>`;

  it('is the newest that its publisher made for the architecture', async () => {
    answer = () =>
      response(
        'DescribeImages',
        `<imagesSet>${image('ami-old', '2025-01-01T00:00:00.000Z')}${image('ami-new', '2026-01-01T00:00:00.000Z')}</imagesSet>`,
      );
    await expect(driver.image('debian-12', 'arm64', 'eu-west-1')).resolves.toBe('ami-new');
    expect(Object.fromEntries(params(cloud.seen[0]))).toMatchObject({
      'Owner.1': '136693071363',
      'Filter.1.Value.1': 'debian-12-arm64-*',
      'Filter.2.Value.1': 'arm64',
    });
  });

  it('may be the account’s own; an unmapped or missing one is a typed failure', async () => {
    answer = () => response('DescribeImages', '<imagesSet/>');
    await expect(driver.image('debian-11', 'x64', 'eu-west-1')).resolves.toBe('ami-own');
    await expect(driver.image('beos-5', 'x64', 'eu-west-1')).rejects.toMatchObject({ reason: 'invalid-request' });
    await expect(driver.image('debian-12', 'x64', 'eu-west-1')).rejects.toMatchObject({ reason: 'not-found' });
    expect(driver.mapsImage('windows-2022', 'arm64')).toBe(false);
    expect(driver.mapsImage('windows-2022', 'x64')).toBe(true);
  });
});
