import type { Mediator } from './mediator.js';

/** What others need of a mediator: the one of this process, or any in another. */
export type CallsOut = Pick<Mediator, 'callOut' | 'callForRepair'>;
