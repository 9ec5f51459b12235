import type { AgreementState, Guarantee, Interval, Standing } from '@cloud-agency/sla';
import type { Json } from './tables.js';

/** State of one guarantee of an agreement, for one resource or the group (resource null). */
export interface TermState {
  readonly index: number;
  readonly term: string;
  /** Of a metric or an expression: which. */
  readonly about?: string;
  readonly of: string;
  readonly resource: string | null;
  readonly state: 'undefined' | 'fulfilled' | 'violated';
  /** The bound; of two, the one that is broken, or else the nearer one. */
  readonly wanted: number;
  readonly unit: string;
  /** Whether that is the most or the least that may be measured. */
  readonly side: 'at_most' | 'at_least';
  /** The service level that it belongs to; absent: the agreed one. */
  readonly level?: string;
  /** What a breach costs, in words; absent: nothing. */
  readonly remedy?: string;
}

/** What an agreement has promised under a number until it was renegotiated. */
export interface FormerPromise {
  /** Among all guarantees of the call, its levels' included. */
  readonly index: number;
  /** Null: there was none of that number. */
  readonly guarantee: Guarantee | null;
  /** ms */
  readonly until: number;
}

export interface AgreementRow {
  id: string;
  cfp: string;
  proposal: string;
  tenant: string;
  name: string;
  state: AgreementState;
  agreed_at: number | null;
  effective_from: number | null;
  effective_until: number | null;
  suspensions: Json<readonly Interval[]>;
  /** Its levels so far, in order; none yet: the agreed one. */
  levels: Json<readonly Standing[]>;
  /** When something is to be done about it next, ms; null: when something happens. */
  next_at: number | null;
  /** Up to when its months are settled for good; null: none is. */
  settled_until: number | null;
  terms: Json<readonly TermState[]>;
  /** Oldest first. */
  former: Json<readonly FormerPromise[]>;
  watch_version: number;
  created_at: number;
  removed: number;
}

/** What an agreement comes to: the ledger of its penalties and rewards. */
export interface LedgerRow {
  id: string;
  tenant: string;
  agreement: string;
  kind: 'penalty' | 'reward';
  /** Place among all that the agreement promises, its levels' included, and has promised (agreements/promised.ts). */
  guarantee: number;
  term: string;
  of: string;
  resource: string | null;
  violation: string | null;
  /** Calendar month in UTC, e.g. `2026-11`. */
  month: string;
  /** USD, in decimal digits. */
  amount: string;
  /** 0: the month goes on, and the amount with it. */
  settled: number;
  reason: string;
  updated_at: number;
}

export interface ViolationRow {
  id: string;
  tenant: string;
  agreement: string;
  term: string;
  of: string;
  guarantee: number;
  resource: string | null;
  opened: number;
  closed: number | null;
  wanted: number;
  /** The last that was measured while it lasted, and the farthest beyond what was promised. */
  measured: number;
  worst: number;
  /** Samples that spoke against the guarantee. */
  count: number;
  /** When the monitor told of it last, ms. */
  updated: number;
  unit: string;
  samples: Json<readonly object[]>;
}
