import type { Instance, InstanceState } from '../../cloud/instance.js';
import type { OneCall } from './call.js';
import type { VmRecord } from './vm-record.js';

/** STATE, LCM_STATE and what messages call them (OpenNebula documentation, "Virtual machine states reference"). */
export interface VmState {
  readonly state: number;
  readonly lcm: number;
  readonly name: string;
}

const state = (number: number, lcm: number, name: string): VmState => ({ state: number, lcm, name });
const active = 3;

const pending = state(1, 0, 'PENDING');
const running = state(active, 3, 'RUNNING');

const states: Readonly<Record<InstanceState, VmState>> = {
  booting: state(active, 2, 'BOOT'),
  running,
  // While its system starts anew a machine is RUNNING.
  rebooting: running,
  stopping: state(active, 18, 'SHUTDOWN_POWEROFF'),
  stopped: state(8, 0, 'POWEROFF'),
  starting: state(active, 20, 'BOOT_POWEROFF'),
  suspending: state(active, 6, 'SAVE_SUSPEND'),
  suspended: state(5, 0, 'SUSPENDED'),
  resuming: state(active, 21, 'BOOT_SUSPENDED'),
  deleting: state(active, 11, 'EPILOG'),
  terminated: state(6, 0, 'DONE'),
  error: state(active, 36, 'BOOT_FAILURE'),
  // OpenNebula has no such states; nothing that it is asked for leads to them.
  pausing: running,
  paused: running,
  unpausing: running,
  resizing: running,
  resized: running,
  reverting: running,
};

const restingStates = { STOPPED: state(4, 0, 'STOPPED'), UNDEPLOYED: state(9, 0, 'UNDEPLOYED') };

export function stateOf(call: OneCall, instance: Instance, record: VmRecord | undefined): VmState {
  if (isUnplaced(instance)) return pending;
  const resting = instance.state === 'suspended' || instance.state === 'stopped' ? record?.resting : null;
  if (resting) return restingStates[resting];
  return plugging(call, instance) ?? states[instance.state];
}

/** What is shown for the state: a word of nobody's where a test has said so. */
export function shownState(call: OneCall, instance: Instance, record: VmRecord | undefined): VmState {
  const { odd } = instance;
  if (odd === undefined || odd === null) return stateOf(call, instance, record);
  const number = Number(odd);
  return state(Number.isNaN(number) ? 97 : number, 0, odd);
}

/** The scheduler has found no host for it, and goes on looking. */
export const isUnplaced = ({ state: current, fault }: Instance): boolean =>
  current === 'error' && fault?.message.startsWith(noHost) === true;

export const noHost = 'No host with enough capacity to deploy the VM';

/** Only while it runs or is powered off, and nothing else is going on with it. @throws OneError */
export function expectPluggable(call: OneCall, instance: Instance, record: VmRecord | undefined, action: string): void {
  const { name } = stateOf(call, instance, record);
  if (name !== 'RUNNING' && name !== 'POWEROFF')
    throw call.words.wrong(`Could not ${action} VM ${instance.id}, wrong state ${name}.`);
}

/** While a disk or an interface comes or goes, or a disk is copied, nothing else is done with a machine. */
function plugging({ testbed }: OneCall, instance: Instance): VmState | undefined {
  const isOn = instance.state === 'running';
  if (!isOn && instance.state !== 'stopped') return undefined;
  const moves = (thing: { readonly change: unknown }): boolean => thing.change !== null;
  if (testbed.volumes.of(instance).some(moves))
    return isOn ? state(active, 17, 'HOTPLUG') : state(active, 33, 'HOTPLUG_PROLOG_POWEROFF');
  if (testbed.interfaces.of(instance).some(moves)) return state(active, 25, 'HOTPLUG_NIC');
  if (!testbed.savedImages.all().some((image) => image.instance === instance.id && moves(image))) return undefined;
  return isOn ? state(active, 26, 'HOTPLUG_SAVEAS') : state(active, 27, 'HOTPLUG_SAVEAS_POWEROFF');
}
