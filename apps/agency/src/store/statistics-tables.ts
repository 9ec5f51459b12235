import type { FailureReason } from '@cloud-agency/bus';
import type { Market } from '@cloud-agency/sla';

/** What facts about machines are counted by. */
export interface CountedBy {
  vendor: string;
  region: string;
  /** The vendor's own name of it. */
  size: string;
  market: Market;
}

/** What became of an order: `took` is ms until it was verified, null when it failed for the `reason`. */
export interface ProvisioningRow extends CountedBy {
  placement: string;
  at: number;
  took: number | null;
  reason: FailureReason | null;
}

/** How long a machine was watched on a day (UTC) and how long of that it did not answer, ms. The id is of placement and day. */
export interface UptimeRow extends CountedBy {
  id: string;
  placement: string;
  day: number;
  watched: number;
  down: number;
  /** Until when it was watched. */
  as_of: number;
}

/** What a machine computes, as it measured it last: signatures by P-256 a second. */
export interface PowerRow extends CountedBy {
  placement: string;
  at: number;
  value: number;
}

/** A list price that changed, USD an hour; null: not sold there any more. */
export interface PriceChangeRow extends CountedBy {
  id: string;
  agent: string;
  /** ms; 0 for none. */
  commitment: number;
  at: number;
  was: number;
  price: number | null;
}

/** A violation of a guarantee; the id is the violation's, with the place behind it where a group broke it. */
export interface BreachRow extends CountedBy {
  id: string;
  at: number;
}
