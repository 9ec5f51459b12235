import type { Action, Instance } from '../../cloud/instance.js';
import { inWords } from '../../cloud/refusal.js';
import { type Method, numberAt, type OneCall, templateAt, textAt } from './call.js';
import { userAttributes } from './create-vm.js';
import { scalarOf } from './template.js';
import type { VmRecord, VmRecords } from './vm-record.js';
import { sizeCalled } from './vm-size.js';
import { stateOf } from './vm-state.js';
import { findVm } from './vms.js';

export const actionMethods = (records: VmRecords): Readonly<Record<string, Method>> => ({
  'one.vm.action': (call) => act(call, records),
  'one.vm.resize': (call) => resize(call, records),
  'one.vm.update': update,
});

interface VmAction {
  /** The states it may be asked in, by OpenNebula's names. */
  readonly from: readonly string[];
  readonly does: Action;
  readonly rests?: VmRecord['resting'];
}

const off = ['POWEROFF', 'UNDEPLOYED'];
const suspended = ['SUSPENDED', 'STOPPED'];
const failed = ['BOOT_FAILURE'];

const powerOff: VmAction = { from: ['RUNNING'], does: 'halt' };
const undeploy: VmAction = { from: ['RUNNING'], does: 'halt', rests: 'UNDEPLOYED' };
const reboot: VmAction = { from: ['RUNNING'], does: 'reboot' };
const shutDown: VmAction = { from: ['RUNNING', ...off, ...suspended], does: 'delete' };
const terminate: VmAction = { ...shutDown, from: [...shutDown.from, 'PENDING', ...failed] };

/** What may be asked in each release (src/dm/DispatchManagerActions.cc of the source; documentation of one.vm.action). */
const common: Readonly<Record<string, VmAction>> = {
  poweroff: powerOff,
  'poweroff-hard': powerOff,
  undeploy,
  'undeploy-hard': undeploy,
  reboot,
  'reboot-hard': reboot,
  suspend: { from: ['RUNNING'], does: 'suspend' },
  stop: { from: ['RUNNING'], does: 'suspend', rests: 'STOPPED' },
  resume: { from: [...off, ...suspended], does: 'resume' },
};
const anyButDone = [
  ...terminate.from,
  'BOOT',
  'SHUTDOWN_POWEROFF',
  'BOOT_POWEROFF',
  'SAVE_SUSPEND',
  'BOOT_SUSPENDED',
  'HOTPLUG',
  'HOTPLUG_NIC',
  'HOTPLUG_SAVEAS',
];
const upToFour: Readonly<Record<string, VmAction>> = {
  ...common,
  shutdown: shutDown,
  'shutdown-hard': shutDown,
  delete: { from: anyButDone, does: 'delete' },
};
const fromFive: Readonly<Record<string, VmAction>> = { ...common, terminate, 'terminate-hard': terminate };

function act(call: OneCall, records: VmRecords): number {
  const name = textAt(call, 0);
  const instance = findVm(call, 1);
  const action = actionCalled(call, name);
  const record = records.of(instance);
  const state = stateOf(call, instance, record).name;
  // What is done already is no mistake.
  if (state === 'DONE' && action.does === 'delete') return Number(instance.id);
  const unavailable = () =>
    call.words.wrong(`Error performing action "${name}": This action is not available for state ${state}`);
  if (!action.from.includes(state)) throw unavailable();
  if (record) records.keep({ ...record, resting: action.rests ?? null });
  // A machine that starts anew is RUNNING all the same, and may be told to once more.
  if (instance.state === 'rebooting' && action.does === 'reboot') return Number(instance.id);
  inWords({ 'wrong-state': unavailable }, () => call.testbed.fleet.act(instance, doneTo(instance, action.does)));
  return Number(instance.id);
}

function actionCalled({ release, words }: OneCall, name: string): VmAction {
  const actions = release.isFrom(5, 0) ? fromFive : upToFour;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action) throw words.wrong(`Action "${name}" is not supported`);
  return action;
}

const doneTo = ({ state }: Instance, action: Action): Action => (action === 'resume' && state === 'stopped' ? 'start' : action);

/** Only of a machine that is off; what the template does not name stays as it is. The third argument: whether the host must have room. */
function resize(call: OneCall, records: VmRecords): number {
  const { words, testbed, cloud, region } = call;
  const instance = findVm(call, 0);
  const record = records.of(instance);
  const state = stateOf(call, instance, record).name;
  if (!record || !off.includes(state)) throw words.wrong(`Resize is not available in state ${state}.`);
  const wanted = capacityWanted(call, record);
  if (call.args[2] === true && testbed.faults.strike('no-capacity', { cloud: cloud.name, region: region.region }))
    throw words.wrong('Host does not have enough capacity for the new size of the VM.');
  const ofTemplate = record.more.some(({ name }) => name === 'TEMPLATE_ID');
  const capacity = { vcpus: wanted.vcpu, memoryMib: wanted.memoryMib, diskMib: Number(record.disks[0]?.SIZE ?? 0) };
  testbed.fleet.changeSize(instance, sizeCalled(call, capacity, ofTemplate));
  records.keep({ ...record, ...wanted });
  return Number(instance.id);
}

function capacityWanted(call: OneCall, record: VmRecord): Pick<VmRecord, 'cpu' | 'vcpu' | 'memoryMib'> {
  const template = templateAt(call, 1);
  const cpu = scalarOf(template, 'CPU') ?? record.cpu;
  const vcpu = Number(scalarOf(template, 'VCPU') ?? record.vcpu);
  const memoryMib = Number(scalarOf(template, 'MEMORY') ?? record.memoryMib);
  if (!(Number(cpu) > 0)) throw call.words.internal('CPU must be a positive float or integer value.');
  if (![vcpu, memoryMib].every((value) => Number.isInteger(value) && value > 0))
    throw call.words.internal('MEMORY and VCPU must be positive integer values.');
  return { cpu, vcpu, memoryMib };
}

/** The user's own attributes. Third argument: 0 replaces all of them, 1 merges. */
const update: Method = (call) => {
  const instance = findVm(call, 0);
  const kind = numberAt(call, 2);
  if (kind !== 0 && kind !== 1) throw call.words.invalid('Wrong update type.');
  const own = userAttributes(templateAt(call, 1));
  call.testbed.fleet.relabel(instance, kind === 0 ? own : { ...instance.labels, ...own });
  return Number(instance.id);
};
