import type { Discount, Offer, Quota } from './offer.js';

/** What one vendor agent (or, merged, all of them) has to say to a demand: the offers that can still be part of an optimum, and why the rest cannot. */
export interface Answer {
  readonly offers: readonly Offer[];
  readonly items: readonly ItemAnswer[];
  /** Those that its offers name; absent: none. */
  readonly discounts?: readonly Discount[];
  readonly quotas?: readonly Quota[];
}

export interface ItemAnswer {
  readonly item: string;
  /** Offers held when the call came. */
  readonly considered: number;
  /** Offers that meet every hard constraint of the item, before pruning. */
  readonly feasible: number;
  /** Ids of the feasible offers kept after pruning, among `Answer.offers`. */
  readonly candidates: readonly string[];
  /** For each constraint (by its text) that excluded something: how many, and the offer that missed it by least. */
  readonly excluded: readonly Exclusion[];
  /** For each objective and preference (by its key) the least and greatest value of one unit over the feasible offers, before pruning. */
  readonly ranges: Readonly<Record<string, Range>>;
}

export interface Exclusion {
  readonly constraint: string;
  readonly excluded: number;
  /** Excluded by this constraint and by no other: what relaxing it alone would bring back. */
  readonly excludedByThisAlone: number;
  /** `miss` is how far it is off, relative to what is wanted. */
  readonly nearestMiss?: { readonly offer: string; readonly found: string; readonly wanted: string; readonly miss?: number };
  /** Of the offers excluded by this alone the cheapest: what the constraint costs. `price` is USD an hour. */
  readonly cheapestAlone?: CheapestAlone;
}

export interface CheapestAlone {
  readonly offer: string;
  readonly found: string;
  readonly price: number;
  /** The offer as a plan could use it; the explanation leaves it out. */
  readonly itself?: Offer;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}
