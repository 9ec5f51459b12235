import type { Series } from '../intake/series.js';

/** A violation is proven by so many samples at most: the newest. */
export const mostProofs = 50;

/** A sample that speaks for a violation. */
export interface Proof {
  readonly resource: string;
  readonly metric: string;
  readonly source: string;
  readonly at: number;
  readonly value: number;
  readonly detail: string | undefined;
}

/** The newest samples that speak against a guarantee, kept at hand to prove what is found. */
export class Proofs {
  private readonly kept: Proof[] = [];

  add({ resource, metric, source }: Series, at: number, value: number, detail: string | undefined): void {
    this.kept.push({ resource, metric, source, at, value, detail });
    if (this.kept.length >= 2 * mostProofs) this.kept.splice(0, mostProofs);
  }

  /** Those since then, oldest first. */
  since(time: number): readonly Proof[] {
    return this.kept
      .filter(({ at }) => at > time)
      .sort((a, b) => a.at - b.at)
      .slice(-mostProofs);
  }
}
