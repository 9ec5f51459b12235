import { randomUUID } from 'node:crypto';
import { installationMark } from '../src/vendor/machine-label.js';
import type { VendorDriver } from '../src/vendor/port.js';
import { actions, byAction, connectedV2, error, params, response, sent, xml } from './recorded-ec2.js';
import { type Recorded, RecordedCloud } from './recorded-cloud.js';

let cloud: RecordedCloud;
let driver: VendorDriver;
let answers: Record<string, (asked: URLSearchParams) => Recorded>;

beforeEach(async () => {
  answers = {};
  cloud = await RecordedCloud.open((seen) => byAction(answers)(seen));
});
afterEach(async () => {
  driver.close();
  await cloud.close();
});

const placement = randomUUID();
const label = `${installationMark('here')}-${placement}`;
const order = {
  name: 'web-1',
  region: 'one',
  zone: 'one-a',
  size: 'm1.small',
  image: 'emi-1',
  tags: { 'agency.placement': placement, 'agency.installation': 'here', team: 'shop' },
};
const machine = (id: string, state: string, token: string, more = ''): string =>
  `<item><instanceId>${id}</instanceId><instanceState><name>${state}</name></instanceState><clientToken>${token}</clientToken>${more}</item>`;
const machines =
  (...of: string[]) =>
  () =>
    response(
      'DescribeInstances',
      `<reservationSet>${of.map((item) => `<item><instancesSet>${item}</instancesSet></item>`).join('')}</reservationSet>`,
    );
const ran = (id: string) => () => response('RunInstances', `<instancesSet>${machine(id, 'pending', label)}</instancesSet>`);
const done = (action: string) => () => response(action, '<return>true</return>');

describe('Eucalyptus', () => {
  beforeEach(() => {
    driver = connectedV2('eucalyptus', `${cloud.url}/services/Eucalyptus`);
  });

  it('is asked at its own path, signed for by version 2', async () => {
    answers.DescribeAvailabilityZones = () =>
      response(
        'DescribeAvailabilityZones',
        '<availabilityZoneInfo><item><zoneName>one</zoneName><zoneState>192.168.7.1 arn:euca:eucalyptus:one:cluster/</zoneState></item></availabilityZoneInfo>',
      );
    await expect(driver.zones('one')).resolves.toEqual(['one']);
    expect(cloud.seen[0]?.url).toBe('/services/Eucalyptus');
    expect(cloud.seen[0]?.headers).not.toHaveProperty('authorization');
    expect(Object.fromEntries(params(cloud.seen[0]))).toMatchObject({
      AWSAccessKeyId: 'AKIDEXAMPLE',
      SignatureVersion: '2',
      SignatureMethod: 'HmacSHA256',
      Timestamp: '2026-01-02T03:04:05Z',
      Signature: expect.stringMatching(/=$/) as string,
    });
  });

  it('tells its sizes by an action of its own, in a namespace of its own', async () => {
    const type = (fields: string): string => `<euca:item>${fields}</euca:item>`;
    answers.DescribeInstanceTypes = () =>
      xml(
        `<euca:DescribeInstanceTypesResponseType xmlns:euca="http://msgs.eucalyptus.com/3.4.1"><euca:instanceTypeDetails>${type(
          '<euca:name>m1.small</euca:name><euca:cpu>1</euca:cpu><euca:disk>5</euca:disk><euca:memory>256</euca:memory><euca:availability/>',
        )}${type('<euca:name>odd</euca:name>')}</euca:instanceTypeDetails></euca:DescribeInstanceTypesResponseType>`,
      );
    await expect(driver.sizes('one')).resolves.toEqual([
      { name: 'm1.small', cores: 1, memory: 0.25, disk: 5, gpu: 0, architecture: 'x64' },
    ]);
  });

  it('makes a machine that its client token tells from all others, and tags it for people', async () => {
    answers.RunInstances = ran('i-1');
    answers.CreateTags = done('CreateTags');
    await expect(driver.create(order, placement)).resolves.toMatchObject({ vendorId: 'i-1', state: 'building' });
    const run = sent(cloud, 'RunInstances');
    expect(run).toMatchObject({ ClientToken: label, 'Placement.AvailabilityZone': 'one-a' });
    expect(Object.keys(run).filter((name) => name.startsWith('TagSpecification'))).toEqual([]);
    expect(sent(cloud, 'CreateTags')).toMatchObject({ 'ResourceId.1': 'i-1', 'Tag.1.Key': 'Name', 'Tag.1.Value': 'web-1' });
  });

  it('does not lose a machine for want of a tag', async () => {
    answers.RunInstances = ran('i-1');
    answers.CreateTags = () => error('InvalidParameterValue', 400);
    await expect(driver.create(order, placement)).resolves.toMatchObject({ vendorId: 'i-1' });
  });

  it('finds and lists machines by their client tokens, and no others’', async () => {
    const other = `${installationMark('there')}-${randomUUID()}`;
    answers.DescribeInstances = machines(
      machine('i-1', 'running', label),
      machine('i-2', 'running', other),
      machine('i-3', 'running', 'somebody'),
      machine('i-4', 'terminated', `${installationMark('here')}-${randomUUID()}`),
      '<item><instanceId>i-5</instanceId></item>',
    );
    await expect(driver.find('one', placement)).resolves.toMatchObject({ vendorId: 'i-1', state: 'active' });
    await expect(driver.find('one', randomUUID())).resolves.toBeUndefined();
    await expect(driver.list('one', 'here')).resolves.toMatchObject([{ vendorId: 'i-1', placement }]);
  });

  it('says in one sentence why a machine fell', async () => {
    answers.DescribeInstances = machines(machine('i-1', 'terminated', label, '<reason>Failed to find a node</reason>'));
    await expect(driver.get('one', 'i-1')).resolves.toMatchObject({
      state: 'gone',
      fault: { reason: 'boot-failed', code: null, message: 'Failed to find a node' },
    });
    answers.DescribeInstances = machines(machine('i-1', 'terminated', label, '<reason>User requested shutdown.</reason>'));
    await expect(driver.get('one', 'i-1')).resolves.toMatchObject({ state: 'gone', fault: null });
  });

  it('has images by their names, machines’ only', async () => {
    const image = (id: string, more: string): string =>
      `<item><imageId>${id}</imageId><imageState>available</imageState>${more}</item>`;
    answers.DescribeImages = () =>
      response(
        'DescribeImages',
        `<imagesSet>${image('eki-1', '<imageType>kernel</imageType><name>debian-12-kernel</name>')}${image(
          'emi-2',
          '<imageType>machine</imageType><name>debian-12-genericcloud</name><architecture>x86_64</architecture>',
        )}${image('emi-own', '<imageType>machine</imageType><imageLocation>b/eleven.manifest.xml</imageLocation>')}</imagesSet>`,
      );
    await expect(driver.image('debian-12', 'x64', 'one')).resolves.toBe('emi-2');
    await expect(driver.image('debian-11', 'x64', 'one')).resolves.toBe('emi-own');
    await expect(driver.image('debian-13', 'x64', 'one')).rejects.toMatchObject({ reason: 'not-found' });
  });

  describe('an address', () => {
    const shown = (holder: string) => () =>
      response(
        'DescribeAddresses',
        `<addressesSet><item><publicIp>203.0.113.9</publicIp><instanceId>${holder}</instanceId></item></addressesSet>`,
      );

    it('is noted on the machine before it gets it', async () => {
      answers.DescribeInstances = machines(machine('i-1', 'running', label));
      answers.AllocateAddress = () => response('AllocateAddress', '<publicIp>203.0.113.9</publicIp>');
      answers.CreateTags = done('CreateTags');
      answers.AssociateAddress = done('AssociateAddress');
      const wanted = { vendorId: '203.0.113.9', address: '203.0.113.9' };
      await expect(driver.addresses?.assign('one', 'i-1', 't-1')).resolves.toEqual(wanted);
      expect(actions(cloud)).toEqual(['DescribeInstances', 'AllocateAddress', 'CreateTags', 'AssociateAddress']);
      const tags = '<tagSet><item><key>agency.address.t-1</key><value>203.0.113.9</value></item></tagSet>';
      answers.DescribeInstances = machines(machine('i-1', 'running', label, tags));
      answers.DescribeAddresses = shown('i-1 (arn:aws:euare::1:user/me)');
      await expect(driver.addresses?.assign('one', 'i-1', 't-1')).resolves.toEqual(wanted);
      expect(actions(cloud).slice(4)).toEqual(['DescribeInstances', 'DescribeAddresses']);
    });

    it('that cannot be noted is given back', async () => {
      answers.DescribeInstances = machines(machine('i-1', 'running', label));
      answers.AllocateAddress = () => response('AllocateAddress', '<publicIp>203.0.113.9</publicIp>');
      answers.CreateTags = () => error('InvalidParameterValue', 400);
      answers.DescribeAddresses = shown('available (arn:aws:euare::1:user/me)');
      answers.ReleaseAddress = done('ReleaseAddress');
      await expect(driver.addresses?.assign('one', 'i-1', 't-1')).rejects.toMatchObject({ reason: 'invalid-request' });
      expect(sent(cloud, 'ReleaseAddress').PublicIp).toBe('203.0.113.9');
    });

    it('is taken from its machine and released', async () => {
      answers.DescribeAddresses = shown('i-1');
      answers.DisassociateAddress = done('DisassociateAddress');
      answers.ReleaseAddress = done('ReleaseAddress');
      await driver.addresses?.release('one', '203.0.113.9');
      answers.DescribeAddresses = () => response('DescribeAddresses', '<addressesSet/>');
      await driver.addresses?.release('one', '203.0.113.9');
      expect(actions(cloud)).toEqual(['DescribeAddresses', 'DisassociateAddress', 'ReleaseAddress', 'DescribeAddresses']);
    });
  });

  it('gives back a volume that it could not tag', async () => {
    answers.CreateVolume = () => response('CreateVolume', '<volumeId>vol-1</volumeId><status>creating</status>');
    answers.CreateTags = () => error('InvalidParameterValue', 400);
    answers.DeleteVolume = done('DeleteVolume');
    const wish = { name: 'data', region: 'one', zone: 'one-a', size: 5, tags: {} };
    await expect(driver.volumes?.create(wish, 't-1')).rejects.toMatchObject({ reason: 'invalid-request' });
    expect(sent(cloud, 'DeleteVolume').VolumeId).toBe('vol-1');
    expect(sent(cloud, 'CreateVolume')).not.toHaveProperty('ClientToken');
  });

  it('asks the CloudWatch beside it', async () => {
    answers.GetMetricStatistics = () =>
      response('GetMetricStatistics', '<GetMetricStatisticsResult><Datapoints/></GetMetricStatisticsResult>');
    answers.DescribeInstances = machines(machine('i-1', 'running', label));
    await expect(driver.metrics?.read('one', 'i-1', 0)).resolves.toEqual([]);
    expect(cloud.seen[0]?.url).toBe('/services/CloudWatch');
  });
});

describe('Nimbus', () => {
  beforeEach(() => {
    driver = connectedV2('nimbus', `${cloud.url}/`);
  });

  it('tells no regions: they are the account’s', async () => {
    answers.DescribeRegions = () => response('DescribeRegions', '<regionInfo/>');
    await expect(driver.regions()).resolves.toEqual(['nimbus']);
    expect(params(cloud.seen[0]).get('Version')).toBe('2010-08-31');
  });

  it('has the sizes it is shipped with', async () => {
    answers.DescribeAvailabilityZones = () => response('DescribeAvailabilityZones', '<availabilityZoneInfo/>');
    await expect(driver.sizes('nimbus')).resolves.toMatchObject([
      { name: 'm1.small', cores: 1, memory: 2 },
      { name: 'm1.large', cores: 2 },
      { name: 'm1.xlarge', cores: 4 },
    ]);
  });

  it('makes one machine of a client token, and no tags', async () => {
    answers.RunInstances = ran('i-1');
    await expect(driver.create(order, placement)).resolves.toMatchObject({ vendorId: 'i-1' });
    expect(sent(cloud, 'RunInstances').ClientToken).toBe(label);
    expect(actions(cloud)).toEqual(['RunInstances']);
  });

  it('is told apart from one that does not know a machine by what it leaves out', async () => {
    answers.TerminateInstances = () => response('TerminateInstances', '<instancesSet/>');
    await expect(driver.delete('nimbus', 'i-1')).rejects.toMatchObject({ reason: 'not-found' });
    answers.TerminateInstances = () =>
      response('TerminateInstances', '<instancesSet><item><instanceId>i-1</instanceId></item></instancesSet>');
    await expect(driver.delete('nimbus', 'i-1')).resolves.toBeUndefined();
    answers.DescribeInstances = machines();
    await expect(driver.get('nimbus', 'i-1')).resolves.toBeUndefined();
  });

  it.each([
    ['No resource pool has an applicable entry', 'no-capacity', false],
    ['Denied: Request for 1 workspaces exceeds the maximum, which is 5 concurrently running workspaces.', 'quota', false],
    ['You requested too many CPUs (8), the maximum is 4 CPUs.', 'quota', false],
    ["You may only use images under directory '/images'", 'forbidden', false],
    ["Unknown instance type 'm9'", 'invalid-request', false],
    ['null', 'unknown', true],
  ])('says %s: that is %s', async (message, reason, outcomeUnknown) => {
    answers.RunInstances = () => error('GeneralError', 400, message.replaceAll("'", '&#39;'));
    await expect(driver.create(order, placement)).rejects.toMatchObject({ reason, outcomeUnknown });
  });

  it('takes a key that is there for imported, whatever it says of it', async () => {
    answers.ImportKeyPair = () => error('GeneralError', 400, 'null');
    answers.DescribeKeyPairs = (asked) =>
      response('DescribeKeyPairs', `<keySet><item><keyName>${asked.get('KeyName.1') ?? ''}</keyName></item></keySet>`);
    answers.RunInstances = ran('i-1');
    await expect(driver.create({ ...order, sshKey: 'ssh-ed25519 AAAA shop' }, placement)).resolves.toMatchObject({
      vendorId: 'i-1',
    });
    answers.DescribeKeyPairs = () => response('DescribeKeyPairs', '<keySet/>');
    await expect(driver.create({ ...order, sshKey: 'ssh-ed25519 AAAA shop' }, placement)).rejects.toMatchObject({
      vendorCode: 'GeneralError',
    });
  });

  it('can restart a machine, and nothing else', async () => {
    answers.RebootInstances = done('RebootInstances');
    await driver.operations?.act('nimbus', 'i-1', 'restart', true);
    answers.RebootInstances = () => response('RebootInstances', '<return>false</return>');
    await expect(driver.operations?.act('nimbus', 'i-1', 'restart', true)).rejects.toMatchObject({ reason: 'conflict' });
    for (const action of ['start', 'stop', 'suspend'] as const)
      await expect(driver.operations?.act('nimbus', 'i-1', action, false)).rejects.toMatchObject({ reason: 'invalid-request' });
    await expect(driver.operations?.resize('nimbus', 'i-1', 'm1.large')).rejects.toMatchObject({ reason: 'invalid-request' });
    await expect(driver.operations?.save('nimbus', 'i-1', { name: 'golden', token: 't' })).rejects.toMatchObject({
      reason: 'invalid-request',
    });
    expect(driver.operations?.console).toBeUndefined();
  });
});
