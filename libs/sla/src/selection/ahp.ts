/** Saaty's random consistency index for matrices of 0, 1, 2, … rows (The Analytic Hierarchy Process, 1980). */
const randomIndex = [0, 0, 0, 0.58, 0.9, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49];

export interface Judged {
  /** Sum up to 1. */
  readonly weights: readonly number[];
  /** 0 when all comparisons agree; above 0.1 they contradict each other. */
  readonly consistencyRatio: number;
  /** The comparison that the others contradict most, by row and column, and what they make of it. */
  readonly leastConsistent: { readonly row: number; readonly column: number; readonly implied: number };
}

/**
 * The weights that pairwise comparisons amount to, by the principal eigenvector: `matrix[i][j]` is how many times as important as j i is, and
 * `matrix[j][i]` its inverse. At most 10 rows.
 */
export function judged(matrix: readonly (readonly number[])[]): Judged {
  const { vector: weights, value } = principal(matrix);
  const size = matrix.length;
  const random = randomIndex[size] ?? 0;
  const index = size > 1 ? (value - size) / (size - 1) : 0;
  return {
    weights,
    consistencyRatio: random === 0 ? 0 : Math.max(0, index / random),
    leastConsistent: leastConsistent(matrix),
  };
}

function principal(matrix: readonly (readonly number[])[]): { readonly vector: readonly number[]; readonly value: number } {
  let vector = matrix.map(() => 1 / matrix.length);
  let value = matrix.length;
  for (let turn = 0; turn < 200; turn += 1) {
    const next = matrix.map((row) => row.reduce((sum, entry, column) => sum + entry * (vector[column] ?? 0), 0));
    value = next.reduce((sum, entry) => sum + entry, 0);
    vector = next.map((entry) => entry / value);
  }
  return { vector, value };
}

/** Against the geometric mean of what each third says: a over c, times c over b. */
function leastConsistent(matrix: readonly (readonly number[])[]): Judged['leastConsistent'] {
  let worst = { row: 0, column: 1, implied: 1 };
  let farthest = -1;
  matrix.forEach((entries, row) => {
    entries.forEach((entry, column) => {
      if (column <= row) return;
      const logs = matrix.flatMap((third, index) =>
        index === row || index === column ? [] : [Math.log((entries[index] ?? 1) * (third[column] ?? 1))],
      );
      const implied = Math.exp(logs.reduce((sum, log) => sum + log, 0) / Math.max(1, logs.length));
      const distance = Math.abs(Math.log(entry / implied));
      if (logs.length === 0 || distance <= farthest) return;
      farthest = distance;
      worst = { row, column, implied };
    });
  });
  return worst;
}
