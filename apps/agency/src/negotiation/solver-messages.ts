import type { Answer, Assignment, Demand, Repaired, Selection } from '@cloud-agency/sla';

export interface SelectionOptions {
  /** What is placed already and stays: the plans contain it and count it against every constraint. */
  readonly fixed?: readonly Assignment[];
  /** USD a month that a plan may cost at most, beside the demand's own budget. */
  readonly costLimit?: number;
}

export type SolverTask =
  | { readonly to: 'select'; readonly demand: Demand; readonly answer: Answer; readonly options: SelectionOptions }
  | { readonly to: 'repair'; readonly demand: Demand; readonly answers: readonly Answer[] };

export interface SolverRequest {
  readonly id: number;
  readonly task: SolverTask;
}

export type SolverOutcome = { readonly selection: Selection } | { readonly repairs: readonly Repaired[] };
export type SolverReply = { readonly id: number } & (SolverOutcome | { readonly error: string });
