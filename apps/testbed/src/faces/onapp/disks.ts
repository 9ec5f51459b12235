import type { Instance } from '../../cloud/instance.js';
import type { Call, Handler } from './call.js';
import { notFound, unprocessable } from './onapp-error.js';
import { changeSize, unlockedVm } from './vm-actions.js';
import { isLocked, recordOf, sizeFor, sizeOf, vmCalled, vmsOf } from './vms.js';
import { Wishes } from './wishes.js';

/** A disk beside those that a server came with; no disk is nobody's. */
export interface ExtraDisk {
  readonly id: string;
  readonly cloud: string;
  readonly vm: string;
  readonly label: string;
  /** GB. */
  readonly gib: number;
}

interface Disk {
  readonly id: string;
  readonly label: string | null;
  readonly gib: number;
  readonly kind: 'primary' | 'swap' | 'extra';
  readonly vm: Instance;
}

function disksOf(call: Call, vm: Instance): Disk[] {
  const { primaryDisk, swapDisk } = recordOf(call, vm);
  const own: Disk = { id: primaryDisk, label: null, gib: sizeOf(call, vm)?.diskGib ?? 0, kind: 'primary', vm };
  const swap: readonly Disk[] = swapDisk ? [{ ...swapDisk, label: null, kind: 'swap', vm }] : [];
  const extra = call.kept.disks.all().filter((disk) => disk.vm === vm.id);
  return [own, ...swap, ...extra.map(({ id, label, gib }): Disk => ({ id, label, gib, kind: 'extra', vm }))];
}

const allDisks = (call: Call): Disk[] => vmsOf(call).flatMap((vm) => disksOf(call, vm));

/** @throws OnAppError 404 */
export function diskCalled(call: Call, id = call.params.disk ?? ''): Disk {
  const disk = allDisks(call).find((candidate) => candidate.id === id);
  if (disk) return disk;
  throw notFound();
}

export const listDisks: Handler = (call) => ({ body: allDisks(call).map(diskView) });
export const listDisksOfVm: Handler = (call) => ({ body: disksOf(call, vmCalled(call)).map(diskView) });
export const showDisk: Handler = (call) => ({ body: diskView(diskCalled(call)) });

export const addDisk: Handler = (call) => {
  const vm = unlockedVm(call);
  const wishes = Wishes.under(call, 'disk');
  const disk: ExtraDisk = {
    id: call.testbed.numbers.next(),
    cloud: call.cloud.name,
    vm: vm.id,
    label: wishes.text('label') ?? '',
    gib: wishes.requiredNumber('disk_size', 1),
  };
  call.kept.disks.save(disk);
  return { status: 201, body: diskView({ ...disk, kind: 'extra', vm }) };
};

/** Only larger. The server is restarted for it when it runs. */
export const resizeDisk: Handler = (call) => {
  const disk = unlocked(diskCalled(call));
  const gib = Wishes.under(call, 'disk').requiredNumber('disk_size', disk.gib);
  const { vm } = disk;
  const size = sizeOf(call, vm);
  const extra = call.kept.disks.get(disk.id);
  if (disk.kind === 'swap' || !size) throw unprocessable('Swap disks cannot be resized');
  if (extra) call.kept.disks.save({ ...extra, gib });
  else {
    const wanted = sizeFor(size.vcpus, size.memoryGib * 1024, gib);
    if (wanted && gib !== disk.gib) changeSize(call, vm, wanted, true);
  }
  return {};
};

export const deleteDisk: Handler = (call) => {
  const { kind, id } = unlocked(diskCalled(call));
  if (kind === 'primary') throw unprocessable('Primary disk cannot be deleted');
  call.kept.disks.forget({ id });
  return {};
};

function unlocked(disk: Disk): Disk {
  if (isLocked(disk.vm)) throw unprocessable('Virtual server is locked');
  return disk;
}

const diskView = ({ id, label, gib, kind, vm }: Disk) => ({
  disk: {
    id: Number(id),
    label,
    disk_size: gib,
    primary: kind === 'primary',
    is_swap: kind === 'swap',
    virtual_machine_id: Number(vm.id),
    data_store_id: 1,
    built: vm.state !== 'booting',
    locked: isLocked(vm),
    mount_point: null,
  },
});
