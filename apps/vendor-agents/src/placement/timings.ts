/** How patient provisioning is; times in ms. */
export interface Timings {
  /** The state of a machine that boots is asked this often at first, and less and less often as it takes longer. */
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
  /** Before asking again after a failure that may pass. */
  readonly retryMs: number;
  /** How long a vendor that does not answer is waited for before anything is asked of it: then another offer is the better bet. */
  readonly patienceMs: number;
  /** How long a machine that may be there is looked for at a vendor that does not answer; what shows up later is swept away. */
  readonly uncertainMs: number;
  /** How long a create whose answer got lost may take to show its machine. */
  readonly settleMs: number;
  /** How long a vendor may take until it shows what it has just made. */
  readonly visibleAfterMs: number;
  readonly createAttempts: number;
  /** When a machine that will not go is reported as an orphan. */
  readonly orphanAfterMs: number;
  readonly deleteMaxMs: number;
  /** How long a refusal for the state that something is in is waited out: another operation may be on its way. */
  readonly conflictMs: number;
  /** How long what an operation left half done is tidied up after its failure, before the failure is told. */
  readonly undoMs: number;
  /** USD an hour by which the current price may differ from the quoted one: for rounding only. */
  readonly priceTolerance: number;
  /** How often the placements are compared with what the vendor lists. */
  readonly reconcileEveryMs: number;
  /** Before a machine that the vendor does not know is asked for once more. */
  readonly lookAgainMs: number;
}

export const timings: Timings = {
  pollMinMs: 200,
  pollMaxMs: 2_000,
  retryMs: 500,
  patienceMs: 4_000,
  uncertainMs: 8_000,
  settleMs: 3_000,
  visibleAfterMs: 10_000,
  createAttempts: 2,
  orphanAfterMs: 30_000,
  deleteMaxMs: 60_000,
  conflictMs: 30_000,
  undoMs: 60_000,
  priceTolerance: 1e-9,
  reconcileEveryMs: 60_000,
  lookAgainMs: 5_000,
};
