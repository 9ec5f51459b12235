import type { Exclusion, Range } from './answer.js';
import type { Offer } from './offer.js';

/** One ranked way to meet a demand. */
export interface Plan {
  /** 1 is best. */
  readonly rank: number;
  readonly assignments: readonly Assignment[];
  /** USD a month of 730 h, discounts, traffic and moves included. */
  readonly cost: number;
  /** The parts of it that are not the price of machines, where there are any: USD a month. */
  readonly traffic?: number;
  readonly moving?: number;
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
  /** What a discount takes off the offer's price, as a share; absent: nothing. */
  readonly off?: number;
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
  /** What the constraints that bind cost the best plan. */
  readonly prices?: readonly ConstraintPrice[];
  /** For an impossible call the smallest changes that make it possible, the smallest first. */
  readonly repairs?: readonly Repair[];
  /** Whom the repairs were asked of; absent where nobody was. */
  readonly repairRound?: RepairRound;
}

/** Vendor agents by name: all that were asked, and those of them that had not answered in time. */
export interface RepairRound {
  readonly asked: readonly string[];
  readonly silent: readonly string[];
}

/** What one constraint costs: how much better the best plan would be if it were a little looser. */
export interface ConstraintPrice {
  /** Null: of the whole call. */
  readonly item: string | null;
  readonly constraint: string;
  /** What one step looser would be, e.g. `country DE or FR or US`. */
  readonly looser: string;
  /** USD a month that the best plan would cost less, negative for more; and what its score would gain. */
  readonly saves: number;
  readonly gains: number;
  /** A sentence: `One more country (US) would save 41.00 USD a month.` */
  readonly text: string;
}

/** Changes that make an impossible call possible, all of them together. */
export interface Repair {
  readonly changes: readonly Change[];
  /** USD a month of the cheapest plan that it makes possible. */
  readonly cost: number;
  /** Summed relative change; a member of a set added or dropped counts 1 (CFP.md 3). */
  readonly size: number;
  readonly text: string;
}
export interface Change {
  readonly item: string | null;
  /** Where it stands in the document, e.g. `resources.web.require.cores`. */
  readonly path: string;
  readonly from: string;
  /** What to write there instead; null: take it out. */
  readonly to: string | null;
  readonly size: number;
}

export interface ItemExplanation {
  readonly item: string;
  readonly considered: number;
  readonly feasible: number;
  readonly candidates: number;
  readonly excluded: readonly Exclusion[];
  /** The best of the offers that lost, each beside the winner's own, objective by objective. */
  readonly alternatives?: readonly Alternative[];
}

/** An offer that one machine of the winning plan could have had instead. */
export interface Alternative {
  readonly offer: string;
  /** The winner's offer that it is held against. */
  readonly beside: string;
  /** What the plan's score would lose; Infinity never: what breaks a joint constraint says so. */
  readonly loses: number;
  /** The joint constraint that the exchange would break, in words; absent: none. */
  readonly breaks?: string;
  readonly scores: readonly {
    readonly key: string;
    readonly value: number | null;
    readonly winner: number | null;
    readonly unit: string;
  }[];
}

/** The outcome of a selection: ranked plans, or none and why. */
export interface Selection {
  readonly plans: readonly Plan[];
  readonly explanation: Explanation;
}
