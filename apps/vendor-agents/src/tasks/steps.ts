import type { Failure } from '../placement/placements.js';
import { VendorError } from '../vendor/vendor-error.js';
import { type Finding, Refusal, type TaskTools } from './findings.js';
import { stepOf } from './operations/index.js';
import type { Task, TaskChanges } from './tasks.js';
import { inverseOf } from './undoing.js';

/** To be committed as one, and how long to wait before the next step, ms. */
export interface TaskProgress {
  readonly changes: TaskChanges;
  readonly waitMs: number;
}

/** The next step of a task, by its state; undefined when there is nothing left to do. */
export async function nextStep(task: Task, tools: TaskTools): Promise<TaskProgress | undefined> {
  switch (task.state) {
    case 'requested':
      return next({ state: 'begun' });
    case 'begun':
      return await goOn(task, tools);
    case 'undoing':
      return await undo(task, tools);
    case 'done':
    case 'failed':
      return undefined;
  }
}

async function goOn(task: Task, tools: TaskTools): Promise<TaskProgress> {
  if (tools.now() >= task.deadline) return failed(task, late(task));
  let { attempts } = task;
  const counting: TaskTools = {
    ...tools,
    note: async (changes) => {
      await tools.note(changes);
      attempts = changes.attempts ?? attempts;
    },
  };
  try {
    const finding = await stepOf(task.operation)(task.operation, task, counting);
    if ('missing' in finding) return waiting(task, finding, task.deadline, tools);
    return next({ ...finding.changes, state: 'done', outcome: finding.done });
  } catch (error) {
    const problem = problemOf(error);
    return mayPass(task, problem, tools)
      ? again(task, problem, task.deadline, tools)
      : failed({ ...task, attempts }, failureOf(problem));
  }
}

/** Tidies up what a failed operation left half done, within reason, and then tells of the failure. */
async function undo(task: Task, tools: TaskTools): Promise<TaskProgress> {
  const until = task.since + tools.timings.undoMs;
  const inverse = await inverseOf(task, tools);
  if (!inverse) return told(task);
  if (tools.now() >= until) return told(task, task.missing ?? undefined);
  try {
    const finding = await stepOf(inverse)(inverse, task, tools);
    return 'missing' in finding ? waiting(task, finding, until, tools) : told(task, undefined, finding.changes);
  } catch (error) {
    const problem = problemOf(error);
    return mayPass(task, problem, tools) ? again(task, problem, until, tools) : told(task, problem.message);
  }
}

/** What is no answer of the vendor's and no finding of ours is a fault of the program: the log tells it, and the step is taken again. */
function problemOf(error: unknown): VendorError | Refusal {
  if (error instanceof VendorError || error instanceof Refusal) return error;
  throw error;
}

function mayPass(task: Task, problem: VendorError | Refusal, { now, timings }: TaskTools): problem is VendorError {
  if (problem instanceof Refusal) return false;
  if (problem.passing) return true;
  return problem.reason === 'conflict' && now() < (task.refused_since ?? now()) + timings.conflictMs;
}

function again(task: Task, error: VendorError, until: number, { now, timings }: TaskTools): TaskProgress {
  const stateRefused = error.reason === 'conflict' && !error.passing;
  const changes = {
    ...lastly(task, `the vendor says ${error.reason}: ${error.message}`),
    ...(stateRefused ? { refused_since: task.refused_since ?? now() } : {}),
  };
  return { changes, waitMs: Math.min(error.retryAfterMs ?? timings.retryMs, Math.max(0, until - now())) };
}

function waiting(
  task: Task,
  finding: Extract<Finding, { missing: string }>,
  until: number,
  { now, timings }: TaskTools,
): TaskProgress {
  const pollMs = Math.min(timings.pollMaxMs, Math.max(timings.pollMinMs, (now() - task.since) / 10));
  const changes = {
    ...lastly(task, finding.missing),
    ...(task.refused_since === null ? {} : { refused_since: null }),
    ...finding.changes,
  };
  return { changes, waitMs: Math.min(finding.waitMs ?? pollMs, Math.max(0, until - now())) };
}

/** Written down only when it is news. */
const lastly = (task: Task, what: string): TaskChanges => (what === task.missing ? {} : { missing: what });

/**
 * What was never asked for leaves nothing; what was asked for and refused may leave a part of it. A machine that is being deleted takes
 * with it what was done to it, but for an interface, which outlives it.
 */
function failed(task: Task, failure: Failure): TaskProgress {
  const goesToo = failure.reason === 'cancelled' && task.operation.do !== 'join-network';
  if (task.attempts === 0 || goesToo) return told({ ...task, failure });
  return next({ state: 'undoing', failure, refused_since: null, missing: 'what it left half done' });
}

function told(task: Task, left?: string, changes: TaskChanges = {}): TaskProgress {
  const failure = task.failure ?? late(task);
  const rest = left === undefined ? '' : ` What it left half done could not be undone: ${left}.`;
  const outcome = { done: false as const, ...failure, message: `${failure.message}${rest}`.slice(0, 4_000) };
  return next({ ...changes, state: 'failed', failure, outcome });
}

const next = (changes: TaskChanges): TaskProgress => ({ changes, waitMs: 0 });

const failureOf = (problem: VendorError | Refusal): Failure =>
  problem instanceof Refusal
    ? problem.failure
    : { reason: problem.reason, message: problem.message, vendorCode: problem.vendorCode };

const late = ({ deadline, missing, operation }: Task): Failure => ({
  reason: 'timeout',
  message: `'${operation.do}' was not done by ${new Date(deadline).toISOString()}; what was missing: ${missing ?? 'it had not begun'}.`,
  vendorCode: null,
});
