import { quantity } from '../../documents/fields.js';
import type { TacticPlugin } from './tactic.js';
import { offReached, tiersOf } from './terms.js';

/** `tiers: [{ from: 12 month, off: 10 % }]`: less for offers that commit for long, beyond what their list price says of it. */
export const commitment: TacticPlugin = (fields, problems) => {
  const tiers = tiersOf(fields, problems, quantity('duration', { min: 1, wanted: 'a time' }));
  return {
    off: (_, group) => offReached(tiers, group.commitment),
    most: (group) => offReached(tiers, group.commitment),
    floor: () => 0,
  };
};
