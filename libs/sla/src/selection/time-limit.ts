import type { Highs } from 'highs';
import type { Solver } from './solve.js';

export interface SolverOptions {
  /** The loaded module of the package `highs`. */
  readonly highs: Highs | Promise<Highs>;
  /** Limit of the whole selection, seconds (default 10); without `now`, of each of its searches. */
  readonly seconds?: number | undefined;
  /** The time, ms. */
  readonly now?: (() => number) | undefined;
}

const shippedSeconds = 10;

/** A solver that has so much time for all its searches together. */
export async function limited({ highs, seconds = shippedSeconds, now }: SolverOptions): Promise<Solver> {
  const loaded = await highs;
  if (!now) return { highs: loaded, seconds };
  const end = now() + seconds * 1000;
  return {
    highs: loaded,
    get seconds() {
      return Math.max(0, (end - now()) / 1000);
    },
  };
}

/** Whether time ran out: what was not found then may exist all the same. */
export function isOver({ seconds }: Solver): boolean {
  return seconds <= 0;
}
