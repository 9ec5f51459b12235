import type { AvailabilityGuarantee } from '../documents/call.js';

/** How much downtime a guarantee leaves in its window, all in ms. */
export interface Budget {
  /** (1 − target) × window: of the whole window, however young the agreement is. */
  readonly allowance: number;
  readonly spent: number;
  /** Never below 0. */
  readonly remaining: number;
  /** spent / allowance, 1 and beyond when it is used up; null where nothing is allowed (100 %). */
  readonly fraction: number | null;
}

export function downtimeBudget(guarantee: Pick<AvailabilityGuarantee, 'atLeast' | 'over'>, spent: number): Budget {
  const allowance = allowed(guarantee);
  return { allowance, spent, remaining: Math.max(0, allowance - spent), fraction: allowance > 0 ? spent / allowance : null };
}

/** To a thousandth of a ms, so that 0.1 × 1000 ms is 100 ms and not a little less. */
function allowed({ atLeast, over }: Pick<AvailabilityGuarantee, 'atLeast' | 'over'>): number {
  return Math.round((1 - atLeast) * over * 1000) / 1000;
}
