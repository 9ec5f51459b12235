/** The nearest-rank percentile of values in ascending order: the smallest that at least `rank` % of all are not above. */
export function percentile(ascending: readonly number[], rank: number): number | undefined {
  return ascending[positionOf(rank, ascending.length) - 1];
}

/** Which of so many values in ascending order that is, from 1. */
export function positionOf(rank: number, count: number): number {
  return Math.max(1, Math.ceil(Math.round(((rank * count) / 100) * 1e9) / 1e9));
}
