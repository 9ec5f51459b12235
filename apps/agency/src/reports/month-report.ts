import type { Basis } from './basis.js';

/** Of the shape below. Fields are added within a version; one that goes, or means something else, makes a new one. */
export const reportVersion = 1;

/** What a month of an agreement came to (docs/reports.md): the same content whatever it is rendered as. Times are ISO 8601, amounts USD. */
export interface MonthReport {
  readonly version: typeof reportVersion;
  /** When it was made. */
  readonly made: string;
  readonly agreement: string;
  readonly name: string;
  readonly state: string;
  /** Calendar month in UTC, e.g. `2026-11`. */
  readonly month: string;
  readonly from: string;
  /** Up to when it speaks: the end of the month, or the moment it was asked for while the month goes on. */
  readonly until: string;
  readonly complete: boolean;
  /** The part of it in which the agreement held. */
  readonly held: Stretch;
  /** Whether penalties and rewards change no more. */
  readonly settled: boolean;
  readonly level: string;
  readonly charge: number;
  readonly penalties: number;
  readonly rewards: number;
  /** The charge, less penalties, and rewards with it. */
  readonly due: number;
  readonly guarantees: readonly ReportedGuarantee[];
  readonly violations: Listed<ReportedViolation>;
  readonly ledger: Listed<ReportedEntry>;
  readonly reactions: Listed<ReportedReaction>;
  readonly machines: Listed<ReportedMachine>;
  /** Why the days of machines are missing, or since when there are any; null: nothing is missing. */
  readonly remark: string | null;
}

export interface Stretch {
  readonly from: string;
  readonly until: string;
}

/** A page of a list, and how many there are in all. */
export interface Listed<T> {
  readonly total: number;
  readonly page: number;
  readonly size: number;
  readonly items: readonly T[];
}

/** A guarantee for one machine, or for a group (resource null). */
export interface ReportedGuarantee extends Basis {
  readonly guarantee: number;
  readonly level: string;
  readonly term: string;
  readonly of: string;
  readonly resource: string | null;
  readonly wanted: number;
  readonly unit: string;
  /** Whether that is the most or the least that may be measured. */
  readonly side: 'at_most' | 'at_least';
  /** At the end of what is reported; null: it does not hold any more. */
  readonly state: string | null;
  /** By the monitor, over the guarantee's own window, at this moment; null of a month that is over. */
  readonly current: number | null;
  /** Over the month; null where nothing was measured. */
  readonly measured: number | null;
  /** The part of what was allowed in the month that was spent, 1 is all. */
  readonly budgetSpent: number | null;
  readonly violations: number;
  /** How long it was violated in the month, s. */
  readonly violatedFor: number;
}

export interface ReportedViolation {
  readonly id: string;
  readonly guarantee: number;
  readonly term: string;
  readonly of: string;
  readonly resource: string | null;
  readonly opened: string;
  readonly closed: string | null;
  /** Within the month, s. */
  readonly duration: number;
  readonly wanted: number;
  readonly worst: number;
  readonly unit: string;
  readonly penalty: number;
  /** Measurements that spoke against the guarantee. */
  readonly count: number;
  /** The newest of them, oldest first. */
  readonly proof: readonly object[];
}

export interface ReportedEntry {
  readonly kind: 'penalty' | 'reward';
  readonly guarantee: number;
  readonly term: string;
  readonly of: string;
  readonly resource: string | null;
  readonly violation: string | null;
  readonly amount: number;
  readonly state: 'running' | 'settled';
  readonly reason: string;
}

export interface ReportedReaction {
  readonly id: string;
  readonly at: string;
  readonly finished: string | null;
  readonly event: string;
  readonly action: string;
  readonly state: string;
  readonly item: string | null;
  readonly resource: string | null;
  readonly why: string;
}

/** From when until when it was paid for in the month, gaps included. */
export interface ReportedMachine extends Stretch {
  readonly resource: string;
  readonly title: string;
  readonly item: string;
  /** That were paid for in the month. */
  readonly hours: number;
  readonly charge: number;
  readonly days: readonly ReportedDay[];
}

/** A day in UTC on which it was measured. */
export interface ReportedDay {
  readonly day: string;
  /** Share of its probes that were answered well, %. */
  readonly availability: number;
  readonly probes: number;
  /** ms; null without an answer. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}
