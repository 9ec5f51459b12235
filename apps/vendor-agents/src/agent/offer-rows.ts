import { type OfferRow, parseQuantity } from '@cloud-agency/sla';
import type { Account, RegionPlace } from '@cloud-agency/runtime';
import type { PriceList } from '../vendor/prices.js';
import type { RegionalSizes } from './regional-sizes.js';

export interface Seller {
  readonly agent: string;
  /** Whose cloud it is: the vendor of the offers. */
  readonly vendor: string;
  readonly regions: Account['regions'];
  readonly availability: Account['availability'];
}

/** One row for each size in each region that has a price: without one it is no offer (VENDORS.md). */
export function* offerRows(
  seller: Seller,
  regions: Iterable<readonly [string, RegionalSizes]>,
  prices: PriceList,
): Generator<OfferRow> {
  for (const [region, { zones, sizes }] of regions) {
    const place = known(placeOf(seller.regions, region));
    const availability = availabilityIn(seller, region);
    for (const size of sizes) {
      const price = prices.of(region, size.name);
      if (price === undefined) continue;
      yield {
        agent: seller.agent,
        vendor: seller.vendor,
        region,
        zones: size.zones ?? zones,
        ...place,
        instanceType: size.name,
        market: 'on-demand',
        price,
        cores: size.cores,
        memory: size.memory,
        disk: size.disk,
        gpu: size.gpu,
        architecture: size.architecture,
        availability,
      };
    }
  }
}

export const regionNames = (regions: Account['regions']): readonly string[] =>
  Array.isArray(regions) ? regions : Object.keys(regions);

const placeOf = (regions: Account['regions'], region: string): RegionPlace =>
  Array.isArray(regions) ? {} : (regions[region] ?? {});

/** What the configuration does not say of a place is unknown, which an offer says as null. */
const known = (place: RegionPlace) => ({
  city: place.city ?? null,
  country: place.country ?? null,
  continent: place.continent ?? null,
  latitude: place.latitude ?? null,
  longitude: place.longitude ?? null,
  carbon: place.carbon ?? null,
});

/** Declared by the operator: for all regions, or for each. */
function availabilityIn({ availability }: Seller, region: string): number | null {
  const declared = typeof availability === 'object' ? availability[region] : availability;
  return declared === undefined ? null : parseQuantity(declared, 'fraction');
}
