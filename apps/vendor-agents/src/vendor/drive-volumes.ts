import type { Volume, VolumeDriver, VolumeOrder } from './port.js';
import { VendorError } from './vendor-error.js';

/** A cloud whose volumes are drives that a server gets while it is stopped, so that what is wanted is planned with the server and carried on later. */
export interface DriveCloud<Drive extends { readonly id: string }, Server extends { readonly id: string }> {
  driveFor(region: string, token: string): Promise<Drive | undefined>;
  makeDrive(order: VolumeOrder, token: string): Promise<Drive>;
  drive(region: string, id: string): Promise<Drive | undefined>;
  removeDrive(region: string, id: string): Promise<void>;
  /** The server that has it, or is to get it. */
  holderOf(region: string, drive: string): Promise<Server | undefined>;
  isLeaving(server: Server, drive: string): boolean;
  /** Goes on with what is planned for the server. */
  advance(region: string, server: Server): Promise<Server | undefined>;
  attach(region: string, machine: string, drive: string): Promise<unknown>;
  detach(region: string, server: Server, drive: string): Promise<unknown>;
  volumeOf(region: string, drive: Drive, holder: Server | undefined): Volume;
}

/** Drives of the account's own. A server that runs is shut down for one to be attached or detached, and started again. */
export class DriveVolumes<Drive extends { readonly id: string }, Server extends { readonly id: string }> implements VolumeDriver {
  constructor(private readonly cloud: DriveCloud<Drive, Server>) {}

  async create(order: VolumeOrder, token: string): Promise<Volume> {
    const { cloud } = this;
    const drive = (await cloud.driveFor(order.region, token)) ?? (await cloud.makeDrive(order, token));
    return cloud.volumeOf(order.region, drive, undefined);
  }

  async find(region: string, token: string): Promise<Volume | undefined> {
    const drive = await this.cloud.driveFor(region, token);
    return drive && this.cloud.volumeOf(region, drive, await this.cloud.holderOf(region, drive.id));
  }

  /** Goes on with what is planned for the machine that it is to be attached to or detached from. */
  async get(region: string, vendorId: string): Promise<Volume | undefined> {
    const holder = await this.cloud.holderOf(region, vendorId);
    const machine = holder && (await this.cloud.advance(region, holder));
    const drive = await this.cloud.drive(region, vendorId);
    return drive && this.cloud.volumeOf(region, drive, machine);
  }

  async attach(region: string, vendorId: string, machine: string): Promise<void> {
    const holder = await this.cloud.holderOf(region, vendorId);
    if (holder && holder.id !== machine) throw new VendorError('conflict', `${vendorId} is attached to ${holder.id}`);
    if (holder && this.cloud.isLeaving(holder, vendorId))
      throw new VendorError('conflict', `${vendorId} is being detached from ${machine}`, { underWay: true });
    if (!holder) await this.cloud.attach(region, machine, vendorId);
  }

  async detach(region: string, vendorId: string, machine: string): Promise<void> {
    const holder = await this.cloud.holderOf(region, vendorId);
    if (holder?.id !== machine || this.cloud.isLeaving(holder, vendorId)) return;
    await this.cloud.detach(region, holder, vendorId);
  }

  /** The cloud itself may delete what is in use. */
  async delete(region: string, vendorId: string): Promise<void> {
    const holder = await this.cloud.holderOf(region, vendorId);
    if (holder) throw new VendorError('conflict', `${vendorId} is attached to ${holder.id}`);
    await this.cloud.removeDrive(region, vendorId);
  }
}
