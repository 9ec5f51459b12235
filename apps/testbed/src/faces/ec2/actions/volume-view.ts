import type { Volume, VolumeState } from '../../../cloud/volumes.js';
import { notThere } from '../ec2-error.js';
import type { XmlFields } from '../xml.js';
import type { Ec2Call } from './action.js';

/** To EC2 a volume that comes or goes is in use; its attachment tells which. */
const statuses: Readonly<Record<VolumeState, string>> = {
  creating: 'creating',
  available: 'available',
  attaching: 'in-use',
  'in-use': 'in-use',
  detaching: 'in-use',
  deleting: 'deleting',
  error: 'error',
};

const attachmentStatuses: Partial<Readonly<Record<VolumeState, string>>> = {
  attaching: 'attaching',
  'in-use': 'attached',
  detaching: 'detaching',
};

export const volumeStatusOf = ({ state }: Volume): string => statuses[state];
export const attachmentStatusOf = ({ state }: Volume): string | undefined => attachmentStatuses[state];

export const tagSetOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([key, value]) => ({ key, value }));

/** The elements of a `volumeSet/item`. */
export function volumeView(volume: Volume): XmlFields {
  return {
    volumeId: volume.id,
    size: volume.gib,
    snapshotId: '',
    availabilityZone: volume.zone,
    status: volumeStatusOf(volume),
    createTime: new Date(volume.createdAt).toISOString(),
    attachmentSet: volume.attachment ? [attachmentView(volume)] : [],
    tagSet: tagSetOf(volume.labels),
    volumeType: volume.type,
    encrypted: false,
    multiAttachEnabled: false,
  };
}

/** The elements of an `attachmentSet/item`, and of what attaching and detaching answer. */
export function attachmentView(volume: Volume): XmlFields {
  const { attachment } = volume;
  return {
    volumeId: volume.id,
    instanceId: attachment?.instance,
    device: attachment?.device,
    status: attachmentStatusOf(volume),
    attachTime: attachment && new Date(attachment.at).toISOString(),
    deleteOnTermination: false,
  };
}

/** @throws Ec2Error InvalidVolume.NotFound */
export function volumeCalled({ testbed, cloud, region }: Ec2Call, id: string): Volume {
  const volume = testbed.volumes.get({ cloud: cloud.name, region: region.region }, id);
  if (!volume) throw notThere('InvalidVolume', `The volume '${id}' does not exist.`);
  return volume;
}

/** The volume of the parameter VolumeId. @throws Ec2Error MissingParameter, InvalidVolume.NotFound */
export const volumeNamed = (call: Ec2Call): Volume => volumeCalled(call, call.query.require('VolumeId'));
