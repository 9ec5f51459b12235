import type { VendorDriver, VolumeDriver } from '../src/vendor/port.js';
import { actions, byAction, connected, error, response, sent } from './recorded-ec2.js';
import { partsOf, type Recorded, RecordedCloud } from './recorded-cloud.js';

let cloud: RecordedCloud;
let driver: VendorDriver;
let volumes: VolumeDriver;
let answers: Record<string, (asked: URLSearchParams) => Recorded>;

beforeEach(async () => {
  answers = {};
  cloud = await RecordedCloud.open((seen) => byAction(answers)(seen));
  driver = connected(cloud);
  ({ volumes } = partsOf(driver));
});
afterEach(async () => {
  driver.close();
  await cloud.close();
});

const region = 'eu-west-1';
const attachment = (status: string, machine = 'i-1'): string =>
  `<attachmentSet><item><volumeId>vol-1</volumeId><instanceId>${machine}</instanceId><device>/dev/sdf</device><status>${status}</status></item></attachmentSet>`;
const volume = (status: string, more = '<attachmentSet/>'): string =>
  `<volumeId>vol-1</volumeId><size>10</size><availabilityZone>eu-west-1a</availabilityZone>${status && `<status>${status}</status>`}${more}`;
const described = (...found: string[]): Recorded =>
  response('DescribeVolumes', `<volumeSet>${found.map((item) => `<item>${item}</item>`).join('')}</volumeSet>`);
const done = (action: string) => () => response(action, '<return>true</return>');

describe('a volume', () => {
  const order = { name: 'data', region, zone: 'eu-west-1a', size: 10, tags: { 'agency.installation': 'here' } };

  it('is asked for once, with its token and tags', async () => {
    answers.CreateVolume = () => response('CreateVolume', volume('creating'));
    await expect(volumes.create(order, 'v-1')).resolves.toEqual({
      vendorId: 'vol-1',
      state: 'building',
      zone: 'eu-west-1a',
      machine: null,
      device: null,
    });
    expect(sent(cloud, 'CreateVolume')).toMatchObject({
      AvailabilityZone: 'eu-west-1a',
      Size: '10',
      ClientToken: 'v-1',
      'TagSpecification.1.ResourceType': 'volume',
      'TagSpecification.1.Tag.1.Key': 'Name',
      'TagSpecification.1.Tag.1.Value': 'data',
      'TagSpecification.1.Tag.2.Key': 'agency.installation',
      'TagSpecification.1.Tag.3.Key': 'agency.volume',
      'TagSpecification.1.Tag.3.Value': 'v-1',
    });
  });

  it.each([
    ['VolumeLimitExceeded', 400, 'quota'],
    ['InsufficientVolumeCapacity', 500, 'no-capacity'],
    ['InvalidZone.NotFound', 400, 'not-found'],
    ['UnknownVolumeType', 400, 'invalid-request'],
    ['IdempotentParameterMismatch', 400, 'conflict'],
    ['InternalError', 500, 'unavailable'],
  ])('refused with %s %i is %s, and not asked for again', async (code, status, reason) => {
    answers.CreateVolume = () => error(code, status);
    await expect(volumes.create(order, 'v-1')).rejects.toMatchObject({ reason, vendorCode: code });
    expect(cloud.seen).toHaveLength(1);
  });

  it('without an id in the answer is a failure', async () => {
    answers.CreateVolume = () => response('CreateVolume', '<status>creating</status>');
    await expect(volumes.create(order, 'v-1')).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
  });

  it('is found by its token, on a later page too, and rather than one that is going', async () => {
    answers.DescribeVolumes = (asked) =>
      asked.has('NextToken')
        ? described(volume('deleting').replace('vol-1', 'vol-0'), volume('available'))
        : response('DescribeVolumes', '<volumeSet/><nextToken>page 2</nextToken>');
    await expect(volumes.find(region, 'v-1')).resolves.toMatchObject({ vendorId: 'vol-1', state: 'available' });
    expect(sent(cloud, 'DescribeVolumes')).toMatchObject({ 'Filter.1.Name': 'tag:agency.volume', 'Filter.1.Value.1': 'v-1' });
    answers.DescribeVolumes = () => described();
    await expect(volumes.find(region, 'v-1')).resolves.toBeUndefined();
  });

  it.each([
    ['creating', '', { state: 'building', machine: null }],
    ['available', '<attachmentSet/>', { state: 'available', machine: null, device: null }],
    ['in-use', attachment('attaching'), { state: 'building', machine: null }],
    ['in-use', attachment('attached'), { state: 'attached', machine: 'i-1', device: '/dev/sdf' }],
    ['in-use', attachment('busy'), { state: 'attached', machine: 'i-1' }],
    ['in-use', attachment('detaching'), { state: 'attached', machine: 'i-1' }],
    ['in-use', '', { state: 'attached', machine: null }],
    ['available', attachment('detached'), { state: 'available', machine: null }],
    ['error', '', { state: 'error' }],
    ['deleting', '', { state: 'gone' }],
    ['deleted', '', { state: 'gone' }],
    ['dreaming', '', { state: 'building' }],
    ['', '', { state: 'building' }],
  ])('that is %s %s reads %j', async (status, more, wanted) => {
    answers.DescribeVolumes = () => described(volume(status, more));
    await expect(volumes.get(region, 'vol-1')).resolves.toMatchObject(wanted);
  });

  it('that the cloud does not know is undefined; another failure is not', async () => {
    answers.DescribeVolumes = () => error('InvalidVolume.NotFound', 400);
    await expect(volumes.get(region, 'vol-1')).resolves.toBeUndefined();
    answers.DescribeVolumes = () => described();
    await expect(volumes.get(region, 'vol-1')).resolves.toBeUndefined();
    answers.DescribeVolumes = () => error('UnauthorizedOperation', 403);
    await expect(volumes.get(region, 'vol-1')).rejects.toMatchObject({ reason: 'forbidden' });
  });
});

describe('attaching', () => {
  const machine = (...devices: string[]): Recorded =>
    response(
      'DescribeInstances',
      `<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><blockDeviceMapping>${devices
        .map((name) => `<item><deviceName>${name}</deviceName><ebs><volumeId>vol-0</volumeId></ebs></item>`)
        .join('')}</blockDeviceMapping></item></instancesSet></item></reservationSet>`,
    );
  const attach = (device?: string): Promise<void> => volumes.attach(region, 'vol-1', 'i-1', device);

  beforeEach(() => {
    answers.AttachVolume = () => response('AttachVolume', '<status>attaching</status>');
  });

  it('takes the device that is wished for', async () => {
    await attach('/dev/xvdh');
    expect(sent(cloud, 'AttachVolume')).toMatchObject({ VolumeId: 'vol-1', InstanceId: 'i-1', Device: '/dev/xvdh' });
    expect(actions(cloud)).toEqual(['AttachVolume']);
  });

  it.each([
    ['the first one recommended', [], undefined, '/dev/sdf'],
    ['the first free one, by whichever name the others are taken', ['/dev/sda1', '/dev/xvdf', '/dev/sdg'], undefined, '/dev/sdh'],
    ['a free one for a name of another system', ['/dev/sdf'], '/dev/vdb', '/dev/sdg'],
  ])('takes %s', async (_, taken, wish, wanted) => {
    answers.DescribeInstances = () => machine(...taken);
    await attach(wish);
    expect(sent(cloud, 'AttachVolume').Device).toBe(wanted);
  });

  it('to a machine that is full or unknown is refused', async () => {
    answers.DescribeVolumes = () => described(volume('available'));
    answers.DescribeInstances = () => machine(...Array.from('fghijklmnop', (letter) => `/dev/sd${letter}`));
    await expect(attach()).rejects.toMatchObject({ reason: 'quota' });
    answers.DescribeInstances = () => error('InvalidInstanceID.NotFound', 400);
    await expect(attach()).rejects.toMatchObject({ reason: 'not-found' });
  });

  it.each([
    ['VolumeInUse', 'vol-1 is already attached to an instance'],
    ['InvalidParameterValue', 'Invalid value "/dev/sdf" for unixDevice. Attachment point /dev/sdf is already in use'],
  ])('again is done (%s)', async (code, message) => {
    answers.AttachVolume = () => error(code, 400, message);
    answers.DescribeVolumes = () => described(volume('in-use', attachment('attaching')));
    await expect(attach('/dev/sdf')).resolves.toBeUndefined();
  });

  it.each([
    ['VolumeInUse', '', attachment('attached', 'i-2'), 'conflict'],
    ['VolumeInUse', '', attachment('detaching'), 'conflict'],
    ['InvalidParameterValue', 'Attachment point /dev/sdf is already in use', '', 'conflict'],
    ['InvalidVolume.ZoneMismatch', '', '', 'invalid-request'],
    ['AttachmentLimitExceeded', '', '', 'quota'],
    ['IncorrectState', '', '', 'conflict'],
  ])('refused with %s %s %s is %s', async (code, message, more, reason) => {
    answers.AttachVolume = () => error(code, 400, message);
    answers.DescribeVolumes = () => described(volume('available', more));
    await expect(attach('/dev/sdf')).rejects.toMatchObject({ reason, vendorCode: code });
  });
});

describe('detaching', () => {
  const detach = (): Promise<void> => volumes.detach(region, 'vol-1', 'i-1');

  it('names the volume and the machine', async () => {
    answers.DetachVolume = done('DetachVolume');
    await detach();
    expect(sent(cloud, 'DetachVolume')).toMatchObject({ VolumeId: 'vol-1', InstanceId: 'i-1' });
  });

  it.each([
    ['IncorrectState', volume('available')],
    ['IncorrectState', volume('in-use', attachment('detaching'))],
    ['InvalidAttachment.NotFound', volume('in-use', attachment('attached', 'i-2'))],
    ['InvalidVolume.NotFound', ''],
  ])('again is done (%s)', async (code, shown) => {
    answers.DetachVolume = () => error(code, 400);
    answers.DescribeVolumes = () => described(shown);
    await expect(detach()).resolves.toBeUndefined();
  });

  it('that is refused although the volume is attached is a failure', async () => {
    answers.DetachVolume = () => error('OperationNotPermitted', 400);
    answers.DescribeVolumes = () => described(volume('in-use', attachment('attached')));
    await expect(detach()).rejects.toMatchObject({ reason: 'forbidden' });
  });
});

describe('deleting a volume', () => {
  it('may be repeated', async () => {
    answers.DeleteVolume = done('DeleteVolume');
    await volumes.delete(region, 'vol-1');
    expect(sent(cloud, 'DeleteVolume').VolumeId).toBe('vol-1');
    answers.DeleteVolume = () => error('InvalidVolume.NotFound', 400);
    await expect(volumes.delete(region, 'vol-1')).resolves.toBeUndefined();
    answers.DeleteVolume = () => error('IncorrectState', 400);
    answers.DescribeVolumes = () => described(volume('deleting'));
    await expect(volumes.delete(region, 'vol-1')).resolves.toBeUndefined();
  });

  it('while it is attached is a conflict', async () => {
    answers.DeleteVolume = () => error('VolumeInUse', 400);
    answers.DescribeVolumes = () => described(volume('in-use', attachment('attached')));
    await expect(volumes.delete(region, 'vol-1')).rejects.toMatchObject({ reason: 'conflict', vendorCode: 'VolumeInUse' });
  });
});
