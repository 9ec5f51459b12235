import type { AvailabilityGuarantee, ResponseTimeGuarantee } from '../documents/call.js';
import { type Budget, downtimeBudget } from './budget.js';
import { duration, type Interval } from './interval.js';
import type { SampleWindow } from './sample-window.js';

/** State of one guarantee of an agreement (CFP.md 3): undefined until enough is known, then one of the others for good. */
export type GuaranteeState = 'undefined' | 'fulfilled' | 'violated';

/** A guarantee held against what was measured. `wanted` and `measured` in `unit`; `measured` null: nothing to go by. */
export interface Verdict {
  readonly state: GuaranteeState;
  readonly wanted: number;
  readonly measured: number | null;
  readonly unit: '%' | 'ms';
  readonly budget: Budget | null;
}

/** What a response time is judged by at least: fewer answers in the window say nothing new, and the verdict before them stands. */
export const fewestSamples = 5;

export interface Downtime {
  /** Whether each machine has been seen up or down at all. */
  readonly known: boolean;
  readonly intervals: readonly Interval[];
  /** From when on it counts, where that is not when the window begins (`windowStart`). */
  readonly from?: number;
}

/**
 * Availability over the window that ends now: violated while downtime > (1 − target) × window, the whole window counting from the first
 * moment; recovered when enough of the downtime has left the window (CFP.md 6). Time of which nothing is known is not downtime.
 */
export function assessAvailability(
  guarantee: AvailabilityGuarantee,
  before: GuaranteeState,
  downtime: Downtime,
  now: number,
): Verdict {
  const { atLeast, over } = guarantee;
  const budget = downtimeBudget(guarantee, duration(downtime.intervals, { from: downtime.from ?? now - over, until: now }));
  const yardstick = { wanted: percent(atLeast), unit: '%' as const, budget };
  if (before === 'undefined' && !downtime.known) return { ...yardstick, state: 'undefined', measured: null };
  return {
    ...yardstick,
    state: budget.spent > budget.allowance ? 'violated' : 'fulfilled',
    measured: percent(1 - budget.spent / over),
  };
}

/**
 * Response time over the window: violated while the percentile of the answers' times is above the bound. A probe without an answer has no
 * response time: it counts for availability, not here.
 */
export function assessResponseTime(guarantee: ResponseTimeGuarantee, before: GuaranteeState, window: SampleWindow): Verdict {
  const yardstick = { wanted: guarantee.atMost, unit: 'ms' as const, budget: null };
  const measured = window.percentile(guarantee.percentile);
  if (measured === undefined || window.size < fewestSamples) return { ...yardstick, state: before, measured: measured ?? null };
  return { ...yardstick, state: measured > guarantee.atMost ? 'violated' : 'fulfilled', measured };
}

/** Without the noise of binary fractions: 99.95, not 99.95000000000001. */
const percent = (fraction: number): number => Math.round(fraction * 1e10) / 1e8;
