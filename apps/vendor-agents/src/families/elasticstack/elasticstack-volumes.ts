import type { Volume, VolumeDriver, VolumeOrder } from '../../vendor/port.js';
import { volumeTag } from '../../vendor/tags.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { Inventory } from './inventory.js';
import type { Drive, Server } from './mapping.js';
import { readPlan } from './plan.js';
import { deviceNameOf, type Progress } from './progress.js';

const gib = 2 ** 30;

/** Drives of the account's own. A server that runs is shut down for one to be attached or detached, and started again. */
export class ElasticStackVolumes implements VolumeDriver {
  constructor(
    private readonly inventory: Inventory,
    private readonly progress: Progress,
  ) {}

  async create({ name, region, size, tags }: VolumeOrder, token: string): Promise<Volume> {
    const known = await this.inventory.driveWith(region, volumeTag, token);
    const drive = known ?? (await this.inventory.makeDrive(region, name, size * gib, { ...tags, [volumeTag]: token }));
    return volumeOf(region, drive, undefined);
  }

  async find(region: string, token: string): Promise<Volume | undefined> {
    const drive = await this.inventory.driveWith(region, volumeTag, token);
    return drive && volumeOf(region, drive, await this.holderOf(region, drive.id));
  }

  /** Goes on with what is planned for the machine that it is to be attached to or detached from. */
  async get(region: string, vendorId: string): Promise<Volume | undefined> {
    const holder = await this.holderOf(region, vendorId);
    const machine = holder && (await this.progress.advance(region, holder));
    const drive = await this.inventory.drive(region, vendorId);
    return drive && volumeOf(region, drive, machine);
  }

  async attach(region: string, vendorId: string, machine: string): Promise<void> {
    const holder = await this.holderOf(region, vendorId);
    if (holder && holder.id !== machine) throw new VendorError('conflict', `${vendorId} is attached to ${holder.id}`);
    if (holder && isLeaving(holder, vendorId))
      throw new VendorError('conflict', `${vendorId} is being detached from ${machine}`, { underWay: true });
    if (!holder) await this.progress.undertake(region, await this.inventory.required(region, machine), { attach: [vendorId] });
  }

  async detach(region: string, vendorId: string, machine: string): Promise<void> {
    const holder = await this.holderOf(region, vendorId);
    if (holder?.id !== machine || isLeaving(holder, vendorId)) return;
    await this.progress.undertake(region, holder, { detach: [vendorId] });
  }

  /** ElasticStack itself says of a drive that it is busy only while its server runs. */
  async delete(region: string, vendorId: string): Promise<void> {
    const holder = await this.holderOf(region, vendorId);
    if (holder) throw new VendorError('conflict', `${vendorId} is attached to ${holder.id}`);
    await this.inventory.removeDrive(region, vendorId);
  }

  /** The server that has it, or is to get it. */
  private async holderOf(region: string, drive: string): Promise<Server | undefined> {
    return (await this.inventory.servers(region)).find(
      ({ mounts, user }) => mounts.some((mount) => mount.drive === drive) || readPlan(user)?.attach?.includes(drive),
    );
  }
}

const isLeaving = ({ user }: Server, drive: string): boolean => readPlan(user)?.detach?.includes(drive) ?? false;

/** Attached once its server has it and runs with it, if it is to run. */
function volumeOf(region: string, drive: Drive, machine: Server | undefined): Volume {
  const mount = machine?.mounts.find((mounted) => mounted.drive === drive.id);
  const free = { vendorId: drive.id, zone: region, machine: null, device: null };
  if (!machine) return { ...free, state: drive.isImaging ? 'building' : 'available' };
  if (!mount || readPlan(machine.user)) return { ...free, state: 'building' };
  return { ...free, state: 'attached', machine: machine.id, device: deviceNameOf(mount) };
}
