import type { Highs } from 'highs';
import type { LinearModel, Relaxation, Row, Solution } from './linear.js';

/** Tighter than the defaults: scores of good plans differ by little. */
const tolerances = {
  output_flag: false,
  mip_rel_gap: 0,
  mip_abs_gap: 1e-9,
  mip_feasibility_tolerance: 1e-9,
  primal_feasibility_tolerance: 1e-9,
} as const;

/** The LP relaxation: undefined when even that is infeasible, or takes longer than so many seconds. */
export function relax(highs: Highs, model: LinearModel, seconds: number): Relaxation | undefined {
  const result = highs.solve(lpText(model, false), { ...tolerances, time_limit: seconds });
  if (result.Status !== 'Optimal') return undefined;
  const losses = new Float64Array(model.columns.length);
  for (const { Name, Dual } of columnsOf(result)) losses[Number(Name.slice(1))] = Math.max(0, -(Dual ?? 0));
  return { bound: result.ObjectiveValue, losses };
}

/** The best integer solution; undefined when there is none. `seconds` limits the search. */
export function solveByHighs(
  highs: Highs,
  model: LinearModel,
  { seconds, presolve }: { readonly seconds: number; readonly presolve: boolean },
): Solution | undefined {
  const result = highs.solve(lpText(model, true), { ...tolerances, time_limit: seconds, presolve: presolve ? 'on' : 'off' });
  if (result.Status !== 'Optimal' && result.Status !== 'Time limit reached') return undefined;
  const values = new Float64Array(model.columns.length);
  for (const { Name, Primal } of columnsOf(result)) {
    if (Primal === undefined) return undefined;
    const column = Number(Name.slice(1));
    values[column] = model.columns[column]?.continuous ? Primal : Math.round(Primal);
  }
  return { values, proven: result.Status === 'Optimal' };
}

interface ColumnResult {
  readonly Name: string;
  readonly Primal?: number;
  readonly Dual?: number;
}

/** HiGHS' declared types differ by outcome; what is there is told by its presence. */
function columnsOf({ Columns }: { readonly Columns: unknown }): readonly ColumnResult[] {
  return Object.values(Columns as Record<string, ColumnResult>);
}

/** CPLEX LP format; column n is called xn. */
function lpText({ columns, rows }: LinearModel, integer: boolean): string {
  const objective = columns.map(({ objective: value }, index) => term(value, index)).join(' ');
  const bounds = columns.map(({ upper }, index) => `0 <= x${index} <= ${upper}`);
  const names = columns.flatMap(({ continuous }, index) => (continuous ? [] : [`x${index}`]));
  return [
    'Maximize',
    `obj: ${objective}`,
    'Subject To',
    ...rows.map(rowText),
    'Bounds',
    ...bounds,
    ...(integer ? ['General', names.join(' ')] : []),
    'End',
  ].join('\n');
}

function rowText({ terms, sense, bound }: Row, index: number): string {
  return `r${index}: ${terms.map(({ column, coefficient }) => term(coefficient, column)).join(' ')} ${sense} ${bound}`;
}

function term(coefficient: number, column: number): string {
  return `${coefficient < 0 ? '-' : '+'} ${Math.abs(coefficient)} x${column}`;
}
