import { type Json, list, text } from '../../vendor/json.js';
import { machineLabel } from '../../vendor/machine-label.js';
import { installationTag, type Volume, type VolumeDriver, type VolumeOrder } from '../../vendor/port.js';
import { asVendorError, unlessGone, VendorError } from '../../vendor/vendor-error.js';
import type { Datacenters } from './datacenters.js';
import type { Disks } from './disks.js';
import { type GandiApi, idOf, numberOf } from './gandi-api.js';
import { mib } from './sizes.js';
import { operationsOn } from './work.js';

/** Gandi's disks. It tells no device names: which one a disk becomes depends on the machine's image. */
export class GandiVolumes implements VolumeDriver {
  constructor(
    private readonly api: GandiApi,
    private readonly datacenters: Datacenters,
    private readonly disks: Disks,
  ) {}

  async create({ name, region, size, tags }: VolumeOrder, token: string): Promise<Volume> {
    const spec = {
      datacenter_id: await this.datacenters.id(region),
      name: machineLabel(name, tags[installationTag] ?? '', token),
      size: mib(size),
      type: 'data',
    };
    const operation = await this.api.do('hosting.disk.create', spec);
    return { vendorId: idOf(operation, 'disk_id'), state: 'building', zone: region, machine: null, device: null };
  }

  async find(region: string, token: string): Promise<Volume | undefined> {
    const disk = await this.disks.find(region, token);
    return disk === undefined ? undefined : volumeOf(disk, region);
  }

  /** A disk may name its machine before the operation that attaches it has ended, and after the one that detaches it has begun. */
  async get(region: string, vendorId: string): Promise<Volume | undefined> {
    const disk = await unlessGone(this.disks.info(vendorId));
    if (disk === undefined) return undefined;
    const volume = volumeOf(disk, region);
    if (volume.state !== 'attached') return volume;
    const operations = await operationsOn(this.api, { disk_id: numberOf(vendorId) });
    return operations.some(({ isPending }) => isPending) ? { ...volume, state: 'building' } : volume;
  }

  /** What is attached where it is wanted has been asked for before. */
  async attach(region: string, vendorId: string, machine: string): Promise<void> {
    try {
      await this.api.do('hosting.vm.disk_attach', numberOf(machine), numberOf(vendorId));
    } catch (error) {
      if (asVendorError(error).reason !== 'conflict' || (await this.get(region, vendorId))?.machine !== machine) throw error;
    }
  }

  async detach(region: string, vendorId: string, machine: string): Promise<void> {
    if ((await this.get(region, vendorId))?.machine !== machine) return;
    await this.api.do('hosting.vm.disk_detach', numberOf(machine), numberOf(vendorId));
  }

  async delete(region: string, vendorId: string): Promise<void> {
    const volume = await this.get(region, vendorId);
    if (!volume || volume.state === 'gone') return;
    if (volume.machine !== null)
      throw new VendorError('conflict', `disk ${vendorId} is attached to the machine ${volume.machine}`);
    await unlessGone(this.api.do('hosting.disk.delete', numberOf(vendorId)));
  }
}

const states: Readonly<Record<string, Volume['state']>> = { created: 'available', invalid: 'error', deleted: 'gone' };

function volumeOf(disk: Json, region: string): Volume {
  const told = text(disk, 'state') ?? '';
  const [vm] = list(disk, 'vms_id');
  const machine = text(vm) ?? null;
  const state = states[told] ?? 'building';
  return {
    vendorId: idOf(disk),
    state: state === 'available' && machine !== null ? 'attached' : state,
    zone: region,
    machine,
    device: null,
  };
}
