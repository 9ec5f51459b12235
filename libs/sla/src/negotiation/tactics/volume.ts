import { wholeNumber } from '../../documents/fields.js';
import type { TacticPlugin } from './tactic.js';
import { offReached, tiersOf } from './terms.js';

/** `tiers: [{ from: 10, off: 5 % }]`: less for a call that asks for many machines, however many of them the vendor gets in the end. */
export const volume: TacticPlugin = (fields, problems) => {
  const tiers = tiersOf(fields, problems, wholeNumber(1, 100_000));
  return {
    off: ({ machines }) => offReached(tiers, machines),
    most: () => tiers.at(-1)?.off ?? 0,
    floor: () => 0,
  };
};
