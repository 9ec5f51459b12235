import { amiOf, offeredImages } from '../../images.js';
import { Ec2Error } from '../ec2-error.js';
import { type FilterFields, filtered, paged } from '../selecting.js';
import type { Ec2Action } from './action.js';

export interface Ami {
  readonly imageId: string;
  readonly name: string;
  readonly architecture: string;
  readonly owner: string;
  readonly ownerAlias: string | null;
  readonly createdAt: string;
}

const imageFilters: FilterFields<Ami> = {
  'image-id': ({ imageId }) => imageId,
  name: ({ name }) => name,
  architecture: ({ architecture }) => architecture,
  'owner-id': ({ owner }) => owner,
  'owner-alias': ({ ownerAlias }) => ownerAlias,
  state: () => 'available',
  'is-public': () => 'true',
  'image-type': () => 'machine',
  'root-device-type': () => 'ebs',
  'virtualization-type': () => 'hvm',
};

export const amisOf = (region: string): Ami[] =>
  offeredImages.map((image) => ({
    imageId: amiOf(region, image),
    name: image.ec2.name,
    architecture: image.architecture,
    owner: image.ec2.owner,
    ownerAlias: image.ec2.alias,
    createdAt: image.createdAt,
  }));

export const describeImages: Ec2Action = ({ region, query }) => {
  const amis = amisOf(region.region);
  const ids = query.list('ImageId');
  const owners = query.list('Owner');
  const missing = ids.find((id) => !amis.some(({ imageId }) => imageId === id));
  if (missing !== undefined) throw new Ec2Error('InvalidAMIID.NotFound', `The image id '[${missing}]' does not exist`);
  const asked = filtered(amis, query, imageFilters).filter(
    (ami) =>
      (ids.length === 0 || ids.includes(ami.imageId)) && (owners.length === 0 || owners.some((owner) => isOwner(owner, ami))),
  );
  const { items, nextToken } = paged(asked, query, { least: 1, most: 1000, fallback: 1000 });
  return { imagesSet: items.map(view), nextToken };
};

const isOwner = (owner: string, ami: Ami): boolean => owner === ami.owner || owner === ami.ownerAlias;

const view = ({ imageId, name, architecture, owner, ownerAlias, createdAt }: Ami) => ({
  imageId,
  imageLocation: `${owner}/${name}`,
  imageState: 'available',
  imageOwnerId: owner,
  imageOwnerAlias: ownerAlias,
  creationDate: createdAt.replace('Z', '.000Z'),
  isPublic: true,
  architecture,
  imageType: 'machine',
  name,
  rootDeviceType: 'ebs',
  rootDeviceName: '/dev/xvda',
  virtualizationType: 'hvm',
});
