import type { AvailabilityTarget, Demand, Need } from '../documents/call.js';
import type { Assignment } from './plan.js';

/** What rounding may take from an availability: 30 microseconds a year. */
export const availabilityTolerance = 1e-12;

/** What a plan must have for a target, rounding forgiven. */
export function wanted({ atLeast }: AvailabilityTarget): number {
  return atLeast - availabilityTolerance;
}

/**
 * The probability that at least `minUp` of these machines are up at once, failures taken as independent: the upper tail of the Poisson-binomial
 * distribution, by the recurrence over machines (Barlow and Heidtmann, IEEE Transactions on Reliability R-33, 1984).
 */
export function groupAvailability(availabilities: readonly number[], minUp: number): number {
  // states[k]: so many are up; the last one: at least minUp.
  const states = new Float64Array(minUp + 1);
  states[0] = 1;
  for (const up of availabilities) {
    for (let k = minUp; k >= 0; k -= 1) {
      const stays = k === minUp ? 1 : 1 - up;
      states[k] = (states[k] ?? 0) * stays + (k > 0 ? (states[k - 1] ?? 0) * up : 0);
    }
  }
  return states[minUp] ?? 0;
}

/** What a reader must know of targets that are met. */
export function assumedFor({ availability = [] }: Demand): readonly string[] {
  const note =
    'Availability targets are met by what vendors declare; the failures of machines are taken as independent of each other.';
  return availability.length > 0 ? [note] : [];
}

/** How many of an item's machines must be up for it to be up. */
export function mustBeUp({ minUp, count }: Need): number {
  return minUp ?? count;
}

/** The availability of an item as these assignments have it; undefined when that of a machine is unknown. */
export function itemAvailability(need: Need, assignments: readonly Assignment[]): number | undefined {
  const own = assignments.filter(({ item }) => item === need.item);
  const known = own.flatMap(({ offer, count }) =>
    offer.availability === null ? [] : new Array<number>(count).fill(offer.availability),
  );
  const machines = own.reduce((sum, { count }) => sum + count, 0);
  return known.length < machines ? undefined : groupAvailability(known, mustBeUp(need));
}
