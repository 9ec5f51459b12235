import type { Fields } from '../../documents/fields.js';
import type { Problems } from '../../documents/problems.js';
import type { OfferGroup, Situation, StandingGroup } from './situation.js';

/** How a vendor concedes. Pure: the same situation gives the same answer, wherever it is asked. */
export interface Tactic {
  /** What it takes off the list price of a group now, a share of it; never more than `most`. */
  readonly off: (situation: Situation, group: StandingGroup) => number;
  /** The most that it ever takes off. */
  readonly most: (group: OfferGroup) => number;
  /** The share of the list price below which nothing of the group is sold, whatever other tactics take off beside it; 0: it says nothing of that. */
  readonly floor: (group: OfferGroup) => number;
}

/** A tactic that can be configured: reads its own fields, those beside `use` and `markets`. */
export type TacticPlugin = (fields: Fields, problems: Problems) => Tactic;

/** One that goes down to a floor, and by itself never below it. `way` is how far it has gone, 0..1. */
export function downTo(floor: number, way: (situation: Situation, group: StandingGroup) => number): Tactic {
  return {
    off: (situation, group) => (1 - floor) * Math.min(1, Math.max(0, way(situation, group))),
    most: () => 1 - floor,
    floor: () => floor,
  };
}
