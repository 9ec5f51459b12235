import type { Size } from '../../catalogue/size.js';
import type { Cloud } from '../../cloud/cloud.js';
import { uuidOf } from '../../cloud/digest.js';
import { clusterOf } from './places.js';
import { resourceView } from './resource.js';
import type { View } from './search.js';

/** An offer for servers is a size of a region; one for disks has the size it is named for, or any between two. */
export interface ServerOffer {
  readonly id: string;
  readonly region: string;
  readonly size: Size;
}

export interface DiskOffer {
  readonly id: string;
  readonly name: string;
  /** Whole GB. */
  readonly least: number;
  readonly most: number;
}

export const ramOf = ({ memoryGib }: Size): number => Math.round(memoryGib * 1024);

export const serverOffersOf = (cloud: Cloud): ServerOffer[] =>
  cloud.profile.regions.flatMap(({ region }) =>
    cloud.sizes(region).map((size) => ({ id: uuidOf(`${cloud.name} ${region} ${size.name} offer`), region, size })),
  );

export function diskOffersOf(cloud: Cloud): DiskOffer[] {
  const { least, most } = cloud.volumeSizes;
  const sizes = new Set(serverOffersOf(cloud).flatMap(({ size }) => size.diskGib ?? []));
  const fixed = [...sizes].map((gib) => ({ name: `${gib} GB Storage Disk`, least: gib, most: gib }));
  return [...fixed, { name: 'Storage Disk', least, most }].map((offer) => ({
    id: uuidOf(`${cloud.name} ${offer.name} offer`),
    ...offer,
  }));
}

/** Product offers of servers and disks. Prices are in the values of their billing method, an hour, in the billing entity's currency. */
export function offerViews(cloud: Cloud): View[] {
  const servers = serverOffersOf(cloud).map(({ id, region, size }) =>
    offerView(cloud, { id, name: size.name, type: 'SERVER', clusters: [clusterOf(cloud.name, region)] }, [
      value('CPU', 'NUMERIC', String(Math.ceil(size.vcpus))),
      value('RAM', 'MB', String(ramOf(size))),
      value('Price', 'CURRENCY', String(cloud.prices.of(region, size, 'on-demand') ?? 0)),
    ]),
  );
  const disks = diskOffersOf(cloud).map(({ id, name, least, most }) => {
    const clusters = cloud.profile.regions.map(({ region }) => clusterOf(cloud.name, region));
    const size = least === most ? value('Size', 'GB', String(least)) : range('Size', 'GB', `${least}-${most}`);
    return offerView(cloud, { id, name, type: 'DISK', clusters }, [size, value('Price', 'CURRENCY', '0')]);
  });
  return [...servers, ...disks];
}

interface Offered {
  readonly id: string;
  readonly name: string;
  readonly type: 'SERVER' | 'DISK';
  readonly clusters: readonly string[];
}

type Configured = ReturnType<typeof value>;

/** The last value is the price. */
function offerView(cloud: Cloud, { id, name, type, clusters }: Offered, values: readonly Configured[]): View {
  return {
    ...resourceView(cloud, { id, type: 'PRODUCTOFFER', name }),
    productUUID: uuidOf(`${cloud.name} ${type} product`),
    productName: type === 'SERVER' ? 'Server' : 'Disk',
    productAssociatedType: type,
    clusters,
    billingPeriod: 'HOURLY',
    unitType: null,
    componentConfig: [
      {
        componentTypeUUID: uuidOf(`${cloud.name} ${type} component`),
        billingMethodUUID: uuidOf(`${cloud.name} fixed price`),
        lastBillingTime: 0,
        productConfiguredValues: values.slice(0, -1),
        billingConfiguredValues: values.slice(-1),
      },
    ],
  };
}

const value = (name: string, measureType: string, text: string | null) => ({
  key: name.toLowerCase().replace(' ', '_'),
  name,
  measureType,
  value: text,
  validator: null as { readonly validatorType: string; readonly validateString: string } | null,
});

const range = (name: string, measureType: string, limits: string): Configured => ({
  ...value(name, measureType, null),
  validator: { validatorType: 'NUMERIC_INT', validateString: limits },
});
