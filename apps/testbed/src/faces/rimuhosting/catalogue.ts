import type { RegionProfile } from '../../catalogue/profile.js';
import { freeSize, type Size } from '../../catalogue/size.js';
import type { Cloud } from '../../cloud/cloud.js';
import { newestImages, type OfferedImage } from '../images.js';
import type { Asked, CloudRoutes, Said } from '../protocol.js';
import { readSegment } from './places.js';
import { notFound, said } from './rimuhosting.js';

const hoursPerMonth = 730;

/** Distributions, the same everywhere, and plans: what is the least of each, since memory and disk can be chosen. */
export function serveCatalogue(routes: CloudRoutes, listOrders: (asked: Asked) => Said): void {
  routes.add('GET', '/r/distributions', () =>
    said('get_distros_response', 'Here are the distros we are offering on new orders.', {
      distro_infos: distros.map(distroView),
    }),
  );
  routes.add('GET', '/r/:collection', (asked) => {
    const { name } = readSegment(asked.params.collection ?? '');
    if (name === 'pricing-plans') return plans(asked);
    if (name === 'orders') return listOrders(asked);
    throw notFound(`resource '${name}'`);
  });
}

function plans({ cloud, params }: Asked): Said {
  const { matrix } = readSegment(params.collection ?? '');
  const location = matrix.get('dc_location');
  const regions = cloud.profile.regions.filter(({ region }) => location === undefined || region === location);
  const isVps = (matrix.get('server_type') ?? 'VPS') === 'VPS';
  return said('get_pricing_plans_response', 'Here some pricing plans we are offering on new orders.', {
    pricing_plan_infos: isVps ? regions.flatMap((region) => cloud.sizes(region.region).map(planView(cloud, region))) : [],
  });
}

const planView = (cloud: Cloud, region: RegionProfile) => (size: Size) => ({
  pricing_plan_code: size.name,
  pricing_plan_description: `${size.name} (${region.place.city ?? region.region}-based Server)`,
  ...billingOf(cloud, region.region, size),
  minimum_memory_mb: memoryMbOf(size),
  minimum_disk_gb: size.diskGib ?? 0,
  minimum_data_transfer_allowance_gb: 30,
  see_also_url: `http://rimuhosting.com/order/serverdetails.jsp?plan=${size.name}`,
  server_type: 'VPS',
  offered_at_data_center: locationOf(region),
});

/** What is no plan costs what the smallest plan does, in proportion to its memory. */
export function billingOf(cloud: Cloud, region: string, size: Size): Readonly<Record<string, unknown>> {
  const [smallest = size] = cloud.sizes(region);
  const hourly =
    cloud.size(region, size.name) === undefined
      ? ((cloud.prices.of(region, smallest, 'on-demand') ?? 0) * size.memoryGib) / smallest.memoryGib
      : (cloud.prices.of(region, size, 'on-demand') ?? 0);
  const monthly = Math.round(hourly * hoursPerMonth * 100) / 100;
  return {
    monthly_recurring_fee: monthly,
    monthly_recurring_amt: { amt: monthly, currency: 'CUR_USD', amt_usd: monthly },
  };
}

export const locationOf = ({ region, place }: RegionProfile) => ({
  data_center_location_code: region,
  data_center_location_name: place.city ?? region,
  data_center_location_country_2ltr: place.country ?? null,
});

export const memoryMbOf = ({ memoryGib }: Size): number => Math.round(memoryGib * 1024);

/** Of a plan that is called so, or of the memory and the disk that an order has of its own. */
export const sizeCalled = (cloud: Cloud, region: string, name: string): Size | undefined =>
  cloud.size(region, name) ?? freeSize(name);

/** The plan with just this much memory and disk; without one, a size of the order's own. */
export function sizeWith(cloud: Cloud, region: string, memoryMb: number, diskMb: number): Size | undefined {
  const plan = cloud.sizes(region).find((size) => memoryMbOf(size) === memoryMb && (size.diskGib ?? 0) * 1024 === diskMb);
  return plan ?? freeSize(`c1-m${memoryMb / 1024}-d${Math.ceil(diskMb / 1024)}`);
}

const distros = newestImages.filter(({ architecture }) => architecture === 'x86_64');
const titles: Readonly<Record<string, string>> = { debian: 'Debian', ubuntu: 'Ubuntu', rocky: 'Rocky Linux', alpine: 'Alpine' };

const codeOf = ({ portable }: OfferedImage): string => `${portable.replace(/[-.]/g, '')}.64`;

function distroView(image: OfferedImage) {
  const [system = '', release = ''] = image.portable.split('-');
  return { distro_code: codeOf(image), distro_description: `${titles[system] ?? system} ${release} 64-bit` };
}

export const isDistro = (code: string): boolean => distros.some((image) => codeOf(image) === code);
export const usualDistro = 'debian12.64';
