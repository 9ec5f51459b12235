import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import { newestImages, type OfferedImage } from '../images.js';
import type { Asked, Said } from '../protocol.js';
import { badParameter, ok } from './hapi.js';

export const listFacilities = ({ cloud }: Asked): Said =>
  ok({
    facilities: {
      facility: cloud.profile.regions.map(({ region, place }) => ({ '@label': region, description: place.city ?? region })),
    },
  });

/** Images are numbered, and the same in every facility. */
const images = newestImages.filter(({ architecture }) => architecture === 'x86_64');
const families: Readonly<Record<string, string>> = { debian: 'Debian', ubuntu: 'Ubuntu', rocky: 'Rocky Linux', alpine: 'Alpine' };

export const listImages = (): Said => ok({ images: { image: images.map((image, index) => imageView(image, index + 1)) } });

function imageView({ portable }: OfferedImage, id: number) {
  const [system = '', version = ''] = portable.split('-');
  const family = families[system] ?? system;
  return {
    '@id': id,
    '@summary': `${family} ${version}, 64-bit`,
    description: `${family} ${version}, 64-bit, base install`,
    filesystem: { size: { '@units': 'GB', '#text': 2 }, type: 'ext3' },
    operating_system: {
      family: 'Linux',
      product_family: family,
      product_version: version,
      version,
      architecture: 64,
      admin_username: 'root',
    },
  };
}

/** @throws HapiError */
export function expectImage(id: string): string {
  if (!images[Number(id) - 1]) throw badParameter(`image_id: there is no image '${id}'`);
  return id;
}

export const systemCalled = (id: string): string => images[Number(id) - 1]?.portable ?? '';

/** @throws HapiError */
export function facilityCalled(cloud: Cloud, label: string): RegionProfile {
  const facility = cloud.region(label);
  if (!facility) throw badParameter(`facility: there is no facility '${label}'`);
  return facility;
}
