import { pressedRound } from './situation.js';
import type { TacticPlugin } from './tactic.js';
import { floorOf, stepOf } from './terms.js';

/** `floor: 60 %, step: 5 %`: spot prices go down by a step of the list price each round, to the floor. Other markets keep theirs. */
export const spot: TacticPlugin = (fields) => {
  const [floor, step] = [floorOf(fields), stepOf(fields)];
  return {
    off: (situation, { market }) => (market === 'spot' ? Math.min(1 - floor, step * (pressedRound(situation) - 1)) : 0),
    most: ({ market }) => (market === 'spot' ? 1 - floor : 0),
    floor: ({ market }) => (market === 'spot' ? floor : 0),
  };
};
