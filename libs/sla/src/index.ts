export * from './vocabulary/names.js';
export type * from './documents/call.js';
export type * from './selection/offer.js';
export type * from './selection/answer.js';
export type * from './selection/plan.js';
