/** A linear model: maximise the objective over columns that are at least 0. */
export interface LinearModel {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}
export interface Column {
  readonly objective: number;
  readonly upper: number;
  /** Fractions are allowed; absent: whole numbers only. */
  readonly continuous?: true;
}
export interface Row {
  readonly terms: readonly Term[];
  readonly sense: '<=' | '=' | '>=';
  readonly bound: number;
}
export interface Term {
  readonly column: number;
  readonly coefficient: number;
}

/** The value of each column. */
export interface Solution {
  readonly values: Float64Array;
  /** False when a time limit ended the search before optimality was proven. */
  readonly proven: boolean;
}

export interface Relaxation {
  /** No integer solution has a greater objective. */
  readonly bound: number;
  /** By how much one unit of each column lowers that bound, at least 0. */
  readonly losses: Float64Array;
}
