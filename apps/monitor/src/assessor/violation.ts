import type { Verdict } from '@cloud-agency/sla';
import type { Proof } from './proofs.js';

/** A breach of one guarantee: opened with the samples that prove it, kept up to date while it lasts, closed by recovery. */
export interface Violation {
  readonly id: string;
  readonly openedAt: number;
  /** Null: it lasts. */
  readonly closedAt: number | null;
  readonly wanted: number;
  /** The last that was measured, and the farthest beyond the bound. */
  readonly measured: number;
  readonly worst: number;
  /** Samples that spoke against the guarantee since it was opened, those that prove it included. */
  readonly count: number;
  /** When it was told last, ms. */
  readonly toldAt: number;
  readonly proofs: readonly Proof[];
}

/** While it lasts it is told again so often, ms. */
const toldEveryMs = 60_000;

export function opened(id: string, verdict: Verdict, proofs: readonly Proof[], now: number): Violation {
  const measured = verdict.measured ?? verdict.wanted;
  const { wanted } = verdict;
  return { id, openedAt: now, closedAt: null, wanted, measured, worst: measured, count: proofs.length, toldAt: now, proofs };
}

export function goneOn(violation: Violation, verdict: Verdict, more: number): Violation {
  const measured = verdict.measured ?? violation.measured;
  const isWorse = verdict.side === 'at_most' ? measured > violation.worst : measured < violation.worst;
  return { ...violation, measured, worst: isWorse ? measured : violation.worst, count: violation.count + more };
}

/** Whether it is time to tell how it stands. */
export const isToTell = (violation: Violation, now: number): boolean => now - violation.toldAt >= toldEveryMs;
