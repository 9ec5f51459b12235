import type { Instance } from '../../cloud/instance.js';
import { element } from '../markup.js';
import { notFound } from './express-error.js';
import { namespace, organizationId, types } from './names.js';
import type { Answer, Call, Setting } from './service.js';

/** A task is what its vApp is about: it ends when the vApp's change does. */
export interface Task {
  readonly id: string;
  readonly cloud: string;
  readonly operation: string;
  readonly owner: { readonly id: string; readonly name: string };
  readonly startedAt: number;
  /** When the change of its vApp ends, as the vApp says it; null: there was none. */
  readonly changeAt: number | null;
}

const keptMs = 3_600_000;

/** 202, and the task. */
export function begin(setting: Setting, { id, name, change }: Instance, operation: string): Answer {
  const { testbed, tasks, cloud, base } = setting;
  const startedAt = testbed.clock.now();
  for (const old of tasks.all()) if (old.startedAt < startedAt - keptMs) tasks.forget(old);
  const changeAt = change?.at ?? null;
  const task = tasks.save({ id: testbed.numbers.next(), cloud: cloud.name, operation, owner: { id, name }, startedAt, changeAt });
  return {
    status: 202,
    type: types.task,
    markup: taskMarkup(setting, task, namespace),
    headers: { location: `${base}/task/${task.id}` },
  };
}

export function showTask(call: Call): Answer {
  const task = call.tasks.get(call.id);
  if (task?.cloud !== call.cloud.name) throw notFound(`Task ${call.id}`);
  return { type: types.task, markup: taskMarkup(call, task, namespace) };
}

export function listTasks(call: Call): Answer {
  if (call.id !== organizationId) throw notFound(`The list of tasks ${call.id}`);
  const own = call.tasks.all().filter(({ cloud }) => cloud === call.cloud.name);
  const href = `${call.base}/tasksList/${organizationId}`;
  return {
    type: types.tasksList,
    markup: element('TasksList', { xmlns: namespace, href, type: types.tasksList }, ...own.map((task) => taskMarkup(call, task))),
  };
}

function taskMarkup({ testbed, base }: Setting, task: Task, xmlns?: string): string {
  const { id, owner, operation, startedAt, changeAt } = task;
  const instance = testbed.fleet.get(owner.id);
  const isRunning = changeAt !== null && instance?.change?.at === changeAt;
  const vApp = { href: `${base}/vapp/${owner.id}`, type: types.vApp, name: owner.name };
  return element(
    'Task',
    {
      xmlns,
      href: `${base}/task/${id}`,
      type: types.task,
      operation,
      status: isRunning ? 'running' : 'success',
      startTime: new Date(startedAt).toISOString(),
    },
    element('Owner', vApp),
    element('Result', vApp),
  );
}
