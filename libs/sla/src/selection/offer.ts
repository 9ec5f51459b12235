import type { QuotaUnit } from '../documents/call.js';
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
  /** What its vendor lists it at, USD an hour, where the agent conceded `price` in the negotiation; absent: `price` is that. */
  readonly list?: number;
  readonly cores: number | null;
  readonly memory: number | null;
  readonly disk: number | null;
  readonly gpu: number | null;
  readonly architecture: string | null;
  /** GHz. */
  readonly cpu_speed?: number | null;
  /** MB/s. */
  readonly io_speed?: number | null;
  readonly performance?: number | null;
  readonly availability: number | null;
  /** What its vendor declares, where `availability` is an observed one; null: nothing. */
  readonly declared?: number | null;
  readonly carbon: number | null;
  /** How many units are left, shared by all offers of one `pool`; null: no known limit. */
  readonly capacity: number | null;
  readonly pool: string;
  /** The shortest time that is paid for, ms; absent: none. */
  readonly commitment?: number;
  /** What traffic that leaves a machine costs; absent: unknown. */
  readonly egress?: Egress;
  /** The discount that its machines count for and get, by the id of one in the answer. */
  readonly discount?: string;
}

/** USD a GiB that leaves a machine, by how far it goes: beyond the vendor, to another region, to another zone. Within a zone it is free. */
export interface Egress {
  readonly internet: number;
  readonly region: number;
  readonly zone: number;
}

/**
 * What a vendor takes off the price of all machines of a pool, by how many there are (`machines`) or what they cost at list price (`spend`, USD
 * a month). The tier reached last counts, for all of them.
 */
export interface Discount {
  readonly id: string;
  readonly by: 'machines' | 'spend';
  /** Rising in both. `off` is a share of the price. */
  readonly tiers: readonly { readonly from: number; readonly off: number }[];
}

/** What a vendor's account may still take, over the offers of the account: all of them, or those of one region. */
export interface Quota {
  readonly agent: string;
  readonly region?: string;
  readonly of: QuotaUnit;
  readonly left: number;
}
