import type { Answer, Assignment, Demand, Selection } from '@cloud-agency/sla';

export interface SelectionOptions {
  /** What is placed already and stays: the plans contain it and count it against every constraint. */
  readonly fixed?: readonly Assignment[];
  /** USD a month that a plan may cost at most, beside the demand's own budget. */
  readonly costLimit?: number;
}

export interface SolverRequest {
  readonly id: number;
  readonly demand: Demand;
  readonly answer: Answer;
  readonly options: SelectionOptions;
}

export type SolverReply =
  { readonly id: number; readonly selection: Selection } | { readonly id: number; readonly error: string };
