import type { Account, RegionPlace } from '@cloud-agency/runtime';
import type { OfferRow } from '@cloud-agency/sla';
import type { Size } from '../vendor/port.js';
import type { Price, PriceList } from '../vendor/prices.js';
import type { RegionalSizes } from './regional-sizes.js';
import type { SellingTerms } from './selling-terms.js';

export interface Seller {
  readonly agent: string;
  /** Whose cloud it is: the vendor of the offers. */
  readonly vendor: string;
  readonly regions: Account['regions'];
  readonly terms: SellingTerms;
  /** Whether its module can buy on a spot market. */
  readonly sellsSpot: boolean;
}

/** One row for each way in which a size is sold in a region: without a price it is no offer (VENDORS.md). */
export function* offerRows(
  seller: Seller,
  regions: Iterable<readonly [string, RegionalSizes]>,
  prices: PriceList,
): Generator<OfferRow> {
  for (const [region, { zones, sizes }] of regions) {
    const place = known(placeOf(seller.regions, region));
    const availability = seller.terms.availabilityIn(region);
    const egress = seller.terms.egressFrom(region);
    for (const size of sizes) {
      for (const sold of pricesOf(seller, size, prices.of(region, size.name))) {
        const discount = seller.terms.discountFor(region, sold.market);
        yield {
          agent: seller.agent,
          vendor: seller.vendor,
          region,
          zones: size.zones ?? zones,
          ...place,
          instanceType: size.name,
          ...sold,
          cores: size.cores,
          memory: size.memory,
          disk: size.disk,
          gpu: size.gpu,
          architecture: size.architecture,
          availability,
          ...(egress && { egress }),
          ...(discount === undefined ? {} : { discount }),
        };
      }
    }
  }
}

/** A spot price is of no use where the module, or the vendor for that size, has no spot market. */
export const pricesOf = ({ sellsSpot }: Pick<Seller, 'sellsSpot'>, size: Size, prices: readonly Price[]): readonly Price[] =>
  sellsSpot && size.spot ? prices : prices.filter(({ market }) => market !== 'spot');

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
