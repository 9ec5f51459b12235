import { rmSync } from 'node:fs';
import type { Xml } from './ec2-client.js';
import { Ec2Region, errorOf, itemsOf } from './ec2-region.js';
import { probe, runTestbed, type RunningTestbed, temporaryDirectory, until } from './harness.js';
import { faultOf, OpenStackRegion } from './openstack-region.js';

let testbed: RunningTestbed;
beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['aws', 'campus'] });
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

describe('EC2 images', () => {
  const zone = 'eu-west-3a';
  let ec2: Ec2Region;
  beforeAll(async () => {
    ec2 = new Ec2Region(await testbed.account('aws'), 'eu-west-3');
  });

  const own = async (parameters: Record<string, string> = {}): Promise<readonly Xml[]> =>
    itemsOf((await ec2.do('DescribeImages', { 'Owner.1': 'self', ...parameters })).imagesSet);
  const available = (id: string): Promise<readonly Xml[]> =>
    until(
      () => own({ 'ImageId.1': id }),
      ([image]) => image?.imageState === 'available',
    );

  it('are made of a running instance, run as others and are deregistered', async () => {
    const { instanceId = '', ipAddress = '' } = (await ec2.run(zone)) as unknown as Record<string, string>;
    const { imageId = '' } = await ec2.do('CreateImage', {
      InstanceId: instanceId,
      Name: 'shop 1',
      NoReboot: 'true',
      'TagSpecification.1.ResourceType': 'image',
      'TagSpecification.1.Tag.1.Key': 'agency',
      'TagSpecification.1.Tag.1.Value': 'i1',
    });
    expect(await probe(ipAddress)).toMatchObject({ instance: instanceId });
    const [image] = await available(imageId);
    expect(image).toMatchObject({ name: 'shop 1', isPublic: 'false', architecture: 'x86_64', sourceInstanceId: instanceId });
    for (const [name, value] of [
      ['name', 'shop 1'],
      ['tag:agency', 'i1'],
    ] as const) {
      const found = await own({ 'Filter.1.Name': name, 'Filter.1.Value.1': value });
      expect(found.map((one) => one.imageId)).toEqual([imageId]);
    }
    expect((await testbed.http.get<{ id: string }[]>('/control/images')).data).toMatchObject([
      { id: imageId, machine: instanceId },
    ]);
    expect(errorOf(await ec2.call('CreateImage', { InstanceId: instanceId, Name: 'shop 1' }))).toEqual([
      400,
      'InvalidAMIName.Duplicate',
    ]);

    const copy = await ec2.run(zone, { ImageId: imageId });
    expect(copy.imageId).toBe(imageId);
    expect(await probe(copy.ipAddress!)).toMatchObject({ instance: copy.instanceId });
    expect((await ec2.call('DeregisterImage', { ImageId: imageId })).status).toBe(200);
    expect(errorOf(await ec2.call('DescribeImages', { 'ImageId.1': imageId }))).toEqual([400, 'InvalidAMIID.NotFound']);
    expect(
      errorOf(await ec2.call('RunInstances', { ImageId: imageId, InstanceType: 't3.micro', MinCount: '1', MaxCount: '1' })),
    ).toEqual([400, 'InvalidAMIID.NotFound']);
  });

  it('are made of a stopped instance, and reboot one that runs unless that is declined', async () => {
    const { instanceId = '', ipAddress = '' } = (await ec2.run(zone)) as unknown as Record<string, string>;
    // Only a reboot brings it back.
    await testbed.http.post(`/control/instances/${instanceId}/die`);
    await ec2.do('CreateImage', { InstanceId: instanceId, Name: 'not rebooted', NoReboot: 'true' });
    expect(await probe(ipAddress)).toBe('refused');
    await ec2.do('CreateImage', { InstanceId: instanceId, Name: 'rebooted' });
    await until(
      () => probe(ipAddress),
      (answer) => answer !== 'refused',
    );
    await ec2.do('StopInstances', { 'InstanceId.1': instanceId });
    await ec2.inState(instanceId, 'stopped');
    const { imageId } = await ec2.do('CreateImage', { InstanceId: instanceId, Name: 'of a stopped one' });
    await available(imageId!);
    expect((await ec2.instance(instanceId)).instanceState?.name).toBe('stopped');
  });

  it('cannot be named anyhow, made of what has ended, or be another owner’s', async () => {
    const id = (await ec2.run(zone)).instanceId!;
    const make = async (Name: string) => errorOf(await ec2.call('CreateImage', { InstanceId: id, Name }));
    expect(await make('a')).toEqual([400, 'InvalidAMIName.Malformed']);
    expect(await make('')).toEqual([400, 'MissingParameter']);
    await testbed.fault({ cloud: 'aws', region: 'eu-west-3', fault: 'quota', times: 1 });
    expect(await make('one too many')).toEqual([400, 'ResourceLimitExceeded']);
    await ec2.do('TerminateInstances', { 'InstanceId.1': id });
    expect(await make('too late')).toEqual([400, 'IncorrectInstanceState']);
    expect(errorOf(await ec2.call('DeregisterImage', { ImageId: await ec2.image() }))).toEqual([403, 'AuthFailure']);
    expect(errorOf(await ec2.call('DeregisterImage', { ImageId: 'ami-0' }))).toEqual([400, 'InvalidAMIID.NotFound']);
  });
});

interface Image {
  readonly id: string;
  readonly status: string;
}

describe('OpenStack images', () => {
  const zone = 'eu-west-1';
  let cloud: OpenStackRegion;
  beforeAll(async () => {
    cloud = await OpenStackRegion.open(await testbed.account('campus'), 'eu-west');
  });

  const shown = async (id: string): Promise<Image> => (await cloud.glance.get<Image>(`/v2/images/${id}`)).data;
  const find = async (params: Record<string, string>): Promise<string[]> =>
    (await cloud.glance.get<{ images: Image[] }>('/v2/images', { params })).data.images.map(({ id }) => id);
  const active = (id: string): Promise<Image> =>
    until(
      () => shown(id),
      ({ status }) => status === 'active',
    );

  it('are made of a server, boot as others and are deleted', async () => {
    const server = await cloud.boot(zone);
    const { status, data } = await cloud.act(server.id, { createImage: { name: 'shop', metadata: { agency: 'i1' } } });
    expect(status).toBe(202);
    const id = data.image_id as string;
    expect(await active(id)).toMatchObject({
      name: 'shop',
      visibility: 'private',
      agency: 'i1',
      architecture: 'x86_64',
      image_type: 'snapshot',
      instance_uuid: server.id,
    });
    const { owner } = (await shown(id)) as unknown as Record<string, string>;
    expect(await find({ name: 'shop' })).toEqual([id]);
    expect(await find({ visibility: 'private' })).toEqual([id]);
    expect(await find({ owner: owner! })).toEqual([id]);
    expect(await find({ agency: 'i1' })).toEqual([id]);
    const copy = await cloud.boot(zone, { imageRef: id });
    expect(await probe(copy.addresses.private![0]!.addr)).toMatchObject({ instance: copy.id });
    expect((await cloud.glance.delete(`/v2/images/${id}`)).status).toBe(204);
    expect((await cloud.glance.delete(`/v2/images/${id}`)).status).toBe(404);
  });

  it('are told of in the Location before microversion 2.45', async () => {
    const old = await OpenStackRegion.open(await testbed.account('campus'), 'eu-west', '2.44');
    const { id } = await old.boot(zone);
    await old.act(id, { 'os-stop': null });
    await old.inStatus(id, 'SHUTOFF');
    const { status, headers, data } = await old.act(id, { createImage: { name: 'old' } });
    expect([status, data]).toEqual([202, '']);
    const [image] = await find({ name: 'old' });
    expect(headers.location).toBe(`${cloud.glance.defaults.baseURL!}/v2/images/${image!}`);
  });

  it('are not made of nothing, of what builds, or taken from everybody', async () => {
    const { id } = await cloud.boot(zone);
    expect(faultOf(await cloud.act(id, { createImage: {} }))).toEqual([400, 'badRequest']);
    await cloud.act(id, { resize: { flavorRef: await cloud.flavor('m1.large') } });
    await cloud.inStatus(id, 'VERIFY_RESIZE');
    expect(faultOf(await cloud.act(id, { createImage: { name: 'x' } }))).toEqual([409, 'conflictingRequest']);
    expect((await cloud.glance.delete(`/v2/images/${await cloud.image()}`)).status).toBe(403);
  });
});

it('images survive a restart, and what was being saved goes on', async () => {
  const directory = temporaryDirectory();
  let running = await runTestbed({ directory, clouds: ['campus'] });
  const open = async () => OpenStackRegion.open(await running.account('campus'), 'eu-west');
  const before = await open();
  const server = await before.boot('eu-west-1');
  const id = (await before.act(server.id, { createImage: { name: 'kept' } })).data.image_id as string;
  await running.stop();
  running = await runTestbed({ directory, clouds: ['campus'] });
  try {
    const { glance } = await open();
    await until(
      async () => (await glance.get<Image>(`/v2/images/${id}`)).data,
      ({ status }) => status === 'active',
    );
  } finally {
    await running.stop();
    rmSync(directory, { recursive: true });
  }
});
