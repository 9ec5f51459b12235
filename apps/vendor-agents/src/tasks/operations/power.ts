import type { Instance, InstanceState, PowerAction } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { asked, done, type Finding, missing, noted, type OperationOf, Refusal, type Step, type TaskTools } from '../findings.js';
import type { Task } from '../tasks.js';
import { addressOf, type Machine, machineOf, operationsOf, shownBy } from './machine.js';

type Power = OperationOf<'start' | 'stop' | 'suspend'>;
type Ways = Readonly<Partial<Record<InstanceState, PowerAction>>>;

export const start = towards('active', { inactive: 'start', suspended: 'resume' });
export const stop = towards('inactive', { active: 'stop', suspended: 'stop' });
export const suspend = towards('suspended', { active: 'suspend' });

/** A machine that is where it should be is left alone. */
function towards(goal: InstanceState, ways: Ways): Step<Power> {
  return async (operation, task, tools) => {
    operationsOf(tools);
    const machine = await machineOf(operation.placement, tools);
    const instance = await shownBy(machine, tools);
    if (instance.state === goal) return arrived(machine, instance);
    if (instance.state === 'building' || task.attempts > 0) return missing(`the machine is ${words(instance)}, not ${goal}`);
    const action = ways[instance.state];
    if (action === undefined)
      throw new Refusal('conflict', `The machine is ${instance.state}: '${operation.do}' needs another state.`);
    return await act(machine, action, { operation, task, tools });
  };
}

/** A crash, or an answer that gets lost, in the moment of the restart makes for a second one. */
export const restart: Step<Power> = async (operation, task, tools) => {
  operationsOf(tools);
  const machine = await machineOf(operation.placement, tools);
  const instance = await shownBy(machine, tools);
  const up = instance.state === 'active';
  if (task.attempts > 0) return up ? arrived(machine, instance) : missing(`the machine is ${words(instance)}, not active again`);
  if (instance.state === 'building') return missing('the machine is on its way to another state');
  if (!up) throw new Refusal('conflict', `The machine is ${instance.state}: it cannot be restarted, only started.`);
  return await act(machine, 'restart', { operation, task, tools });
};

interface Asking {
  readonly operation: Power;
  readonly task: Task;
  readonly tools: TaskTools;
}

/** What an earlier call whose answer got lost has begun, some clouds refuse to begin: the machine is in no state for it any more. */
async function act({ region, vendorId }: Machine, action: PowerAction, { operation, task, tools }: Asking): Promise<Finding> {
  try {
    await asked(tools, {}, async () => {
      await operationsOf(tools).act(region, vendorId, action, operation.forced);
    });
  } catch (error) {
    const begun = error instanceof VendorError && error.reason === 'conflict' && task.uncertain_since !== null;
    if (!begun) throw error;
  }
  return noted({ attempts: task.attempts + 1, uncertain_since: null });
}

function arrived(machine: Machine, { state, address }: Instance): Finding {
  if (state !== 'active') return done();
  if (address === null) return missing('the machine has no address yet');
  const { machine: change, ...facts } = addressOf(machine, address);
  return done(facts, change ? { machine: change } : {});
}

const words = ({ state }: Instance): string => (state === 'building' ? 'on its way' : state);
