import type { Size } from '../../catalogue/size.js';
import type { Action, Instance } from '../../cloud/instance.js';
import type { Call, Handler } from './call.js';
import { unprocessable } from './onapp-error.js';
import { minMemory } from './templates.js';
import { noteTransaction } from './transactions.js';
import { isLocked, recordOf, sizeFor, sizeOf, vmCalled, vmView } from './vms.js';
import { Wishes } from './wishes.js';

/** @throws OnAppError 422 while a transaction of the server runs. */
export function unlockedVm(call: Call): Instance {
  const vm = vmCalled(call);
  if (isLocked(vm)) throw unprocessable('Virtual server is locked');
  return vm;
}

/** `shutdown` asks the operating system, `stop` does not. */
export const power =
  (action: Action): Handler =>
  (call) => {
    const vm = builtVm(call);
    call.testbed.fleet.act(vm, action);
    noteTransaction(call, vm.id, `${action}_virtual_machine`);
    return { status: 201, body: vmView(call, vmCalled(call)) };
  };

/** The same call suspends a server and ends its suspension. */
export const suspendVm: Handler = (call) => {
  const { state } = builtVm(call);
  return power(state === 'suspended' ? 'resume' : 'suspend')(call);
};

/** Builds one that was made without. */
export const buildVm: Handler = (call) => {
  const vm = unlockedVm(call);
  const record = recordOf(call, vm);
  if (record.toBeBuilt) throw unprocessable('Virtual server is built already');
  call.cloud.boot(vm);
  call.kept.vms.save({ ...record, toBeBuilt: true });
  noteTransaction(call, vm.id, 'build_virtual_machine');
  return { status: 201, body: vmView(call, vmCalled(call)) };
};

export const deleteVm: Handler = (call) => {
  const vm = unlockedVm(call);
  call.testbed.fleet.act(vm, 'delete');
  for (const join of call.kept.ips.all()) if (join.vm === vm.id) call.kept.ips.forget(join);
  for (const disk of call.kept.disks.all()) if (disk.vm === vm.id) call.kept.disks.forget(disk);
  return {};
};

/** Note and shares at once; cores and memory of a server that runs only by restarting it, where that is allowed (`allow_cold_resize`). */
export const editVm: Handler = (call) => {
  const vm = unlockedVm(call);
  const wishes = Wishes.under(call, 'virtual_machine');
  const { note, cpuShares, ...record } = recordOf(call, vm);
  const wanted = sizeWished(call, vm, wishes);
  if (wanted && wanted.name !== vm.size) changeSize(call, vm, wanted, wishes.flag('allow_cold_resize') === true);
  call.kept.vms.save({ ...record, note: wishes.text('note') ?? note, cpuShares: wishes.number('cpu_shares', 1) ?? cpuShares });
  return {};
};

function sizeWished(call: Call, vm: Instance, wishes: Wishes): Size | undefined {
  const size = sizeOf(call, vm);
  if (!size) return undefined;
  const cpus = wishes.number('cpus', 1) ?? size.vcpus;
  const memory = wishes.number('memory', minMemory) ?? size.memoryGib * 1024;
  return sizeFor(cpus, memory, size.diskGib ?? 0);
}

export const resizeVm: Handler = (call) => {
  editVm(call);
  return { status: 201, body: vmView(call, vmCalled(call)) };
};

/** @throws OnAppError 422 for one that runs and must not be restarted. */
export function changeSize(call: Call, vm: Instance, size: Size, cold: boolean): void {
  if (vm.state === 'running') {
    if (!cold) throw unprocessable('Virtual server has to be restarted for that: allow_cold_resize');
    call.testbed.fleet.resize(vm, size.name);
  } else call.testbed.fleet.changeSize(vm, size.name);
  noteTransaction(call, vm.id, 'resize_virtual_machine');
}

/** @throws OnAppError 422 for one that is locked or was never built. */
function builtVm(call: Call): Instance {
  const vm = unlockedVm(call);
  if (!recordOf(call, vm).toBeBuilt) throw unprocessable('Virtual server is not built');
  return vm;
}
