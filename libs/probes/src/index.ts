export { probe } from './kinds.js';
export { urlAt } from './target.js';
export type { Probed, ProbeTask, Reading } from './probing.js';
