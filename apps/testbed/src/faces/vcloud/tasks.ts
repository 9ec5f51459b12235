import type { Instance } from '../../cloud/instance.js';
import { element } from '../markup.js';
import { organizationId, organizationName, types } from './names.js';
import type { Answer, Handler, Setting } from './service.js';
import type { Task } from './things.js';
import { errorMarkup, namespace, noAccess } from './vcloud-error.js';

/** How long a task can be asked for once it has begun. */
const keptMs = 3_600_000;

export type NewTask = Pick<Task, 'operation' | 'operationName' | 'owner' | 'changeAt'>;

export function begin({ testbed, keeping, cloud }: Setting, task: NewTask): Task {
  const startedAt = testbed.clock.now();
  for (const old of keeping.tasks.all()) if (old.startedAt < startedAt - keptMs) keeping.tasks.forget(old);
  return keeping.tasks.save({ ...task, id: testbed.ids.next(), cloud: cloud.name, startedAt });
}

/** What a vApp has been asked to do. */
export const beginOn = (setting: Setting, { id, name, change }: Instance, operation: string, operationName: string): Task =>
  begin(setting, {
    operation: `${operation} ${name}(${id.replace('vapp-', '')})`,
    operationName,
    owner: { id, name, type: types.vApp },
    changeAt: change?.at ?? null,
  });

/** 202, and the task. */
export const accepted = (setting: Setting, task: Task): Answer => ({
  status: 202,
  type: types.task,
  markup: taskMarkup(setting, task, { xmlns: namespace }),
  headers: { location: hrefOf(setting, task) },
});

export const showTask: Handler = (call) => {
  const task = call.keeping.tasks.get(call.id);
  if (task?.cloud !== call.cloud.name) throw noAccess('task', call.id);
  return { type: types.task, markup: taskMarkup(call, task, { xmlns: namespace }) };
};

/** The tasks of an owner that are under way, or that have failed last. */
export function tasksMarkup(setting: Setting, owner: string): string {
  const own = setting.keeping.tasks.all().filter((task) => task.owner.id === owner);
  const shown = own.filter((task) => statusOf(setting, task) !== 'success').map((task) => taskMarkup(setting, task));
  return shown.length === 0 ? '' : element('Tasks', {}, ...shown);
}

const hrefOf = ({ base }: Setting, { id }: Task): string => `${base}/task/${id}`;

const containers: Readonly<Record<string, string>> = { [types.vApp]: 'vApp', [types.vAppTemplate]: 'vAppTemplate' };

function taskMarkup(setting: Setting, task: Task, own: { readonly xmlns?: string } = {}): string {
  const { base, cloud } = setting;
  const { owner, startedAt, operation, operationName } = task;
  const status = statusOf(setting, task);
  const href = hrefOf(setting, task);
  const failure = status === 'error' ? (setting.testbed.fleet.get(owner.id)?.fault?.message ?? 'It failed.') : undefined;
  return element(
    'Task',
    {
      ...own,
      status,
      startTime: timeOf(startedAt),
      operationName,
      operation,
      expiryTime: timeOf(startedAt + keptMs),
      name: 'task',
      id: `urn:vcloud:task:${task.id}`,
      type: types.task,
      href,
    },
    status === 'running' ? element('Link', { rel: 'task:cancel', href: `${href}/action/cancel` }) : '',
    element('Owner', { type: owner.type, name: owner.name, href: `${base}/${containers[owner.type] ?? ''}/${owner.id}` }),
    failure === undefined ? '' : errorMarkup({ status: 500, code: 'INTERNAL_SERVER_ERROR', message: failure }),
    element('Organization', { type: types.org, name: organizationName, href: `${base}/org/${organizationId(cloud)}` }),
  );
}

function statusOf(setting: Setting, task: Task): string {
  if (task.owner.type === types.vAppTemplate) return statusOfTemplate(setting, task);
  const { owner, changeAt, operationName } = task;
  const instance = setting.testbed.fleet.get(owner.id);
  if (!instance || instance.state === 'terminated') return operationName === 'vdcDeleteVapp' ? 'success' : 'aborted';
  if (changeAt !== null && instance.change?.at === changeAt) return 'running';
  return instance.state === 'error' && operationName === 'vdcInstantiateVapp' ? 'error' : 'success';
}

function statusOfTemplate({ testbed }: Setting, { owner, operationName }: Task): string {
  const image = testbed.savedImages.all().find(({ id }) => id === owner.id);
  if (!image) return operationName === 'vdcDeleteTemplate' ? 'success' : 'aborted';
  if (image.state === 'available') return 'success';
  return image.state === 'queued' ? 'queued' : 'running';
}

export const timeOf = (ms: number): string => new Date(ms).toISOString();
