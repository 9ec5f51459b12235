import { setImmediate as nextTurn } from 'node:timers/promises';

/** There is one event loop for all agents of a process, hence one queue. */
let last: Promise<void> = Promise.resolve();

/**
 * Resolves in a turn of the event loop that no other caller gets. Agents that load tens of thousands of offers at once take their turns for
 * each piece of it, so that whatever else the process does waits for one piece at most.
 */
export function ownTurn(): Promise<void> {
  last = last.then(() => nextTurn());
  return last;
}
