import type { SavedImage } from '../../../cloud/saved-images.js';
import type { Ami } from '../amis.js';
import { notThere } from '../ec2-error.js';
import { type FilterFields, filtered, paged } from '../selecting.js';
import type { XmlFields } from '../xml.js';
import type { Ec2Action, Ec2Call } from './action.js';
import { tagSetOf } from './volume-view.js';

const imageFilters: FilterFields<Ami> = {
  'image-id': ({ imageId }) => imageId,
  name: ({ name }) => name,
  description: ({ description }) => description,
  architecture: ({ architecture }) => architecture,
  'owner-id': ({ owner }) => owner,
  'owner-alias': ({ ownerAlias }) => ownerAlias,
  state: ({ state }) => state,
  'is-public': ({ isPublic }) => String(isPublic),
  'source-instance-id': ({ source }) => source,
  'image-type': () => 'machine',
  'root-device-type': () => 'ebs',
  'virtualization-type': () => 'hvm',
};

const savedAmi = ({ id, name, description, architecture, cloud, state, instance, labels, createdAt }: SavedImage): Ami => ({
  imageId: id,
  name,
  description,
  architecture,
  owner: cloud,
  ownerAlias: null,
  createdAt: `${new Date(createdAt).toISOString().slice(0, 19)}Z`,
  state: state === 'available' ? 'available' : 'pending',
  isPublic: false,
  source: instance,
  tags: labels,
});

const amisOf = ({ testbed, cloud, region, dialect }: Ec2Call): Ami[] => [
  ...dialect.images(region.region),
  ...testbed.savedImages.in({ cloud: cloud.name, region: region.region }).map(savedAmi),
];

/** @throws Ec2Error InvalidAMIID.NotFound */
export function amiCalled(call: Ec2Call, id: string): Ami {
  const ami = amisOf(call).find(({ imageId }) => imageId === id);
  if (!ami) throw notThere('InvalidAMIID', `The image id '[${id}]' does not exist`);
  return ami;
}

export const describeImages: Ec2Action = (call) => {
  const { cloud, query } = call;
  const ids = query.list('ImageId');
  const owners = query.list('Owner').map((owner) => (owner === 'self' ? cloud.name : owner));
  const candidates = ids.length > 0 ? ids.map((id) => amiCalled(call, id)) : amisOf(call);
  const asked = filtered(candidates, query, imageFilters, ({ tags }) => tags).filter(
    ({ owner, ownerAlias }) => owners.length === 0 || owners.some((wanted) => wanted === owner || wanted === ownerAlias),
  );
  const { items, nextToken } = paged(asked, call, { least: 1, most: 1000, fallback: 1000 });
  return { imagesSet: items.map(view), nextToken };
};

const view = ({ imageId, name, description, architecture, owner, ownerAlias, createdAt, ...ami }: Ami): XmlFields => ({
  imageId,
  imageLocation: `${owner}/${name}`,
  imageState: ami.state,
  imageOwnerId: owner,
  imageOwnerAlias: ownerAlias,
  creationDate: createdAt.replace('Z', '.000Z'),
  isPublic: ami.isPublic,
  architecture,
  imageType: 'machine',
  name,
  description,
  sourceInstanceId: ami.source,
  rootDeviceType: 'ebs',
  rootDeviceName: '/dev/xvda',
  virtualizationType: 'hvm',
  tagSet: tagSetOf(ami.tags),
});
