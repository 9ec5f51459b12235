import type { Budget } from './budget.js';

/** State of one guarantee of an agreement (CFP.md 3): undefined until enough is known, then one of the others for good. */
export type GuaranteeState = 'undefined' | 'fulfilled' | 'violated';

/** A guarantee held against what was measured. `wanted` and `measured` are in `unit`. */
export interface Verdict {
  readonly state: GuaranteeState;
  /** The bound; of two, the one that is broken, or else the nearer one. */
  readonly wanted: number;
  /** Whether what is measured is to be at most or at least that. */
  readonly side: 'at_most' | 'at_least';
  /** Null: there is nothing to go by. */
  readonly measured: number | null;
  readonly unit: string;
  /** Samples in the window; of availability by time those of the newest stretch of knowledge do not matter, and it is what is known of its machines: 0 or 1. */
  readonly samples: number;
  /** Since when the window lasts, ms since 1970. */
  readonly from: number;
  /** What may go wrong, and what has; null for what has none (a mean is within its bound or not). */
  readonly budget: Budget | null;
  /** In the order of `burnPairs`; empty without a budget, or of a window too short for them. */
  readonly burns: readonly Burn[];
  /** Why it will be violated soon if nothing changes; null: nothing says so, or it is violated already. */
  readonly atRisk: Risk | null;
  readonly forecast: Forecast | null;
}

/** How fast the budget is being spent over two windows that both end now; 1 spends exactly all of it in the guarantee's own window. */
export interface Burn {
  /** From which rate on over both windows it is a risk: 14.4, 6, 3, 1. */
  readonly factor: number;
  /** How long the windows are, ms. */
  readonly long: number;
  readonly short: number;
  readonly longRate: number;
  readonly shortRate: number;
}

export type Risk =
  /** `factor`: the greatest whose two windows both burn as fast; `rate`: of the long one. */
  | { readonly by: 'burn_rate'; readonly factor: number; readonly rate: number; readonly window: number }
  | { readonly by: 'trend'; readonly at: number };

/** Where a straight line through what was measured goes. */
export interface Forecast {
  /** By how much what is measured changes in an hour, in the verdict's unit; of a budget, its spent share. */
  readonly perHour: number;
  /** When it meets the bound, ms since 1970; null: never, or not within a year. */
  readonly at: number | null;
}
