import type { RegionProfile } from '../../../catalogue/profile.js';
import type { Size } from '../../../catalogue/size.js';
import type { Cloud } from '../../../cloud/cloud.js';
import { digest } from '../../../cloud/digest.js';

/** What a product is known by, as filters compare it. */
export type Attributes = Readonly<Record<string, string>>;

/** One row of the price list: a size with a system on it, in a region, in use or kept ready. */
export interface Product {
  readonly attributes: Attributes;
  /** USD an hour. */
  readonly price: number;
}

interface Variant {
  readonly operatingSystem: string;
  readonly operation: string;
  readonly capacitystatus: 'Used' | 'AllocatedCapacityReservation';
  readonly tenancy: 'Shared' | 'Dedicated';
  readonly priceOf: (price: number) => number;
}

/** Of each size there are many, and one of them is the machine with nothing on it that everybody means. What the others cost is made up. */
const variants: readonly Variant[] = [
  {
    operatingSystem: 'Windows',
    operation: 'RunInstances:0002',
    capacitystatus: 'Used',
    tenancy: 'Shared',
    priceOf: (price) => price * 1.8,
  },
  {
    operatingSystem: 'Linux',
    operation: 'RunInstances',
    capacitystatus: 'AllocatedCapacityReservation',
    tenancy: 'Shared',
    priceOf: () => 0,
  },
  {
    operatingSystem: 'Linux',
    operation: 'RunInstances',
    capacitystatus: 'Used',
    tenancy: 'Dedicated',
    priceOf: (price) => price * 1.1,
  },
  { operatingSystem: 'Linux', operation: 'RunInstances', capacitystatus: 'Used', tenancy: 'Shared', priceOf: (price) => price },
];

/** The products of the regions, in an order that does not change. */
export function* productsOf(cloud: Cloud, regions: readonly RegionProfile[]): Generator<Product> {
  for (const { region } of regions) {
    for (const size of cloud.sizes(region)) {
      const price = cloud.prices.of(region, size, 'on-demand');
      if (price === null) continue;
      for (const variant of variants)
        yield { attributes: attributesOf(cloud, region, size, variant), price: variant.priceOf(price) };
    }
  }
}

function attributesOf(cloud: Cloud, region: string, size: Size, variant: Variant): Attributes {
  const { city = region, continent = '' } = cloud.description.places.get(region) ?? {};
  return {
    servicecode: 'AmazonEC2',
    servicename: 'Amazon Elastic Compute Cloud',
    productFamily: 'Compute Instance',
    location: `${continent} (${city})`,
    locationType: 'AWS Region',
    regionCode: region,
    instanceType: size.name,
    instanceFamily: 'General purpose',
    currentGeneration: 'Yes',
    vcpu: String(size.vcpus),
    memory: `${size.memoryGib} GiB`,
    storage: size.diskGib === null ? 'EBS only' : `1 x ${size.diskGib} GB`,
    operatingSystem: variant.operatingSystem,
    operation: variant.operation,
    capacitystatus: variant.capacitystatus,
    tenancy: variant.tenancy,
    preInstalledSw: 'NA',
    licenseModel: 'No License required',
    marketoption: 'OnDemand',
    usagetype: `${variant.capacitystatus === 'Used' ? 'BoxUsage' : 'Reservation'}:${size.name}`,
  };
}

const offerTerm = 'JRTCKXETXF';
const hourly = '6YS6EN2CT7';

/** A product as an item of `PriceList`, which is text that holds JSON (Billing guide, Reading the service price list file). */
export function priceListItem({ attributes, price }: Product, now: number): string {
  const { productFamily = '', ...shown } = attributes;
  const sku = digest(Object.values(attributes).join('|'), 16).toUpperCase();
  const code = `${sku}.${offerTerm}`;
  const today = `${new Date(now).toISOString().slice(0, 10)}T00:00:00Z`;
  const dimension = {
    unit: 'Hrs',
    endRange: 'Inf',
    description: `$${price} per ${shown.tenancy} ${shown.operatingSystem} ${shown.instanceType} Instance Hour`,
    appliesTo: [],
    rateCode: `${code}.${hourly}`,
    beginRange: '0',
    pricePerUnit: { USD: price.toFixed(10) },
  };
  const term = {
    priceDimensions: { [dimension.rateCode]: dimension },
    sku,
    effectiveDate: today,
    offerTermCode: offerTerm,
    termAttributes: {},
  };
  return JSON.stringify({
    product: { productFamily, attributes: shown, sku },
    serviceCode: 'AmazonEC2',
    terms: { OnDemand: { [code]: term } },
    version: today.replace(/\D/g, ''),
    publicationDate: today,
  });
}
