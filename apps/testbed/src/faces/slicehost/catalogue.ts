import type { RegionProfile } from '../../catalogue/profile.js';
import type { Size } from '../../catalogue/size.js';
import type { Cloud } from '../../cloud/cloud.js';
import { newestImages, type OfferedImage } from '../images.js';
import type { CloudRoutes } from '../protocol.js';
import { document, notFound } from './slicehost.js';
import { collection, resource } from './xml.js';

const hoursPerMonth = 730;

/** Flavors, with their price in cents a month, and images. Both are numbered. */
export function serveCatalogue(routes: CloudRoutes): void {
  routes.add('GET', '/flavors.xml', ({ cloud }) =>
    document(
      collection(
        'flavors',
        sizesOf(cloud).map((size, index) => flavorView(cloud, size, index + 1)),
      ),
    ),
  );
  routes.add('GET', '/images.xml', () =>
    document(
      collection(
        'images',
        images.map((image, index) => imageView(image, index + 1)),
      ),
    ),
  );
}

export const onlyRegion = (cloud: Cloud): RegionProfile => {
  const [region] = cloud.profile.regions;
  if (!region) throw notFound('Region');
  return region;
};

const sizesOf = (cloud: Cloud): readonly Size[] => cloud.sizes(onlyRegion(cloud).region);

function flavorView(cloud: Cloud, size: Size, id: number): string {
  const hourly = cloud.prices.of(onlyRegion(cloud).region, size, 'on-demand') ?? 0;
  return resource('flavor', {
    id,
    name: size.name,
    price: Math.round(hourly * hoursPerMonth * 100),
    ram: Math.round(size.memoryGib * 1024),
  });
}

const images = newestImages.filter(({ architecture }) => architecture === 'x86_64');
const titles: Readonly<Record<string, string>> = { debian: 'Debian', ubuntu: 'Ubuntu', rocky: 'Rocky Linux', alpine: 'Alpine' };

function imageView({ portable }: OfferedImage, id: number): string {
  const [system = '', release = ''] = portable.split('-');
  return resource('image', { id, name: `${titles[system] ?? system} ${release}` });
}

/** @throws SliceError 404 */
export function flavorCalled(cloud: Cloud, id: string): Size {
  const size = sizesOf(cloud)[Number(id) - 1];
  if (!size) throw notFound(`Flavor with ID=${id}`);
  return size;
}

export const flavorIdOf = (cloud: Cloud, name: string): number => sizesOf(cloud).findIndex((size) => size.name === name) + 1;

/** @throws SliceError 404 */
export function expectImage(id: string): string {
  if (!images[Number(id) - 1]) throw notFound(`Image with ID=${id}`);
  return id;
}
