import { inWords } from '../../../cloud/refusal.js';
import type { Volume } from '../../../cloud/volumes.js';
import { newId } from '../dialect.js';
import { Ec2Error, invalidValue } from '../ec2-error.js';
import { type FilterFields, filtered, paged } from '../selecting.js';
import type { Ec2Action, Ec2Call } from './action.js';
import { earlierBy } from './client-token.js';
import { attachmentStatusOf, volumeCalled, volumeNamed, volumeStatusOf, volumeView } from './volume-view.js';

const types = ['standard', 'io1', 'io2', 'gp2', 'gp3', 'sc1', 'st1'];

const volumeFilters: FilterFields<Volume> = {
  'volume-id': ({ id }) => id,
  status: volumeStatusOf,
  size: ({ gib }) => String(gib),
  'volume-type': ({ type }) => type,
  'availability-zone': ({ zone }) => zone,
  'attachment.instance-id': ({ attachment }) => attachment?.instance,
  'attachment.device': ({ attachment }) => attachment?.device,
  'attachment.status': attachmentStatusOf,
};

export const describeVolumes: Ec2Action = (call) => {
  const { testbed, cloud, region, query } = call;
  const ids = query.list('VolumeId');
  const candidates =
    ids.length > 0 ? ids.map((id) => volumeCalled(call, id)) : testbed.volumes.in({ cloud: cloud.name, region: region.region });
  const asked = filtered(candidates, query, volumeFilters, ({ labels }) => labels);
  const { items, nextToken } = paged(asked, call, { least: 5, most: 1000, fallback: 1000 });
  return { volumeSet: items.map(volumeView), nextToken };
};

/** The same ClientToken answers with the same volume (EC2 guide, Ensuring idempotency). */
export const createVolume: Ec2Action = (call) => {
  const { testbed, cloud, region, query } = call;
  const place = { cloud: cloud.name, region: region.region };
  const earlier = earlierBy(query, testbed.volumes.in(place));
  if (earlier) return volumeView(earlier);
  const labels = query.tagsFor('volume');
  const order = {
    ...place,
    id: newId(call, 'vol'),
    zone: zoneOf(call),
    gib: sizeOf(call),
    type: typeOf(call),
    name: labels.Name ?? '',
    labels,
    request: { token: query.get('ClientToken') ?? null, digest: query.digest() },
  };
  return volumeView(inWords(creationWords, () => testbed.volumes.create(order)));
};

export const deleteVolume: Ec2Action = (call) => {
  const volume = volumeNamed(call);
  if (volume.state === 'deleting') return { return: true };
  const words = {
    'in-use': () =>
      new Ec2Error('VolumeInUse', `Volume ${volume.id} is currently attached to ${volume.attachment?.instance ?? ''}`),
    'wrong-state': () => new Ec2Error('IncorrectState', `The volume '${volume.id}' is '${volumeStatusOf(volume)}'.`),
  };
  inWords(words, () => call.testbed.volumes.delete(volume));
  return { return: true };
};

const creationWords = {
  quota: (message: string) => new Ec2Error('VolumeLimitExceeded', `You have exceeded your maximum number of volumes. ${message}`),
  'no-capacity': (message: string) =>
    new Ec2Error('InsufficientVolumeCapacity', `There is not enough capacity to fulfill your request. ${message}`, 500),
};

function zoneOf({ region, query }: Ec2Call): string {
  const zone = query.require('AvailabilityZone');
  if (region.zones.includes(zone)) return zone;
  throw new Ec2Error('InvalidZone.NotFound', `The zone '${zone}' does not exist.`);
}

function sizeOf({ cloud, query }: Ec2Call): number {
  const snapshot = query.get('SnapshotId');
  if (snapshot) throw new Ec2Error('InvalidSnapshot.NotFound', `The snapshot '${snapshot}' does not exist.`);
  if (!query.get('Size')) throw new Ec2Error('MissingParameter', 'The request must contain the parameter size/snapshot');
  const { least, most } = cloud.volumeSizes;
  const size = query.integer('Size', { least: 0, most: Number.MAX_SAFE_INTEGER, fallback: 0 });
  if (size < least) throw invalidValue(`Volume of ${size}GiB is too small; minimum is ${least}GiB.`);
  if (size > most) throw invalidValue(`Volume of ${size}GiB is too large; maximum is ${most}GiB.`);
  return size;
}

function typeOf({ query }: Ec2Call): string {
  const type = query.get('VolumeType') ?? 'gp2';
  if (types.includes(type)) return type;
  throw new Ec2Error('UnknownVolumeType', `Unsupported volume type '${type}' for volume creation.`);
}
