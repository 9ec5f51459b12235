import type { Offer, Overlap } from '@cloud-agency/sla';
import type { LeasedRow } from '@cloud-agency/store';
import type { Json } from './tables.js';

/** What a rule does, as the tier carries it out: `scale` is one of three (docs/reactions.md). */
export type ReactionAction = 'notify' | 'replace' | 'migrate' | 'scale-out' | 'scale-in' | 'resize' | 'renegotiate' | 'terminate';

/** What a reaction goes by, copied from its rule when it began, and how far it has come. What does not apply is left out. */
export interface ReactionDetail {
  readonly overlap?: Overlap;
  /** migrate: where to, where that is decided already. */
  readonly target?: Offer;
  /** scale-out, scale-in: how many machines, and how far at most. */
  readonly by?: number;
  readonly bound?: number;
  /** resize: which way, the offer, and the operation at the vendor once it is asked for. */
  readonly size?: 'larger' | 'smaller';
  readonly offer?: Offer;
  readonly task?: string;
  /** renegotiate, and migrate for a better price. */
  readonly leastGain?: number;
  readonly accept?: 'manual' | 'best';
  /** renegotiate: the one that it has opened. */
  readonly renegotiation?: string;
  /** scale-out: the resources it has added. */
  readonly added?: readonly string[];
}

export interface ReactionRow extends LeasedRow {
  id: string;
  agreement: string;
  /** Index of the rule in the call. */
  rule: number;
  action: ReactionAction;
  /** The event that set it off, and its message. */
  event: string;
  cause: string;
  /** The machine that it is about; null: it is about an item, or the agreement. */
  resource: string | null;
  /** The placement that carried the resource when it began. */
  placement: string | null;
  item: string | null;
  /** skipped: the rule would have acted, and `message` says why it did not. */
  state: 'begun' | 'done' | 'failed' | 'skipped';
  message: string;
  detail: Json<ReactionDetail>;
  /** Of a skipped one, how often the rule would have acted. */
  attempts: number;
  next_at: number;
  begun_at: number;
  finished_at: number | null;
}
