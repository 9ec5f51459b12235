export { probe } from './kinds.js';
export type { Probed, ProbeTask, Reading } from './probing.js';
