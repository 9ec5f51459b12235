import type { FailureReason, Operation, OperationOutcome } from '@cloud-agency/bus';
import type { Failure, Placement } from '../placement/placements.js';
import type { Quotes } from '../placement/quotes.js';
import type { Timings } from '../placement/timings.js';
import type { VendorDriver } from '../vendor/port.js';
import { VendorError } from '../vendor/vendor-error.js';
import type { AssetRow } from './tables.js';
import type { Task, TaskChanges } from './tasks.js';

/** What an operation works with. */
export interface TaskTools {
  readonly agent: string;
  readonly vendor: string;
  readonly driver: VendorDriver;
  readonly quotes: Quotes;
  readonly installation: string;
  readonly timings: Timings;
  readonly now: () => number;
  /** Those of this agent. */
  placement(id: string): Promise<Placement | undefined>;
  asset(id: string): Promise<AssetRow | undefined>;
  /** Commits changes in the middle of a step. @throws LeaseLost when another process has the task by now. */
  note(changes: TaskChanges): Promise<void>;
}

type Do = Operation['do'];
/** The operation with this word. */
export type OperationOf<D extends Do, O extends Operation = Operation> = O extends { do: Do }
  ? D extends O['do']
    ? O
    : never
  : never;

type Done = Extract<OperationOutcome, { done: true }>;

/** What one step of an operation found: that it is done, or what is missing and when to look again, ms (by default less and less often). */
export type Finding =
  | { readonly done: Done; readonly changes: TaskChanges }
  | { readonly missing: string; readonly changes: TaskChanges; readonly waitMs?: number };

/**
 * Takes the next step of an operation. Repeated until it is done, so whatever it does may be done again.
 * @throws VendorError when the vendor refuses; Refusal for what no repeating would change; LeaseLost.
 */
export type Step<O> = (operation: O, task: Task, tools: TaskTools) => Promise<Finding>;

export const done = (facts: Omit<Done, 'done'> = {}, changes: TaskChanges = {}): Finding => ({
  done: { done: true, ...facts },
  changes,
});
export const missing = (what: string, changes: TaskChanges = {}): Finding => ({ missing: what, changes });
/** Something is on disk now, and the next step follows at once. */
export const noted = (changes: TaskChanges): Finding => ({ missing: 'its next step', changes, waitMs: 0 });

/** What the agent itself finds to be impossible. */
export class Refusal extends Error {
  readonly failure: Failure;

  constructor(reason: FailureReason, message: string, vendorCode: string | null = null) {
    super(message);
    this.failure = { reason, message, vendorCode };
  }
}

/** Another process has the task by now. */
export class LeaseLost extends Error {}

/**
 * Asks for what must not be done twice. That it is asked for is on disk before: after a crash, or when the answer gets lost, what has come
 * of it can be looked for once it must have settled (`unsettled`). Whoever gets an answer notes that it is no longer uncertain.
 */
export async function asked<T>(tools: TaskTools, changes: TaskChanges, call: () => Promise<T>): Promise<T> {
  await tools.note({ ...changes, uncertain_since: tools.now() });
  try {
    return await call();
  } catch (error) {
    const refused = error instanceof VendorError && !error.outcomeUnknown;
    await tools.note({ uncertain_since: refused ? null : tools.now() });
    throw error;
  }
}

/** Whether what was asked for may still be on its way with nobody knowing. */
export const unsettled = ({ uncertain_since: since }: Task, { now, timings }: TaskTools): boolean =>
  since !== null && now() < since + timings.settleMs;
