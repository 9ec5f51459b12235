import { glanceIdOf, newestImages, type OfferedImage } from '../images.js';
import { glanceShape, notFound } from './fault.js';
import { pageAfter } from './paging.js';
import { type Call, type Handler, Service, type ServiceOptions } from './service.js';

/** Glance v2 (OpenStack API reference, Image service). */
export function serveGlance(shared: Pick<ServiceOptions, 'app' | 'testbed' | 'tokens'>): void {
  const glance = new Service({ ...shared, name: 'image', faults: glanceShape });
  glance.get('', showVersions);
  glance.get('/v2/images', listImages);
  glance.get('/v2/images/:id', showImage);
}

const showVersions: Handler = ({ base }) => ({
  body: { versions: [{ id: 'v2.9', status: 'CURRENT', links: [{ rel: 'self', href: `${base}/v2/` }] }] },
});

const paging = ['limit', 'marker', 'sort_key', 'sort_dir', 'sort'];

/** Every property of an image is a filter. */
const listImages: Handler = (call) => {
  const filters = [...call.query].filter(([name]) => !paging.includes(name));
  const images = imagesOf(call).filter((image) => filters.every(([name, value]) => String(image[name]) === value));
  const { items, next } = pageAfter(images, call.query);
  return {
    body: {
      images: items,
      first: '/v2/images',
      schema: '/v2/schemas/images',
      ...(next === null ? {} : { next: `/v2/images?${next}` }),
    },
  };
};

const showImage: Handler = (call) => {
  const image = imagesOf(call).find(({ id }) => id === call.params.id);
  if (!image) throw notFound(`No image found with ID ${call.params.id ?? ''}`);
  return { body: image };
};

type GlanceImage = Readonly<Record<string, unknown>> & { readonly id: string };

const imagesOf = (call: Call): GlanceImage[] => newestImages.map((image) => imageView(call, image));

function imageView({ cloud, region }: Call, image: OfferedImage): GlanceImage {
  const id = glanceIdOf(cloud.name, region.region, image);
  const [distribution, version] = image.portable.split('-');
  return {
    id,
    name: image.portable,
    status: 'active',
    visibility: 'public',
    architecture: image.architecture === 'arm64' ? 'aarch64' : 'x86_64',
    os_distro: distribution,
    os_version: version,
    disk_format: 'qcow2',
    container_format: 'bare',
    min_disk: 0,
    min_ram: 0,
    size: 344_457_216,
    protected: false,
    tags: [],
    created_at: image.createdAt,
    updated_at: image.createdAt,
    self: `/v2/images/${id}`,
    file: `/v2/images/${id}/file`,
    schema: '/v2/schemas/image',
  };
}
