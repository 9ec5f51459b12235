import { judged } from '../selection/ahp.js';
import type { Objective } from './call.js';
import { amount, list, mapping, type Reader, text } from './fields.js';
import { objectiveKey } from './objectives.js';
import type { Place, Problems } from './problems.js';

/** `{ prefer: cost, over: availability, by: 3 }`: cost matters three times as much as availability (AHP, Saaty's scale of 1 to 9). */
export interface Compared {
  readonly prefer: string;
  readonly over: string;
  readonly by: number;
}

const comparison: Reader<Compared> = mapping((fields) => {
  const prefer = fields.required('prefer', text(500));
  const over = fields.required('over', text(500));
  const by = fields.required('by', amount({ above: 0, atMost: 9 }));
  return prefer === undefined || over === undefined || by === undefined ? undefined : { prefer, over, by };
});

export const comparisons: Reader<readonly Compared[]> = list(comparison, 45);

/** Above it the comparisons contradict each other too much to mean anything (Saaty). */
const acceptable = 0.1;

/** The objectives with the weights that the comparisons amount to; says what is missing, unknown or inconsistent. */
export function weightedBy(
  compared: readonly Compared[],
  objectives: readonly Objective[],
  place: Place,
  problems: Problems,
): readonly Objective[] {
  const names = objectives.map(objectiveKey);
  const matrix = names.map((_, row) => names.map((__, column) => (row === column ? 1 : NaN)));
  for (const { prefer, over, by } of compared) {
    const [row, column] = [names.indexOf(prefer), names.indexOf(over)];
    const unknown = row < 0 ? prefer : over;
    if (row < 0 || column < 0)
      problems.add(place, `"${unknown}" is compared, but it is no objective`, `the objectives are ${names.join(', ')}`);
    else if (row === column) problems.add(place, `${prefer} is compared with itself`);
    else if (!Number.isNaN(matrix[row]?.[column])) problems.add(place, `${prefer} and ${over} are compared twice`);
    else enter(matrix, row, column, by);
  }
  const missing = names.flatMap((name, row) =>
    names
      .slice(row + 1)
      .filter((_, after) => Number.isNaN(matrix[row]?.[row + 1 + after]))
      .map((other) => `${name} with ${other}`),
  );
  if (missing.length > 0) problems.add(place, `every two objectives are to be compared; missing: ${missing.join(', ')}`);
  if (problems.malformed) return objectives;
  return consistent(matrix, objectives, place, problems);
}

function enter(matrix: number[][], row: number, column: number, by: number): void {
  const [rowOf, columnOf] = [matrix[row], matrix[column]];
  if (rowOf) rowOf[column] = by;
  if (columnOf) columnOf[row] = 1 / by;
}

function consistent(
  matrix: readonly (readonly number[])[],
  objectives: readonly Objective[],
  place: Place,
  problems: Problems,
): readonly Objective[] {
  const { weights, consistencyRatio, leastConsistent: worst } = judged(matrix);
  if (consistencyRatio > acceptable) {
    const name = (index: number) => objectiveKey(objectives[index] ?? { of: 'cost' });
    const stated = matrix[worst.row]?.[worst.column] ?? 1;
    problems.contradiction(
      place,
      `the comparisons contradict each other (consistency ratio ${consistencyRatio.toFixed(2)}, at most ${acceptable}): ${name(worst.row)} over ${name(worst.column)} is ${told(stated)}, though the others make it ${told(worst.implied)}`,
    );
  }
  return objectives.map((objective, index) => ({ ...objective, weight: weights[index] ?? objective.weight }));
}

function told(by: number): string {
  return by >= 1 ? String(Number(by.toPrecision(3))) : `1/${Number((1 / by).toPrecision(3))}`;
}
