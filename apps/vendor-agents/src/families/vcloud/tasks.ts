import { setTimeout as pause } from 'node:timers/promises';
import { VendorError } from '../../vendor/vendor-error.js';
import { list, text, type XmlNode } from '../../vendor/xml.js';
import type { VcloudApi } from './api.js';
import { faultBy, reasonSaid } from './errors.js';
import { required } from './references.js';

/** vCloud API Schema Reference 1.5, TaskType. */
export interface Task {
  readonly href: string;
  readonly state: 'running' | 'done' | 'failed';
  /** E.g. `vappDeploy`; empty where the version has no such name. */
  readonly operation: string;
  readonly error: XmlNode | undefined;
}

const states: Readonly<Record<string, Task['state']>> = {
  success: 'done',
  completed: 'done',
  error: 'failed',
  canceled: 'failed',
  cancelled: 'failed',
  aborted: 'failed',
  failed: 'failed',
};

/** A state that nobody knows is under way. */
export const taskOf = (task: XmlNode): Task => ({
  href: required(task, 'href', 'a task'),
  state: states[text(task, '@status')?.toLowerCase() ?? ''] ?? 'running',
  operation: text(task, '@operationName') ?? text(task, '@operation') ?? '',
  error: list(task, [], 'Error')[0],
});

/** Queued, running and recently completed tasks, as an entity shows them. */
export const tasksOf = (entity: XmlNode): readonly Task[] => list(entity, ['Tasks'], 'Task').map(taskOf);

const firstPauseMs = 50;
const longestPauseMs = 2_000;
/** Copying a template takes minutes. */
const patienceMs = 15 * 60_000;

/** Asks until a task has ended. @throws VendorError as the task has failed, or timeout. */
export async function ended(api: VcloudApi, task: Task): Promise<void> {
  let current = task;
  let waited = 0;
  for (let ms = firstPauseMs; current.state === 'running'; ms = Math.min(longestPauseMs, ms * 1.5)) {
    if (waited > patienceMs) throw new VendorError('timeout', `the task ${current.operation} has not ended for too long`);
    await pause(ms);
    waited += ms;
    current = taskOf(await api.call({ method: 'GET', at: task.href, roots: ['Task'] }));
  }
  if (current.state === 'failed') throw failureOf(current);
}

function failureOf({ error, operation }: Task): VendorError {
  const { code, message } = faultBy(error);
  const reason = reasonSaid(`${code ?? ''} ${message}`) ?? 'invalid-request';
  return new VendorError(reason, `${operation}: ${message}`, code === null ? {} : { code });
}
