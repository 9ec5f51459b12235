import type { TacticPlugin } from './tactic.js';

/** The list price, whatever others do. */
export const fixed: TacticPlugin = () => ({ off: () => 0, most: () => 0, floor: () => 1 });
