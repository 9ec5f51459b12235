import type { Answer, Ask, Assignment, Demand, Repaired, Running, Selection } from '@cloud-agency/sla';

export interface SelectionOptions {
  /** What is placed already and stays: the plans contain it and count it against every constraint. */
  readonly fixed?: readonly Assignment[];
  /** USD a month that a plan may cost at most, beside the demand's own budget. */
  readonly costLimit?: number;
  /** What runs and may stay or move: nothing moves for less than its least gain (CFP.md 3, Renegotiation). */
  readonly running?: Running;
}

export interface AskingOptions {
  /** Whether vendors may know the most that the client pays for a machine. */
  readonly publishReservation: boolean;
  /** All that were called. */
  readonly agents: readonly string[];
}

export type SolverTask =
  | { readonly to: 'select'; readonly demand: Demand; readonly answer: Answer; readonly options: SelectionOptions }
  | { readonly to: 'ask'; readonly demand: Demand; readonly answer: Answer; readonly options: AskingOptions }
  | { readonly to: 'repair'; readonly demand: Demand; readonly answers: readonly Answer[] };

export interface SolverRequest {
  readonly task: SolverTask;
  /** Limit of all that the task takes, seconds. */
  readonly seconds: number;
}

export type SolverOutcome =
  | { readonly selection: Selection }
  | { readonly asks: Readonly<Record<string, readonly Ask[]>> }
  | { readonly repairs: readonly Repaired[] };

/** What a thread says: that it can take a task; what it has found so far, checked; what came of the task. */
export type SolverReply =
  | { readonly is: 'ready' }
  | { readonly is: 'found'; readonly selection: Selection }
  | { readonly is: 'done'; readonly outcome: SolverOutcome }
  | { readonly is: 'failed'; readonly error: string; readonly told?: Told };

/** An error that the client can do something about, as it is told. */
export type Told =
  { readonly code: 'time-limit-reached' } | { readonly code: 'unsupported'; readonly path: string; readonly message: string };
