import type { Size } from '../../catalogue/size.js';
import type { Cloud } from '../../cloud/cloud.js';
import type { SavedImage } from '../../cloud/saved-images.js';
import { newestImages, type OfferedImage, glanceIdOf } from '../images.js';
import { type Answer, type Api, type Call, notFound, page } from './api.js';

/** What the cloud has: regions, sizes with their prices, images. */
export function serveCatalogue(api: Api): void {
  api.global('GET', '/regions', ({ cloud }) => ({
    body: { regions: cloud.profile.regions.map(({ region: name, zones }) => ({ name, zones })) },
  }));
  api.regional('GET', '', account);
  api.regional('GET', '/sizes', (call) =>
    page(
      call,
      'sizes',
      call.cloud.sizes(call.region.region).map((size) => sizeView(call, size)),
    ),
  );
  api.regional('GET', '/images', (call) => page(call, 'images', [...offeredViews(call), ...savedViews(call)]));
}

function account({ cloud, region }: Call): Answer {
  const used = cloud.instances(region.region).filter(({ state }) => state !== 'terminated').length;
  return { body: { name: region.region, zones: region.zones, machines: { limit: region.quota, used } } };
}

const sizeView = ({ cloud, region }: Call, size: Size) => ({
  name: size.name,
  cores: size.vcpus,
  memory_gib: size.memoryGib,
  disk_gib: size.diskGib,
  architecture: size.architecture,
  price: { amount: cloud.prices.of(region.region, size, 'on-demand'), per: 'hour', currency: 'USD' },
});

const offeredId = (cloud: Cloud, region: string, image: OfferedImage): string => glanceIdOf(cloud.name, region, image);

const offeredViews = ({ cloud, region }: Call) =>
  newestImages.map((image) => ({
    id: offeredId(cloud, region.region, image),
    name: `${image.portable}-${image.build}`,
    architecture: image.architecture,
    created: image.createdAt,
    state: 'available',
  }));

const savedViews = ({ testbed, place }: Call) => testbed.savedImages.in(place).map(savedImageView);

export const savedImageView = ({ id, name, architecture, createdAt, state, labels }: SavedImage) => ({
  id,
  name,
  architecture,
  created: new Date(createdAt).toISOString(),
  state: state === 'available' ? 'available' : 'building',
  token: labels.token ?? null,
});

/** @throws ApiError not_found for an image that is neither offered nor saved and ready. */
export function expectImage(call: Call, id: string): string {
  const { cloud, region, testbed, place } = call;
  const offered = newestImages.some((image) => offeredId(cloud, region.region, image) === id);
  if (offered || testbed.savedImages.get(place, id)?.state === 'available') return id;
  throw notFound(`image '${id}'`);
}

/** @throws ApiError not_found */
export function sizeCalled({ cloud, region }: Call, name: string): Size {
  const size = cloud.size(region.region, name);
  if (!size) throw notFound(`size '${name}'`);
  return size;
}
