import type { Call, Offer, RenegotiationState } from '@cloud-agency/sla';
import type { LeasedRow } from '@cloud-agency/store';
import type { Json } from './tables.js';

/** Who or what asked for a renegotiation: the client, a rule of its call, or the market being cheaper than what runs. */
export type RenegotiationCause = 'client' | 'rule' | 'market';

/** One machine that a renegotiation changes. */
export type Move =
  /** Another machine takes over the resource. */
  | {
      readonly do: 'move';
      readonly item: string;
      readonly resource: string;
      readonly placement: string | null;
      readonly from: Offer;
      readonly to: Offer;
    }
  /** A machine more; its resource is made when it is ordered. */
  | {
      readonly do: 'add';
      readonly item: string;
      readonly resource: string | null;
      readonly placement: string | null;
      readonly to: Offer;
    }
  | { readonly do: 'release'; readonly item: string; readonly resource: string; readonly from: Offer };

/** A renegotiation of a running agreement (CFP.md 3). */
export interface RenegotiationRow extends LeasedRow {
  id: string;
  tenant: string;
  agreement: string;
  cause: RenegotiationCause;
  /** What led to it, in words. */
  reason: string;
  state: RenegotiationState;
  message: string;
  accept: 'manual' | 'best';
  /** The changed call as its author wrote it; null: the agreement's own. */
  document: string | null;
  call: Json<Call> | null;
  /** Nothing moves for less. */
  least_gain: number;
  /** The share of the present cost that must be saved; null: any gain will do that is no less than `least_gain`. */
  least_saving: number | null;
  /** USD for each machine that moves. */
  switching: number;
  /** Empty until something is proposed. A move knows its placement once that is ordered. */
  moves: Json<readonly Move[]>;
  /** USD a month: of what runs; of what is proposed, without the moves, and those alone. Null until it is known. */
  cost_before: number | null;
  cost_after: number | null;
  cost_moving: number | null;
  /** Why this is proposed, or nothing, in sentences. */
  explanation: Json<readonly string[]>;
  /** How often machines that failed were sought elsewhere. */
  attempts: number;
  next_at: number;
  /** Until when a proposal can be accepted, then until when its machines have to be up, ms. */
  deadline: number | null;
  created_at: number;
  updated_at: number;
}

/** A rule on market.cheaper of an agreement, and when the market is asked next. */
export interface MarketWatchRow extends LeasedRow {
  /** `<agreement>:<index of the rule>` */
  id: string;
  agreement: string;
  rule: number;
  every: number;
  next_at: number;
}
