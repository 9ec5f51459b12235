import type { Market } from '../../vocabulary/names.js';
import type { Egress } from '../offer.js';

/**
 * Where sizes are sold, and on what terms: all that the rows of one block have in common. `zones` has at most 30 names, so that a set of them
 * fits one integer. Units as in `Offer`.
 */
export interface Stand {
  readonly agent: string;
  readonly vendor: string;
  readonly region: string;
  readonly city: string | null;
  readonly country: string | null;
  readonly continent: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly zones: readonly string[];
  readonly market: Market;
  /** ms; 0 for none. */
  readonly commitment: number;
  readonly availability: number | null;
  /** What the vendor declares, where `availability` is an observed one. */
  readonly declared?: number | null;
  readonly carbon: number | null;
  readonly egress: Egress | null;
  readonly discount: string | null;
  /** Whether its offers have neither commitment, nor a price of egress, nor a discount, nor an observed availability. */
  readonly isPlain: boolean;
}

/** The most zones of one stand; a region that has more is kept as several. */
export const zonesOfAStand = 30;

const hour = 3_600_000;
const month = 730 * hour;

/** How an offer's id tells the market and what one commits to: `spot`, `on-demand`, `on-demand+12m`. */
export function marketLabel({ market, commitment }: Pick<Stand, 'market' | 'commitment'>): string {
  if (commitment === 0) return market;
  return commitment % month === 0 ? `${market}+${commitment / month}m` : `${market}+${commitment / hour}h`;
}

/** Equal for stands that are the same. */
export function standKey(stand: Stand): string {
  const { commitment, availability, carbon, egress } = stand;
  const rates = egress ? `${egress.internet} ${egress.region} ${egress.zone}` : '';
  return `${groupKey(stand)}\n${commitment} ${availability} ${carbon} ${rates}`;
}

/** Equal for stands whose offers can be put for each other: the same account, place, market and discount (CFP.md 4, Pruning). */
export function groupKey(stand: Stand): string {
  const { agent, vendor, region, city, country, continent, latitude, longitude, zones, market, discount } = stand;
  const place = `${agent}\n${vendor}\n${region}\n${city ?? ''}\n${country ?? ''}\n${continent ?? ''}\n${latitude} ${longitude}`;
  return `${place}\n${market}\n${discount ?? ''}\n${zones.join('\n')}`;
}
