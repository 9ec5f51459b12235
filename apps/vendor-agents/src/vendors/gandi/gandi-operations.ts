import { field, type Json, number } from '../../vendor/json.js';
import { machineLabel } from '../../vendor/machine-label.js';
import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { Disks } from './disks.js';
import { type GandiApi, idOf, numberOf } from './gandi-api.js';
import { systemDiskOf } from './machines.js';
import { memoryCeiling, mib, resourcesOf } from './sizes.js';
import { operationsOn } from './work.js';

const calls: Partial<Readonly<Record<PowerAction, string>>> = {
  start: 'hosting.vm.start',
  stop: 'hosting.vm.stop',
  restart: 'hosting.vm.reboot',
};

export class GandiOperations implements MachineOperations {
  constructor(
    private readonly api: GandiApi,
    private readonly disks: Disks,
  ) {}

  /** Gandi has one way to stop a machine, and one to restart it. */
  async act(_region: string, vendorId: string, action: PowerAction): Promise<void> {
    const call = calls[action];
    if (call === undefined) throw new VendorError('invalid-request', `Gandi cannot ${action} machines`);
    await this.api.do(call, numberOf(vendorId));
  }

  /**
   * Cores and memory at one step, a larger disk at the next. A machine runs on meanwhile, unless it gets more memory than it was started
   * for: with `vm_max_memory` Gandi restarts it (gandi.cli, `vm update`).
   */
  async resize(_region: string, vendorId: string, size: string): Promise<boolean> {
    const wanted = resourcesOf(size);
    const id = numberOf(vendorId);
    const vm = await this.api.read('hosting.vm.info', id);
    if ((await operationsOn(this.api, { vm_id: id })).some(({ isPending }) => isPending)) return false;
    const disk = requiredSystemDisk(vm);
    const diskSize = number(disk, 'size') ?? 0;
    if (mib(wanted.disk) < diskSize)
      throw new VendorError('invalid-request', `the disk of ${vendorId} has ${diskSize} MiB; Gandi makes none smaller`);
    const changes = changesOf(vm, wanted.cores, mib(wanted.memory));
    if (changes) await this.api.do('hosting.vm.update', id, changes);
    else if (mib(wanted.disk) > diskSize)
      await this.api.do('hosting.disk.update', numberOf(idOf(disk)), { size: mib(wanted.disk) });
    else return true;
    return false;
  }

  /** A copy of the machine's system disk, which new machines are made of as of Gandi's own images. */
  async save(region: string, vendorId: string, image: { readonly name: string; readonly token: string }): Promise<SavedImage> {
    const earlier = await this.disks.find(region, image.token);
    if (earlier) return savedImageOf(earlier);
    const vm = await this.api.read('hosting.vm.info', numberOf(vendorId));
    const source = numberOf(idOf(requiredSystemDisk(vm)));
    const spec = { datacenter_id: number(vm, 'datacenter_id') ?? 0, name: machineLabel(image.name, '', image.token) };
    const operation = await this.api.do('hosting.disk.create_from', spec, source);
    return { vendorId: idOf(operation, 'disk_id'), state: 'building' };
  }
}

function requiredSystemDisk(vm: Json): Json {
  const disk = systemDiskOf(vm);
  if (disk === undefined) throw malformed('the answer tells no disk of the machine');
  return disk;
}

function changesOf(vm: Json, cores: number, memory: number): Record<string, number> | undefined {
  if (number(vm, 'cores') === cores && number(vm, 'memory') === memory) return undefined;
  const ceiling = number(vm, 'vm_max_memory') ?? 0;
  return { cores, memory, ...(memory > ceiling ? { vm_max_memory: memoryCeiling(memory) } : {}) };
}

function savedImageOf(disk: Json): SavedImage {
  const state = field(disk, 'state');
  if (state === 'created') return { vendorId: idOf(disk), state: 'active' };
  return { vendorId: idOf(disk), state: state === 'invalid' ? 'error' : 'building' };
}
