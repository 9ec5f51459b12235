import { bandEnds, gapBands } from '../counter.js';
import type { Told } from './situation.js';
import { downTo, type TacticPlugin } from './tactic.js';
import { floorOf, givenOf, stepOf } from './terms.js';

/**
 * `step: 5 %, floor: 85 %`: tit for tat. A step for the first gap it is told of; as much again as long as the gap gets narrower for it, half as
 * much where it stays, nothing where it gets wider; and never more than the band says is missing. Where the client publishes what it pays
 * at most, it goes there at once if it can.
 */
export const behaviourDependent: TacticPlugin = (fields) => {
  const floor = floorOf(fields);
  const step = stepOf(fields);
  const given = givenOf(fields);
  const most = 1 - floor;
  return downTo(floor, (situation) => (most > 0 ? offAfter(situation.told, step * given(situation), most) / most : 0));
};

/** What it has given when it has answered all that it was told, a share of the list price. */
function offAfter(told: readonly (Told | undefined)[], firstStep: number, most: number): number {
  let off = 0;
  let step = firstStep;
  let before: Told | undefined;
  for (const now of told) {
    if (!now || now.wins) continue;
    if (now.reach !== undefined && now.reach > off) {
      if (now.reach <= most) off = now.reach;
    } else {
      const moved = before === undefined ? 1 : widthOf(before) - widthOf(now);
      if (moved === 0) step /= 2;
      if (moved >= 0) off = Math.min(most, off + Math.min(step, missing(now) * (1 - off)));
    }
    before = now;
  }
  return off;
}

const widthOf = ({ gap }: Told): number => (gap === undefined ? 0 : gapBands.indexOf(gap));

/** What surely closes the gap, a share of its own price. */
const missing = ({ gap }: Told): number => (gap === undefined || gap === 'far' ? 1 : bandEnds[gap]);
