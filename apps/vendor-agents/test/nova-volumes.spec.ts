import type { VolumeDriver } from '../src/vendor/port.js';
import { fault, json, notFound, RecordedOpenStack } from './recorded-openstack.js';
import { partsOf } from './recorded-cloud.js';

let cloud: RecordedOpenStack;
let volumes: VolumeDriver;

beforeEach(async () => {
  cloud = await RecordedOpenStack.open();
  volumes = partsOf(cloud.driver).volumes;
});
afterEach(() => cloud.close());

const region = 'RegionOne';
const base = '/volume/v3/p-9/volumes';
const attachments = '/compute/v2.1/servers/s-1/os-volume_attachments';
const volume = (more: object = {}) => ({
  id: 'v-1',
  status: 'available',
  availability_zone: 'nova',
  attachments: [],
  metadata: {},
  ...more,
});
const attached = { status: 'in-use', attachments: [{ server_id: 's-1', device: '/dev/vdb', attachment_id: 'a-1' }] };

describe('the service', () => {
  it.each([
    ['volumev3', '/volume/v3/p-9', '/volume/v3/p-9/volumes/v-1'],
    ['block-storage', '/volume/v3', '/volume/v3/volumes/v-1'],
    ['block-storage', '/volume', '/volume/v3/p-9/volumes/v-1'],
    ['volume', '/cinder/v3/p-9', '/cinder/v3/p-9/volumes/v-1'],
  ])('is found under %s at %s', async (type, url, path) => {
    cloud.catalog = { compute: '/compute/v2.1', [type]: url };
    cloud.answers[`GET ${path}`] = () => json({ volume: volume() });
    await expect(volumes.get(region, 'v-1')).resolves.toMatchObject({ vendorId: 'v-1' });
  });

  it('is the newest of those that a catalog names', async () => {
    cloud.catalog = { volume: '/volume/v1/p-9', compute: '/compute/v2.1', volumev3: '/volume/v3/p-9' };
    cloud.answers[`GET ${base}/v-1`] = () => json({ volume: volume() });
    await expect(volumes.get(region, 'v-1')).resolves.toMatchObject({ vendorId: 'v-1' });
  });

  it('may be missing, which is told whatever is asked', async () => {
    cloud.catalog = { compute: '/compute/v2.1' };
    const order = { name: 'data', region, zone: 'nova', size: 10, tags: {} };
    const asked = [
      () => volumes.create(order, 't-1'),
      () => volumes.find(region, 't-1'),
      () => volumes.get(region, 'v-1'),
      () => volumes.attach(region, 'v-1', 's-1', undefined),
      () => volumes.detach(region, 'v-1', 's-1'),
      () => volumes.delete(region, 'v-1'),
    ];
    for (const ask of asked)
      await expect(ask()).rejects.toMatchObject({
        reason: 'invalid-request',
        message: 'this cloud has no volumes: its service catalog has no volumev3, block-storage, volume in RegionOne',
      });
  });
});

describe('a volume', () => {
  const order = { name: 'data', region, zone: 'az1', size: 10, tags: { 'agency.installation': 'here' } };

  it('is asked for once, with its token among its metadata', async () => {
    cloud.answers[`POST ${base}`] = () => json({ volume: volume({ status: 'creating', availability_zone: 'az1' }) }, 202);
    await expect(volumes.create(order, 't-1')).resolves.toEqual({
      vendorId: 'v-1',
      state: 'building',
      zone: 'az1',
      machine: null,
      device: null,
    });
    expect(cloud.sent('POST', base)).toEqual({
      volume: {
        name: 'data',
        size: 10,
        availability_zone: 'az1',
        metadata: { 'agency.installation': 'here', 'agency.volume': 't-1' },
      },
    });
  });

  it('goes where the cloud puts it when volumes have zones of their own', async () => {
    cloud.answers[`POST ${base}`] = (seen) =>
      seen.body.includes('availability_zone')
        ? fault('badRequest', 400, "Invalid input received: Availability zone 'az1' is invalid.")
        : json({ volume: volume({ status: 'creating' }) }, 202);
    await expect(volumes.create(order, 't-1')).resolves.toMatchObject({ vendorId: 'v-1', zone: 'nova' });
    expect(cloud.asked('POST', base)).toHaveLength(2);
  });

  it.each([
    ['overLimit', 413, "VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded for quota 'volumes'.", 'quota'],
    ['overLimit', 413, 'Requested volume or snapshot exceeds allowed gigabytes quota.', 'quota'],
    ['overLimit', 413, 'This request was rate-limited.', 'rate-limited'],
    ['badRequest', 400, 'Invalid input for field/attribute size. Value: 0.', 'invalid-request'],
    ['computeFault', 500, 'The server has either erred or is incapable of performing the requested operation.', 'unavailable'],
  ])('refused with %s %i (%s) is %s, and not asked for again', async (name, status, message, reason) => {
    cloud.answers[`POST ${base}`] = () => fault(name, status, message);
    await expect(volumes.create(order, 't-1')).rejects.toMatchObject({ reason, vendorCode: name });
    expect(cloud.asked('POST', base)).toHaveLength(1);
  });

  it('without an id in the answer is a failure', async () => {
    cloud.answers[`POST ${base}`] = () => json({ volume: {} }, 202);
    await expect(volumes.create(order, 't-1')).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
  });

  it('is found by its token, on a later page too, and by nothing like it', async () => {
    cloud.answers[`GET ${base}/detail`] = (seen) =>
      seen.url.includes('marker')
        ? json({ volumes: [volume({ metadata: { 'agency.volume': 't-1' } })] })
        : json({
            volumes: [volume({ id: 'v-0', metadata: { 'agency.volume': 't-10' } })],
            volumes_links: [{ rel: 'next', href: `http://cinder.internal:8776${base}/detail?marker=v-0` }],
          });
    await expect(volumes.find(region, 't-1')).resolves.toMatchObject({ vendorId: 'v-1' });
    await expect(volumes.find(region, 't-2')).resolves.toBeUndefined();
    const [first] = cloud.asked('GET', `${base}/detail`);
    expect(new URL(first?.url ?? '', 'http://x').searchParams.get('metadata')).toBe('{"agency.volume":"t-1"}');
  });

  it('is not taken to be none when something else comes', async () => {
    cloud.answers[`GET ${base}/detail`] = () => json({});
    await expect(volumes.find(region, 't-1')).rejects.toMatchObject({ reason: 'unknown' });
  });

  it.each([
    [{ status: 'creating' }, { state: 'building' }],
    [{ status: 'downloading' }, { state: 'building' }],
    [
      { status: 'available', attachments: undefined },
      { state: 'available', machine: null },
    ],
    [{ status: 'attaching' }, { state: 'building', machine: null }],
    [{ status: 'reserved' }, { state: 'building' }],
    [attached, { state: 'attached', machine: 's-1', device: '/dev/vdb' }],
    [
      { ...attached, status: 'detaching' },
      { state: 'attached', machine: 's-1' },
    ],
    [{ status: 'in-use' }, { state: 'attached', machine: null, device: null }],
    [{ status: 'deleting' }, { state: 'building' }],
    [{ status: 'error' }, { state: 'error' }],
    [{ status: 'error_deleting' }, { state: 'error' }],
    [{ status: 'dreaming' }, { state: 'building' }],
    [
      { status: undefined, availability_zone: undefined },
      { state: 'building', zone: null },
    ],
  ])('that is %j reads %j', async (more, wanted) => {
    cloud.answers[`GET ${base}/v-1`] = () => json({ volume: volume(more) });
    await expect(volumes.get(region, 'v-1')).resolves.toMatchObject(wanted);
  });

  it('that the cloud does not know is undefined; a document without one is not', async () => {
    await expect(volumes.get(region, 'v-1')).resolves.toBeUndefined();
    cloud.answers[`GET ${base}/v-1`] = () => json({});
    await expect(volumes.get(region, 'v-1')).rejects.toMatchObject({ reason: 'unknown' });
  });
});

describe('attaching', () => {
  it.each([
    ['/dev/vdc', { volumeId: 'v-1', device: '/dev/vdc' }],
    [undefined, { volumeId: 'v-1' }],
  ])('to %s is asked of Nova', async (device, body) => {
    cloud.answers[`POST ${attachments}`] = () => json({ volumeAttachment: { id: 'v-1', device: '/dev/vdb' } });
    await volumes.attach(region, 'v-1', 's-1', device);
    expect(cloud.sent('POST', attachments)).toEqual({ volumeAttachment: body });
  });

  const inUse = (): ReturnType<typeof fault> =>
    fault(
      'badRequest',
      400,
      'Invalid input received: Invalid volume: Volume v-1 status must be available or downloading to reserve, but the current status is in-use.',
    );

  it('again is done', async () => {
    cloud.answers[`POST ${attachments}`] = inUse;
    cloud.answers[`GET ${attachments}`] = () => json({ volumeAttachments: [{ volumeId: 'v-1', serverId: 's-1' }] });
    await expect(volumes.attach(region, 'v-1', 's-1', undefined)).resolves.toBeUndefined();
  });

  it('what another machine has is a conflict; an unknown machine is not found', async () => {
    cloud.answers[`POST ${attachments}`] = inUse;
    cloud.answers[`GET ${attachments}`] = () => json({ volumeAttachments: [] });
    await expect(volumes.attach(region, 'v-1', 's-1', undefined)).rejects.toMatchObject({ reason: 'conflict' });
    cloud.answers[`POST ${attachments}`] = notFound;
    await expect(volumes.attach(region, 'v-1', 's-1', undefined)).rejects.toMatchObject({ reason: 'not-found' });
  });
});

describe('detaching', () => {
  const detach = (): Promise<void> => volumes.detach(region, 'v-1', 's-1');

  it('is asked of Nova, and may be repeated', async () => {
    cloud.answers[`DELETE ${attachments}/v-1`] = () => ({ status: 202 });
    await detach();
    expect(cloud.asked('DELETE', `${attachments}/v-1`)).toHaveLength(1);
    cloud.answers[`DELETE ${attachments}/v-1`] = notFound;
    await expect(detach()).resolves.toBeUndefined();
  });

  it.each([
    ['detaching', [{ volumeId: 'v-1' }]],
    ['available', []],
  ])('a volume that is %s already is done', async (status, found) => {
    cloud.answers[`DELETE ${attachments}/v-1`] = () => fault('badRequest', 400, 'Volume status must be in-use to detach');
    cloud.answers[`GET ${attachments}`] = () => json({ volumeAttachments: found });
    cloud.answers[`GET ${base}/v-1`] = () => json({ volume: volume({ status }) });
    await expect(detach()).resolves.toBeUndefined();
  });

  it('that is refused although the volume is attached is a failure', async () => {
    cloud.answers[`DELETE ${attachments}/v-1`] = () => fault('conflictingRequest', 409, 'Instance s-1 is locked');
    cloud.answers[`GET ${attachments}`] = () => json({ volumeAttachments: [{ volumeId: 'v-1' }] });
    cloud.answers[`GET ${base}/v-1`] = () => json({ volume: volume(attached) });
    await expect(detach()).rejects.toMatchObject({ reason: 'conflict' });
  });
});

describe('deleting a volume', () => {
  const refused = (): ReturnType<typeof fault> =>
    fault(
      'badRequest',
      400,
      'Invalid volume: Volume status must be available or error or error_restoring and must not be migrating, attached, belong to a group.',
    );

  it('may be repeated, while it goes and after', async () => {
    cloud.answers[`DELETE ${base}/v-1`] = () => ({ status: 202 });
    await volumes.delete(region, 'v-1');
    cloud.answers[`DELETE ${base}/v-1`] = refused;
    cloud.answers[`GET ${base}/v-1`] = () => json({ volume: volume({ status: 'deleting' }) });
    await expect(volumes.delete(region, 'v-1')).resolves.toBeUndefined();
    cloud.answers[`DELETE ${base}/v-1`] = notFound;
    await expect(volumes.delete(region, 'v-1')).resolves.toBeUndefined();
  });

  it('while it is attached is a conflict', async () => {
    cloud.answers[`DELETE ${base}/v-1`] = refused;
    cloud.answers[`GET ${base}/v-1`] = () => json({ volume: volume(attached) });
    await expect(volumes.delete(region, 'v-1')).rejects.toMatchObject({ reason: 'conflict', vendorCode: 'badRequest' });
  });
});
