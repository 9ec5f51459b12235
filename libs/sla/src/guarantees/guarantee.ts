import type { AvailabilityGuarantee, MeasuredGuarantee } from '../documents/call.js';
import { budgetOf } from './budget.js';
import { duration, type Interval } from './interval.js';
import { fewestSamples, percentileOf } from './judged.js';
import type { SampleWindow } from './sample-window.js';
import type { GuaranteeState, Verdict } from './verdict.js';
import { windowLength } from './window.js';

type Assessed = Pick<Verdict, 'state' | 'wanted' | 'measured' | 'unit' | 'budget'>;

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
): Assessed {
  const { atLeast } = guarantee;
  const over = windowLength(guarantee);
  const allowance = Math.round((1 - atLeast) * over * 1000) / 1000;
  const budget = budgetOf('ms', allowance, duration(downtime.intervals, { from: downtime.from ?? now - over, until: now }));
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
export function assessResponseTime(guarantee: MeasuredGuarantee, before: GuaranteeState, window: SampleWindow): Assessed {
  const yardstick = { wanted: guarantee.atMost ?? 0, unit: 'ms' as const, budget: null };
  const measured = window.percentile(percentileOf(guarantee));
  if (measured === undefined || window.size < fewestSamples) return { ...yardstick, state: before, measured: measured ?? null };
  return { ...yardstick, state: measured > (guarantee.atMost ?? Infinity) ? 'violated' : 'fulfilled', measured };
}

/** Without the noise of binary fractions: 99.95, not 99.95000000000001. */
const percent = (fraction: number): number => Math.round(fraction * 1e10) / 1e8;
