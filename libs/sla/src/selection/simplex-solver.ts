import javascriptLpSolver, { type Solution as Answered, type SolverAPI } from 'javascript-lp-solver';
import type { LinearModel, Solution } from './linear.js';

// The package declares its ES build's default export as if it were CommonJS.
const solver = javascriptLpSolver as unknown as SolverAPI;

/** Up to this many columns the plain JavaScript solver is both right and faster than loading a model into HiGHS (test/bench/selection). */
export const smallModel = 40;

/** The best integer solution by javascript-lp-solver; undefined when it finds none. Its answers are for the caller to check. */
export function solveSmall({ columns, rows }: LinearModel): Solution | undefined {
  const variables = columns.map(({ objective }): Record<string, number> => ({ objective }));
  const constraints: Record<string, { min?: number; max?: number; equal?: number }> = {};
  rows.forEach(({ terms, sense, bound }, index) => {
    constraints[`r${index}`] = sense === '=' ? { equal: bound } : sense === '<=' ? { max: bound } : { min: bound };
    for (const { column, coefficient } of terms) addTo(variables[column], `r${index}`, coefficient);
  });
  columns.forEach(({ upper }, index) => {
    constraints[`u${index}`] = { max: upper };
    addTo(variables[index], `u${index}`, 1);
  });
  const named = (entries: readonly unknown[]) => Object.fromEntries(entries.map((entry, index) => [`x${index}`, entry]));
  const result = solver.Solve({
    optimize: 'objective',
    opType: 'max',
    constraints,
    variables: named(variables) as Record<string, Record<string, number>>,
    ints: Object.fromEntries(columns.flatMap(({ continuous }, index) => (continuous ? [] : [[`x${index}`, 1]]))),
    timeout: 500,
  }) as Answered;
  if (!result.feasible) return undefined;
  const values = columns.map((_, index) => result[`x${index}`] ?? 0).map(Number);
  const whole = (value: number, index: number) => (columns[index]?.continuous ? value : Math.round(value));
  const fractional = values.some((value, index) => Math.abs(value - whole(value, index)) > 1e-6);
  return fractional ? undefined : { values: Float64Array.from(values, whole), proven: true };
}

function addTo(variable: Record<string, number> | undefined, row: string, coefficient: number): void {
  if (variable) variable[row] = (variable[row] ?? 0) + coefficient;
}
