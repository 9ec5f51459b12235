import type { AxiosResponse } from 'axios';
import { rmSync } from 'node:fs';
import type { Xml } from './ec2-client.js';
import { Ec2Region, errorOf, itemsOf } from './ec2-region.js';
import { runTestbed, type RunningTestbed, temporaryDirectory, until } from './harness.js';
import { faultOf, OpenStackRegion } from './openstack-region.js';

interface Volume {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly availability_zone: string;
  readonly attachments: readonly Readonly<Record<string, string>>[];
}

interface Seen {
  readonly id: string;
  readonly state: string;
  readonly machine: string | null;
}

let testbed: RunningTestbed;
beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['aws', 'campus'] });
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const seen = async (id: string): Promise<Seen | undefined> =>
  (await testbed.http.get<Seen[]>('/control/volumes')).data.find((volume) => volume.id === id);

describe('EC2 volumes', () => {
  const zone = 'eu-west-3a';
  let ec2: Ec2Region;
  beforeAll(async () => {
    ec2 = new Ec2Region(await testbed.account('aws'), 'eu-west-3');
  });

  const order = (changes: Record<string, string> = {}): Record<string, string> => ({
    AvailabilityZone: zone,
    Size: '8',
    VolumeType: 'gp3',
    ...changes,
  });

  async function shown(id: string): Promise<Xml> {
    return itemsOf((await ec2.do('DescribeVolumes', { 'VolumeId.1': id })).volumeSet)[0]!;
  }

  const inStatus = (id: string, status: string, attachment?: string): Promise<Xml> =>
    until(
      () => shown(id),
      (volume) => volume.status === status && itemsOf(volume.attachmentSet)[0]?.status === attachment,
    );

  async function made(changes: Record<string, string> = {}): Promise<string> {
    const { volumeId } = await ec2.do('CreateVolume', order(changes));
    await inStatus(volumeId!, 'available');
    return volumeId!;
  }

  it('are made, attached, detached and deleted', async () => {
    const machine = await ec2.run(zone);
    const instance = machine.instanceId!;
    const created = await ec2.do(
      'CreateVolume',
      order({
        'TagSpecification.1.ResourceType': 'volume',
        'TagSpecification.1.Tag.1.Key': 'agency',
        'TagSpecification.1.Tag.1.Value': 'v1',
      }),
    );
    expect(created).toMatchObject({ status: 'creating', size: '8', availabilityZone: zone, volumeType: 'gp3' });
    const id = created.volumeId!;
    expect(id).toMatch(/^vol-[0-9a-f]{17}$/);
    await inStatus(id, 'available');

    const attached = await ec2.do('AttachVolume', { VolumeId: id, InstanceId: instance, Device: '/dev/sdf' });
    expect(attached).toMatchObject({ volumeId: id, instanceId: instance, device: '/dev/sdf', status: 'attaching' });
    await inStatus(id, 'in-use', 'attached');
    expect(await seen(id)).toMatchObject({
      cloud: 'aws',
      region: 'eu-west-3',
      zone,
      state: 'in-use',
      size: 8,
      machine: instance,
    });
    for (const [name, value] of [
      ['attachment.instance-id', instance],
      ['tag:agency', 'v1'],
    ] as const) {
      const { volumeSet } = await ec2.do('DescribeVolumes', { 'Filter.1.Name': name, 'Filter.1.Value.1': value });
      expect(itemsOf(volumeSet).map(({ volumeId }) => volumeId)).toEqual([id]);
    }
    const [device] = itemsOf((await ec2.instance(instance)).blockDeviceMapping);
    expect(device).toMatchObject({ deviceName: '/dev/sdf', ebs: { volumeId: id, status: 'attached' } });

    expect(errorOf(await ec2.call('DeleteVolume', { VolumeId: id }))).toEqual([400, 'VolumeInUse']);
    expect(await ec2.do('DetachVolume', { VolumeId: id })).toMatchObject({ status: 'detaching' });
    await inStatus(id, 'available');
    expect(errorOf(await ec2.call('DetachVolume', { VolumeId: id }))).toEqual([400, 'IncorrectState']);
    await ec2.do('DeleteVolume', { VolumeId: id });
    await until(
      () => ec2.call('DescribeVolumes', { 'VolumeId.1': id }),
      (answer) => errorOf(answer)[1] === 'InvalidVolume.NotFound',
    );
  });

  it('are made once for a client token', async () => {
    const first = await ec2.do('CreateVolume', order({ ClientToken: 'volume-1' }));
    expect((await ec2.do('CreateVolume', order({ ClientToken: 'volume-1' }))).volumeId).toBe(first.volumeId);
    expect(errorOf(await ec2.call('CreateVolume', order({ ClientToken: 'volume-1', Size: '9' })))).toEqual([
      400,
      'IdempotentParameterMismatch',
    ]);
  });

  it('come in pages, and take tags later', async () => {
    const ids = [];
    for (let count = 0; count < 7; count += 1) ids.push((await ec2.do('CreateVolume', order())).volumeId!);
    const tags = Object.fromEntries(ids.map((id, index) => [`ResourceId.${index + 1}`, id]));
    await ec2.do('CreateTags', { ...tags, 'Tag.1.Key': 'batch', 'Tag.1.Value': 'seven' });
    const found: string[] = [];
    let next: string | undefined;
    do {
      const page = await ec2.do('DescribeVolumes', {
        'Filter.1.Name': 'tag:batch',
        'Filter.1.Value.1': 'seven',
        MaxResults: '5',
        ...(next === undefined ? {} : { NextToken: next }),
      });
      found.push(...itemsOf(page.volumeSet).map(({ volumeId }) => volumeId!));
      next = page.nextToken;
    } while (next !== undefined);
    expect(found.sort()).toEqual(ids.sort());
  });

  it('stay when their instance is terminated', async () => {
    const instance = (await ec2.run(zone)).instanceId!;
    const id = await made();
    await ec2.do('AttachVolume', { VolumeId: id, InstanceId: instance, Device: '/dev/sdf' });
    await ec2.do('TerminateInstances', { 'InstanceId.1': instance });
    await ec2.inState(instance, 'terminated');
    expect(await shown(id)).toMatchObject({ status: 'available', attachmentSet: '' });
  });

  it('are attached in their own zone, to one stopped or running instance, at a device that is free', async () => {
    const instance = (await ec2.run(zone)).instanceId!;
    const elsewhere = (await ec2.run('eu-west-3b')).instanceId!;
    const [one, other] = [await made(), await made()];
    const attach = (VolumeId: string, InstanceId: string, Device = '/dev/sdf') =>
      ec2.call('AttachVolume', { VolumeId, InstanceId, Device });
    expect(errorOf(await attach(one, elsewhere))).toEqual([400, 'InvalidVolume.ZoneMismatch']);
    await ec2.do('TerminateInstances', { 'InstanceId.1': elsewhere });
    expect(errorOf(await attach(one, elsewhere))).toEqual([400, 'IncorrectState']);
    await ec2.do('StopInstances', { 'InstanceId.1': instance });
    await ec2.inState(instance, 'stopped');
    expect((await attach(one, instance)).status).toBe(200);
    expect(errorOf(await attach(one, instance, '/dev/sdg'))).toEqual([400, 'VolumeInUse']);
    expect(errorOf(await attach(other, instance))).toEqual([400, 'InvalidParameterValue']);
    expect(errorOf(await attach(other, instance, 'disk'))).toEqual([400, 'InvalidParameterValue']);
    expect(errorOf(await attach(other, instance, ''))).toEqual([400, 'MissingParameter']);
    expect(errorOf(await attach('vol-0123456789abcdef0', instance))).toEqual([400, 'InvalidVolume.NotFound']);
    expect(errorOf(await attach(other, 'i-0123456789abcdef0'))).toEqual([400, 'InvalidInstanceID.NotFound']);
    expect(errorOf(await ec2.call('DetachVolume', { VolumeId: one, InstanceId: elsewhere }))).toEqual([
      400,
      'InvalidAttachment.NotFound',
    ]);
  });

  it.each([
    [{ Size: '0' }, 'InvalidParameterValue'],
    [{ Size: '16385' }, 'InvalidParameterValue'],
    [{ Size: 'big' }, 'InvalidParameterValue'],
    [{ Size: '' }, 'MissingParameter'],
    [{ AvailabilityZone: '' }, 'MissingParameter'],
    [{ AvailabilityZone: 'eu-west-3z' }, 'InvalidZone.NotFound'],
    [{ VolumeType: 'tape' }, 'UnknownVolumeType'],
  ])('are not made of %j', async (changes, code) => {
    expect(errorOf(await ec2.call('CreateVolume', order(changes as Record<string, string>)))).toEqual([400, code]);
  });

  it.each([
    [{ fault: 'quota' }, 400, 'VolumeLimitExceeded'],
    [{ fault: 'no-capacity', zone }, 500, 'InsufficientVolumeCapacity'],
    [{ fault: 'rate-limit' }, 503, 'RequestLimitExceeded'],
    [{ fault: 'region-down' }, 503, 'Unavailable'],
  ])('are refused by %j', async (fault, status, code) => {
    await testbed.fault({ cloud: 'aws', region: 'eu-west-3', ...fault });
    expect(errorOf(await ec2.call('CreateVolume', order()))).toEqual([status, code]);
  });
});

describe('OpenStack volumes', () => {
  const zone = 'eu-west-1';
  let cloud: OpenStackRegion;
  beforeAll(async () => {
    cloud = await OpenStackRegion.open(await testbed.account('campus'), 'eu-west');
  });

  const create = (changes: Record<string, unknown> = {}): Promise<AxiosResponse<{ volume: Volume }>> =>
    cloud.cinder.post('/volumes', { volume: { size: 20, name: 'data', availability_zone: zone, ...changes } });
  const shown = async (id: string): Promise<Volume> => (await cloud.cinder.get<{ volume: Volume }>(`/volumes/${id}`)).data.volume;
  const inStatus = (id: string, status: string): Promise<Volume> =>
    until(
      () => shown(id),
      (volume) => volume.status === status,
    );

  async function made(changes: Record<string, unknown> = {}): Promise<string> {
    const { id } = (await create(changes)).data.volume;
    await inStatus(id, 'available');
    return id;
  }

  const attach = (server: string, volumeId: string, device?: string) =>
    cloud.nova.post<{ volumeAttachment: { device: string } }>(`/servers/${server}/os-volume_attachments`, {
      volumeAttachment: { volumeId, ...(device === undefined ? {} : { device }) },
    });

  it('are made, attached, detached and deleted', async () => {
    const server = (await cloud.boot(zone)).id;
    const created = await create({ metadata: { agency: 'v1' } });
    expect([created.status, created.data.volume]).toMatchObject([
      202,
      { status: 'creating', size: 20, availability_zone: zone, metadata: { agency: 'v1' }, attachments: [] },
    ]);
    const { id } = created.data.volume;
    await inStatus(id, 'available');

    const attached = await attach(server, id);
    expect([attached.status, attached.data.volumeAttachment]).toMatchObject([
      200,
      { id, volumeId: id, serverId: server, device: '/dev/vdb' },
    ]);
    const { attachments } = await inStatus(id, 'in-use');
    expect(attachments).toMatchObject([{ server_id: server, volume_id: id, device: '/dev/vdb' }]);
    expect(await seen(id)).toMatchObject({ cloud: 'campus', size: 20, machine: server, device: '/dev/vdb' });
    expect((await cloud.server(server))['os-extended-volumes:volumes_attached']).toMatchObject([{ id }]);
    const path = `/servers/${server}/os-volume_attachments`;
    expect((await cloud.nova.get(path)).data).toMatchObject({ volumeAttachments: [{ volumeId: id }] });
    expect((await cloud.nova.get(`${path}/${id}`)).data).toMatchObject({ volumeAttachment: { device: '/dev/vdb' } });

    expect(faultOf(await cloud.cinder.delete(`/volumes/${id}`))).toEqual([400, 'badRequest']);
    expect((await cloud.nova.delete(`${path}/${id}`)).status).toBe(202);
    expect(await inStatus(id, 'available')).toMatchObject({ attachments: [] });
    expect(faultOf(await cloud.nova.delete(`${path}/${id}`))).toEqual([404, 'itemNotFound']);
    expect((await cloud.cinder.delete(`/volumes/${id}`)).status).toBe(202);
    await until(
      () => cloud.cinder.get(`/volumes/${id}`),
      ({ status }) => status === 404,
    );
  });

  it('are found by name and metadata, page by page', async () => {
    for (const n of [1, 2, 3]) await create({ name: 'paged', metadata: { n: String(n), set: 'p' } });
    const find = async (params: Record<string, string>): Promise<number> =>
      (await cloud.cinder.get<{ volumes: Volume[] }>('/volumes/detail', { params })).data.volumes.length;
    expect(await find({ name: 'paged' })).toBe(3);
    expect(await find({ metadata: "{'n': '2', 'set': 'p'}" })).toBe(1);
    expect(await find({ metadata: '{"set":"p"}' })).toBe(3);
    const ids: string[] = [];
    for (let url: string | undefined = '/volumes/detail?name=paged&limit=2'; url !== undefined;) {
      const { data }: { data: { volumes: Volume[]; volumes_links?: { href: string }[] } } = await cloud.cinder.get(url);
      ids.push(...data.volumes.map(({ id }) => id));
      url = data.volumes_links?.[0]?.href;
    }
    expect(new Set(ids).size).toBe(3);
  });

  it('stay when their server is deleted', async () => {
    const server = (await cloud.boot(zone)).id;
    const id = await made();
    await attach(server, id);
    await cloud.nova.delete(`/servers/${server}`);
    await inStatus(id, 'available');
  });

  it('are attached in their own zone, to one server, at a device that is free', async () => {
    const server = (await cloud.boot(zone)).id;
    const elsewhere = (await cloud.boot('eu-west-2')).id;
    const [one, other] = [await made(), await made()];
    expect(faultOf(await attach(elsewhere, one))).toEqual([400, 'badRequest']);
    expect((await attach(server, one, '/dev/vdc')).data.volumeAttachment.device).toBe('/dev/vdc');
    expect(faultOf(await attach(server, one))).toEqual([400, 'badRequest']);
    expect(faultOf(await attach(server, other, '/dev/vdc'))).toEqual([409, 'conflictingRequest']);
    expect(faultOf(await attach(server, other, 'disk'))).toEqual([400, 'badRequest']);
    expect(faultOf(await attach(server, 'none'))).toEqual([404, 'itemNotFound']);
    expect((await attach(server, other)).data.volumeAttachment.device).toBe('/dev/vdb');
    await cloud.act(server, { 'os-stop': null });
    await cloud.inStatus(server, 'SHUTOFF');
    expect((await attach(server, await made())).data.volumeAttachment.device).toBe('/dev/vdd');
  });

  it.each([
    [{ size: 9 }, 400, 'badRequest'],
    [{ size: 10_241 }, 400, 'badRequest'],
    [{ size: 'big' }, 400, 'badRequest'],
    [{ availability_zone: 'moon' }, 400, 'badRequest'],
    [{ volume_type: 'tape' }, 404, 'itemNotFound'],
  ])('are not made of %j', async (changes, status, name) => {
    expect(faultOf(await create(changes))).toEqual([status, name]);
  });

  it('without room end in error, and can be deleted', async () => {
    await testbed.fault({ cloud: 'campus', region: 'eu-west', zone, fault: 'no-capacity' });
    const { id, status } = (await create()).data.volume;
    expect(status).toBe('creating');
    await inStatus(id, 'error');
    expect((await cloud.cinder.delete(`/volumes/${id}`)).status).toBe(202);
  });

  it.each([
    ['quota', 413, 'overLimit'],
    ['rate-limit', 429, 'overLimit'],
    ['server-error', 500, 'computeFault'],
  ])('are refused by %s', async (fault, status, name) => {
    await testbed.fault({ cloud: 'campus', region: 'eu-west', fault });
    expect(faultOf(await create())).toEqual([status, name]);
  });
});

it('volumes survive a restart, and what was under way goes on', async () => {
  const directory = temporaryDirectory();
  let running = await runTestbed({ directory, clouds: ['campus'] });
  const open = async (): Promise<OpenStackRegion> => OpenStackRegion.open(await running.account('campus'), 'eu-west');
  const before = await open();
  const server = await before.boot('eu-west-1');
  const { data } = await before.cinder.post<{ volume: Volume }>('/volumes', {
    volume: { size: 20, availability_zone: 'eu-west-1' },
  });
  await running.stop();
  running = await runTestbed({ directory, clouds: ['campus'] });
  try {
    const { cinder, nova } = await open();
    const volume = async () => (await cinder.get<{ volume: Volume }>(`/volumes/${data.volume.id}`)).data.volume;
    await until(volume, ({ status }) => status === 'available');
    await nova.post(`/servers/${server.id}/os-volume_attachments`, { volumeAttachment: { volumeId: data.volume.id } });
    await until(volume, ({ status }) => status === 'in-use');
  } finally {
    await running.stop();
    rmSync(directory, { recursive: true });
  }
});
