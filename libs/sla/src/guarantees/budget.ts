/** How much may go wrong in a guarantee's window, and how much has. */
export interface Budget {
  /** ms of downtime, or how many samples, requests or slices of time may be bad. */
  readonly unit: 'ms' | 'samples' | 'requests' | 'slices';
  /** Of time, of the whole window, however young the agreement is; else of what was counted in it so far. */
  readonly allowance: number;
  readonly spent: number;
  /** Never below 0. */
  readonly remaining: number;
  /** spent / allowance, 1 and beyond when it is used up; null where nothing is allowed (100 %). */
  readonly fraction: number | null;
}

export function budgetOf(unit: Budget['unit'], allowance: number, spent: number): Budget {
  return {
    unit,
    allowance,
    spent,
    remaining: Math.max(0, allowance - spent),
    fraction: allowance > 0 ? spent / allowance : null,
  };
}
