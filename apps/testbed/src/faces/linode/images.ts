import { Type } from '@sinclair/typebox';
import { inWords } from '../../cloud/refusal.js';
import type { SavedImage } from '../../cloud/saved-images.js';
import { newestImages, type OfferedImage } from '../images.js';
import type { Api, Call, Handler } from './api.js';
import { readBody } from './body.js';
import { diskCalled } from './disks.js';
import { badRequest, busy, notFound } from './errors.js';
import { instancesOf } from './instances.js';
import { checkTags, labelsOf } from './labels.js';
import { paged } from './paging.js';
import { time } from './times.js';

/** Linode API v4, Images: those of Linode, and the account's own. */
export function serveImages(api: Api): void {
  api.route('GET', '/images', listImages, 'everybody');
  api.route('POST', '/images', captureImage);
  api.route('GET', '/images/:owner/:image', showImage, 'everybody');
  api.route('DELETE', '/images/:owner/:image', deleteImage);
}

interface Distribution {
  readonly id: string;
  readonly label: string;
}

/** As Linode calls them; there are none for ARM. */
const distributions: Readonly<Record<string, Distribution>> = {
  'debian-11': { id: 'linode/debian11', label: 'Debian 11' },
  'debian-12': { id: 'linode/debian12', label: 'Debian 12' },
  'debian-13': { id: 'linode/debian13', label: 'Debian 13' },
  'ubuntu-22.04': { id: 'linode/ubuntu22.04', label: 'Ubuntu 22.04 LTS' },
  'ubuntu-24.04': { id: 'linode/ubuntu24.04', label: 'Ubuntu 24.04 LTS' },
  'rocky-8': { id: 'linode/rocky8', label: 'Rocky Linux 8' },
  'rocky-9': { id: 'linode/rocky9', label: 'Rocky Linux 9' },
  'alpine-3': { id: 'linode/alpine3.22', label: 'Alpine 3.22' },
};

const offered = newestImages.filter(({ architecture }) => architecture === 'x86_64');

export const offeredImage = (id: string): OfferedImage | undefined =>
  offered.find(({ portable }) => distributions[portable]?.id === id);

/** An image of the account's own may be deployed in every region. */
export const savedImage = ({ testbed, cloud }: Call, id: string): SavedImage | undefined =>
  testbed.savedImages.all().find((image) => image.cloud === cloud.name && image.id === id);

const listImages: Handler = (call) => {
  const saved = call.testbed.savedImages.all().filter(({ cloud }) => cloud === call.cloud.name);
  const views = [...offered.map(offeredView), ...saved.map(savedView)];
  return paged(call, views, ['id', 'label', 'vendor', 'is_public', 'deprecated', 'size', 'status', 'type', 'tags']);
};

const showImage: Handler = (call) => {
  const id = idOf(call);
  const image = offeredImage(id);
  const saved = savedImage(call, id);
  if (image) return offeredView(image);
  if (saved) return savedView(saved);
  throw notFound();
};

const deleteImage: Handler = (call) => {
  const saved = savedImage(call, idOf(call));
  if (!saved) throw notFound();
  call.testbed.savedImages.delete(saved);
  return {};
};

const CaptureBody = Type.Object({
  disk_id: Type.Union([Type.Integer(), Type.String({ pattern: String.raw`^\d+$` })]),
  label: Type.Optional(Type.String({ minLength: 1, maxLength: 50 })),
  description: Type.Optional(Type.Union([Type.Null(), Type.String({ maxLength: 65_000 })])),
  cloud_init: Type.Optional(Type.Boolean()),
  tags: Type.Optional(Type.Array(Type.String())),
});

/** Create an image: of a disk, while its Linode runs or not. A swap disk makes none. */
const captureImage: Handler = (call) => {
  const { disk_id: wanted, label, description, tags } = readBody(CaptureBody, call);
  const disk = instancesOf(call).flatMap((instance) => diskCalled(call, instance, String(wanted)) ?? [])[0];
  if (!disk) throw badRequest('disk_id is not valid', 'disk_id');
  if (disk.view.filesystem === 'swap') throw badRequest('Swap disks cannot be imaged', 'disk_id');
  checkTags(tags);
  const { instance } = disk;
  if (!['running', 'stopped'].includes(instance.state)) throw busy();
  const quota = () => badRequest('Account image limit reached. Please open a support ticket.');
  const saved = inWords({ quota }, () =>
    call.testbed.savedImages.create({
      id: `private/${call.testbed.numbers.next()}`,
      cloud: call.cloud.name,
      region: instance.region,
      name: label ?? disk.view.label,
      description: description ?? '',
      labels: labelsOf(tags),
      architecture: 'x86_64',
      instance: instance.id,
      base: instance.image,
    }),
  );
  return savedView(saved);
};

const idOf = ({ params }: Call): string => `${params.owner ?? ''}/${params.image ?? ''}`;

const common = { capabilities: ['cloud-init'], deprecated: false, expiry: null, eol: null, total_size: 1500, regions: [] };

function offeredView({ portable, createdAt }: OfferedImage) {
  const { id, label } = distributions[portable] ?? { id: portable, label: portable };
  const created = createdAt.slice(0, 19);
  return {
    ...common,
    id,
    label,
    description: '',
    type: 'manual',
    size: 1500,
    status: 'available',
    vendor: label.split(' ')[0] ?? null,
    is_public: true,
    created,
    updated: created,
    created_by: 'linode',
    tags: [],
  };
}

const savedView = ({ id, name, description, state, createdAt, labels }: SavedImage) => ({
  ...common,
  id,
  label: name,
  description: description === '' ? null : description,
  type: 'manual',
  size: state === 'available' ? 1500 : 0,
  status: state === 'available' ? 'available' : 'creating',
  vendor: null,
  is_public: false,
  created: time(createdAt),
  updated: time(createdAt),
  created_by: 'testbed',
  tags: Object.keys(labels),
});
