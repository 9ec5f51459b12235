import type { Action, Instance, InstanceState } from '../../../cloud/instance.js';
import { inWords } from '../../../cloud/refusal.js';
import type { Call, Handler, View } from '../call.js';
import { type CloudStackFault, denied, failed, invalid } from '../fault.js';
import { inJob } from '../jobs.js';
import { machineCalled, machineView, stateOf } from './machine-view.js';
import { offeringCalled } from './places.js';

/** What is so already, or is on its way to it, needs nothing done. */
function act(call: Call, instance: Instance, action: Action, already: readonly InstanceState[]): Instance['change'] {
  if (already.includes(instance.state)) return instance.change;
  const unfit = (): CloudStackFault => failed(`Failed to ${action} vm ${instance.id}: it is in ${stateOf(call, instance)} state`);
  return inWords({ 'wrong-state': unfit }, () => call.testbed.fleet.act(instance, action)).change;
}

const power =
  (action: Action, already: readonly InstanceState[]): Handler =>
  (call) => {
    const instance = machineCalled(call);
    return inJob(call, 'VirtualMachine', instance.id, () => act(call, instance, action, already));
  };

export const startVirtualMachine: Handler = (call) => {
  const instance = machineCalled(call);
  return inJob(call, 'VirtualMachine', instance.id, () => {
    if (instance.state === 'running') throw invalid(`The virtual machine ${instance.id} is already running`);
    return act(call, instance, 'start', ['starting', 'booting']);
  });
};

export const stopVirtualMachine = power('halt', ['stopped', 'stopping']);
export const rebootVirtualMachine = power('reboot', ['rebooting']);

/** DestroyVMCmd; without `expunge` what is left of it can be seen until it is expunged in time. */
export const destroyVirtualMachine: Handler = (call) => {
  const instance = machineCalled(call);
  const expunge = call.params.flag('expunge');
  return inJob(call, 'VirtualMachine', instance.id, () => {
    const change = act(call, instance, 'delete', ['deleting', 'terminated']);
    if (expunge) call.store.expunged.save({ id: instance.id, cloud: instance.cloud });
    return change;
  });
};

/** ScaleVMCmd. Only of what is stopped: dynamic scaling (`enable.dynamic.scale.vm`) is off, as it is from the beginning. */
export const scaleVirtualMachine: Handler = (call) => {
  const instance = machineCalled(call);
  const { size } = offeringCalled(call, call.params.require('serviceofferingid'));
  return inJob(call, 'VirtualMachine', instance.id, () => {
    if (instance.state === 'running')
      throw denied('Dynamically scaling virtual machines is disabled for this zone, please contact your admin');
    return changeSize(call, instance, size.name);
  });
};

/** UpgradeVMCmd, the older way: no job. */
export const changeServiceForVirtualMachine: Handler = (call): View => {
  const instance = machineCalled(call);
  const { size } = offeringCalled(call, call.params.require('serviceofferingid'));
  changeSize(call, instance, size.name);
  return { virtualmachine: machineView(call, machineCalled(call)) };
};

function changeSize(call: Call, instance: Instance, size: string): null {
  if (instance.size === size)
    throw invalid(`Not upgrading vm ${instance.id} since it already has the requested service offering (${size})`);
  const unfit = (): CloudStackFault =>
    invalid(
      `Unable to upgrade virtual machine ${instance.id} in state ${stateOf(call, instance)}; make sure the virtual machine is stopped`,
    );
  inWords({ 'wrong-state': unfit }, () => {
    call.testbed.fleet.changeSize(instance, size);
  });
  return null;
}
