import type { Action, InstanceState } from '../../cloud/instance.js';
import type { RpcStruct } from '../xml-rpc.js';
import { expectNames, type GandiCall, instancesOf, machineAt, type Methods, optionsAt, structAt } from './call.js';
import { capacity, createFrom } from './create-vm.js';
import { fault, type FaultCause } from './fault.js';
import { counted, listed } from './filter.js';
import { addressViews, interfaceView, sizeCalled, vmDetails, vmView } from './vm-view.js';

const views = (call: GandiCall) => instancesOf(call.cloud).map((machine) => vmView(call, machine));

export const vmMethods: Methods = {
  'hosting.vm.list': (call) => listed(call, optionsAt(call, 0), views(call)),
  'hosting.vm.count': (call) => counted(optionsAt(call, 0), views(call)),
  'hosting.vm.info': (call) => vmDetails(call, machineAt(call, 0)),
  'hosting.vm.create_from': createFrom,
  'hosting.vm.start': act('vm_start', 'start'),
  'hosting.vm.stop': act('vm_stop', 'stop'),
  'hosting.vm.reboot': act('vm_reboot', 'reboot'),
  'hosting.vm.delete': remove,
  'hosting.vm.update': update,
  'hosting.iface.list': (call) =>
    listed(
      call,
      optionsAt(call, 0),
      instancesOf(call.cloud).map((machine) => interfaceView(call.cloud, machine)),
    ),
  'hosting.ip.list': (call) =>
    listed(
      call,
      optionsAt(call, 0),
      instancesOf(call.cloud).flatMap((machine) => addressViews(call.cloud, machine)),
    ),
};

function act(type: string, action: Action) {
  return (call: GandiCall): RpcStruct => call.operations.ofMachine(type, call.testbed.fleet.act(machineAt(call, 0), action));
}

const undeletable: Partial<Readonly<Record<InstanceState, FaultCause>>> = {
  running: 'RUNNING',
  rebooting: 'RUNNING',
  resizing: 'STATE',
  booting: 'STATE',
  starting: 'STATE',
  stopping: 'STATE',
};

/** A machine has to be halted first. Its system disk and its interface go with it; the other disks stay. */
function remove(call: GandiCall): RpcStruct {
  const machine = machineAt(call, 0);
  const cause = undeletable[machine.state];
  if (cause !== undefined) throw fault('VM', cause, `VM ${machine.id} must be halted`);
  return call.operations.ofMachine('vm_delete', call.testbed.fleet.act(machine, 'delete'), {
    disk: machine.labels.disk ?? null,
    iface: machine.labels.iface ?? null,
    error: null,
  });
}

const updatable = ['memory', 'cores', 'console', 'password', 'vm_max_memory', 'description', 'farm', 'ai_active'];

/** Memory and cores change while it runs or is halted. */
function update(call: GandiCall): RpcStruct {
  const { testbed, cloud, operations } = call;
  const [machine, spec] = [machineAt(call, 0), structAt(call, 1)];
  expectNames(spec, updatable);
  const { cores, memory } = capacity(spec, vmView(call, machine));
  const size = sizeCalled(cloud, machine.region, cores, memory, Number(machine.labels.diskMib));
  if (size === machine.size) return operations.begin(cloud.name, 'vm_update', null, { vm: machine.id });
  return operations.ofMachine('vm_update', testbed.fleet.resize(machine, size, true));
}
