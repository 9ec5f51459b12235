import { quantity } from '../../documents/fields.js';
import { downTo, type TacticPlugin } from './tactic.js';
import { floorOf } from './terms.js';

/** `above: 30 %, floor: 90 %`: nothing as long as no more than `above` of a place is free, evenly more from there on, the floor where it is empty. */
export const capacityAware: TacticPlugin = (fields, problems) => {
  const floor = floorOf(fields);
  const above = fields.optional('above', quantity('fraction')) ?? 0;
  if (above >= 1) problems.add(fields.placeOf('above'), 'no place has more than 100 % free');
  // How full a place is that nobody tells of is not guessed.
  return downTo(floor, (_, { free }) => (free === null || above >= 1 ? 0 : (free - above) / (1 - above)));
};
