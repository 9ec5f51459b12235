/** Every tactic that can be configured, by the name that `use` takes. */
import { behaviourDependent } from './behaviour-dependent.js';
import { capacityAware } from './capacity-aware.js';
import { commitment } from './commitment.js';
import { fixed } from './fixed.js';
import { spot } from './spot.js';
import type { TacticPlugin } from './tactic.js';
import { timeDependent } from './time-dependent.js';
import { volume } from './volume.js';

export const tactics: ReadonlyMap<string, TacticPlugin> = new Map<string, TacticPlugin>([
  ['fixed', fixed],
  ['time-dependent', timeDependent],
  ['behaviour-dependent', behaviourDependent],
  ['volume', volume],
  ['commitment', commitment],
  ['spot', spot],
  ['capacity-aware', capacityAware],
]);
