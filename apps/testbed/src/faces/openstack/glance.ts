import { digest } from '../../cloud/digest.js';
import type { SavedImage } from '../../cloud/saved-images.js';
import { glanceIdOf, newestImages, type OfferedImage } from '../images.js';
import { glanceShape, notFound, OpenStackFault } from './fault.js';
import { identityOf } from './identity.js';
import { pageAfter } from './paging.js';
import { type Call, type Handler, placeOf, type Served, Service } from './service.js';

/** Glance v2 (OpenStack API reference, Image service). */
export function serveGlance(served: Served): void {
  const glance = new Service({ ...served, type: 'image', faults: glanceShape });
  glance.versions(showVersions);
  glance.get('/images', listImages);
  glance.get('/images/:id', showImage);
  glance.delete('/images/:id', deleteImage);
}

const showVersions: Handler = ({ base }) => ({
  body: { versions: [{ id: 'v2.9', status: 'CURRENT', links: [{ rel: 'self', href: `${base}/v2/` }] }] },
});

const paging = ['limit', 'marker', 'sort_key', 'sort_dir', 'sort'];

/** Every property of an image is a filter; a tag has to be one of its tags. */
const listImages: Handler = (call) => {
  const filters = [...call.query].filter(
    ([name, value]) => !paging.includes(name) && !(name === 'visibility' && value === 'all'),
  );
  const images = imagesOf(call).filter((image) => filters.every(([name, value]) => matches(image, name, value)));
  const { items, next } = pageAfter(images, call);
  return {
    body: {
      images: items,
      first: '/v2/images',
      schema: '/v2/schemas/images',
      ...(next === null ? {} : { next: `/v2/images?${next}` }),
    },
  };
};

const matches = (image: GlanceImage, name: string, value: string): boolean =>
  name === 'tag' ? image.tags.includes(value) : String(image[name]) === value;

const showImage: Handler = (call) => ({ body: find(call) });

/** Also while it is being saved. */
const deleteImage: Handler = (call) => {
  const { id } = find(call);
  const own = call.testbed.savedImages.get(placeOf(call), id);
  if (!own) throw new OpenStackFault(403, 'You are not permitted to delete this image.');
  call.testbed.savedImages.delete(own);
  return { status: 204 };
};

function find(call: Call): GlanceImage {
  const image = imagesOf(call).find(({ id }) => id === call.params.id);
  if (!image) throw notFound(`No image found with ID ${call.params.id ?? ''}`);
  return image;
}

type GlanceImage = Readonly<Record<string, unknown>> & { readonly id: string; readonly tags: readonly string[] };

/** The newest first, as Glance sorts them. */
const imagesOf = (call: Call): GlanceImage[] => [
  ...call.testbed.savedImages
    .in(placeOf(call))
    .reverse()
    .map((image) => savedView(call, image)),
  ...newestImages.map((image) => imageView(call, image)),
];

const statuses: Readonly<Record<SavedImage['state'], string>> = { queued: 'queued', saving: 'saving', available: 'active' };

/** What Nova gives Glance to keep of a server (nova/compute/utils.py, create_image), beside the properties asked for. */
function savedView({ cloud }: Call, image: SavedImage): GlanceImage {
  const created = `${new Date(image.createdAt).toISOString().slice(0, 19)}Z`;
  const { project, user } = identityOf(cloud);
  return {
    ...image.labels,
    ...commonView(image.id, created, image.architecture),
    name: image.name,
    status: statuses[image.state],
    visibility: 'private',
    owner: project.id,
    size: image.state === 'available' ? 1_244_457_216 : null,
    image_type: 'snapshot',
    base_image_ref: image.base,
    instance_uuid: image.instance,
    user_id: user.id,
    owner_id: project.id,
  };
}

function imageView({ cloud, region }: Call, image: OfferedImage): GlanceImage {
  const id = glanceIdOf(cloud.name, region.region, image);
  const [distribution, version] = image.portable.split('-');
  return {
    ...commonView(id, image.createdAt, image.architecture),
    name: image.portable,
    status: 'active',
    visibility: 'public',
    owner: digest(`${cloud.name} operator`, 32),
    os_distro: distribution,
    os_version: version,
    size: 344_457_216,
  };
}

const commonView = (id: string, created: string, architecture: OfferedImage['architecture']) => ({
  id,
  architecture: architecture === 'arm64' ? 'aarch64' : 'x86_64',
  disk_format: 'qcow2',
  container_format: 'bare',
  min_disk: 0,
  min_ram: 0,
  protected: false,
  tags: [],
  created_at: created,
  updated_at: created,
  self: `/v2/images/${id}`,
  file: `/v2/images/${id}/file`,
  schema: '/v2/schemas/image',
});
