import type { Market } from '../vocabulary/names.js';

/** Where a machine would stand. Region and zone names are the vendor's own, so places compare by vendor, region, zone together. */
export interface Place {
  readonly vendor: string;
  readonly region: string;
  readonly zone: string;
  readonly city: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  /** AF, AS, EU, NA, OC, SA. */
  readonly continent: string | null;
  /** Degrees; absent or null is unknown. */
  readonly latitude?: number | null;
  readonly longitude?: number | null;
}

/**
 * One thing a vendor agent can sell: a size at a place on a market. Numbers in canonical units (memory and disk GiB, price USD an hour,
 * availability a fraction, carbon g CO2e/kWh); null is unknown, which is never guessed (CFP.md 1).
 */
export interface Offer extends Place {
  /** Unique and stable: `<agent>/<region>/<zone>/<instance type>/<market>`. Ties break by it. */
  readonly id: string;
  /** The vendor agent that makes the offer: the name of its account. */
  readonly agent: string;
  readonly instanceType: string;
  readonly market: Market;
  readonly price: number;
  readonly cores: number | null;
  readonly memory: number | null;
  readonly disk: number | null;
  readonly gpu: number | null;
  readonly architecture: string | null;
  readonly availability: number | null;
  readonly carbon: number | null;
  /** How many units are left, shared by all offers of one `pool`; null: no known limit. */
  readonly capacity: number | null;
  readonly pool: string;
}
