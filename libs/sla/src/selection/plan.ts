import type { Exclusion, Range } from './answer.js';
import type { Offer } from './offer.js';

/** One ranked way to meet a demand. */
export interface Plan {
  /** 1 is best. */
  readonly rank: number;
  readonly assignments: readonly Assignment[];
  /** USD a month of 730 h. */
  readonly cost: number;
  /** 0..1, 1 is best: the weighted sum of the normalised scores; for pareto how far the plan stands out of the front, for topsis its closeness to the ideal. */
  readonly score: number;
  readonly scores: readonly Score[];
  /** True when no plan with a better score exists (apart from those ranked before it); else `gap` bounds how much better one could be. */
  readonly optimal: boolean;
  readonly gap: number;
  /** Why this plan lost to the one before it, in words; for rank 1 why it won. */
  readonly why: string;
}

export interface Assignment {
  readonly item: string;
  readonly offer: Offer;
  readonly count: number;
}

/** One objective or preference of a plan: its value in its own unit, and normalised to 0..1 where 1 is best. */
export interface Score {
  /** `cost`, `availability`, or `<item>.<preference text>`. */
  readonly key: string;
  readonly value: number;
  readonly unit: string;
  readonly normalised: number;
  readonly weight: number;
}

export interface Explanation {
  readonly items: readonly ItemExplanation[];
  /** What normalisation used: the least and greatest value of each objective over all feasible offers (CFP.md 4). */
  readonly bounds: Readonly<Record<string, Range>>;
  /** Sentences a person can read: assumptions made, and for an impossible call what stands in the way. */
  readonly notes: readonly string[];
}

export interface ItemExplanation {
  readonly item: string;
  readonly considered: number;
  readonly feasible: number;
  readonly candidates: number;
  readonly excluded: readonly Exclusion[];
}

/** The outcome of a selection: ranked plans, or none and why. */
export interface Selection {
  readonly plans: readonly Plan[];
  readonly explanation: Explanation;
}
