import { type Volume, type VolumeDriver, type VolumeOrder } from '../../vendor/port.js';
import { volumeTag } from '../../vendor/tags.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import type { CloudSigmaApi } from './cloudsigma-api.js';
import type { CloudSigmaServers } from './cloudsigma-servers.js';
import { type Drive, driveOf, type Server } from './mapping.js';
import { readPlan } from './plan.js';
import { deviceNameOf, type Progress } from './progress.js';

const gib = 2 ** 30;

/** Drives of the account's own. A server that runs is shut down for one to be attached or detached, and started again. */
export class CloudSigmaVolumes implements VolumeDriver {
  constructor(
    private readonly api: CloudSigmaApi,
    private readonly servers: CloudSigmaServers,
    private readonly progress: Progress,
  ) {}

  async create({ name, region, size, tags }: VolumeOrder, token: string): Promise<Volume> {
    const known = await this.driveFor(region, token);
    const definition = { name, size: size * gib, media: 'disk', meta: { ...tags, [volumeTag]: token } };
    return volumeOf(region, known ?? driveOf(await this.api.make(region, '/drives/', definition)), undefined);
  }

  async find(region: string, token: string): Promise<Volume | undefined> {
    const drive = await this.driveFor(region, token);
    return drive && volumeOf(region, drive, await this.holderOf(region, drive.id));
  }

  /** Goes on with what is planned for the machine that it is to be attached to or detached from. */
  async get(region: string, vendorId: string): Promise<Volume | undefined> {
    const holder = await this.holderOf(region, vendorId);
    const machine = holder && (await this.progress.advance(region, holder));
    const drive = await this.servers.drive(region, vendorId);
    return drive && volumeOf(region, drive, machine);
  }

  async attach(region: string, vendorId: string, machine: string): Promise<void> {
    const holder = await this.holderOf(region, vendorId);
    if (holder && holder.id !== machine) throw new VendorError('conflict', `${vendorId} is attached to ${holder.id}`);
    if (holder && isLeaving(holder, vendorId))
      throw new VendorError('conflict', `${vendorId} is being detached from ${machine}`, { underWay: true });
    if (!holder) await this.progress.undertake(region, await this.servers.required(region, machine), { attach: [vendorId] });
  }

  async detach(region: string, vendorId: string, machine: string): Promise<void> {
    const holder = await this.holderOf(region, vendorId);
    if (holder?.id !== machine || isLeaving(holder, vendorId)) return;
    await this.progress.undertake(region, holder, { detach: [vendorId] });
  }

  /** CloudSigma itself deletes what is mounted, too. */
  async delete(region: string, vendorId: string): Promise<void> {
    const holder = await this.holderOf(region, vendorId);
    if (holder) throw new VendorError('conflict', `${vendorId} is attached to ${holder.id}`);
    await unlessGone(this.servers.removeDrive(region, vendorId));
  }

  private async driveFor(region: string, token: string): Promise<Drive | undefined> {
    return (await this.servers.drives(region)).find(({ meta }) => meta[volumeTag] === token);
  }

  /** The server that has it, or is to get it. */
  private async holderOf(region: string, drive: string): Promise<Server | undefined> {
    return (await this.servers.all(region)).find(
      ({ mounts, meta }) => mounts.some((mount) => mount.drive === drive) || readPlan(meta)?.attach?.includes(drive),
    );
  }
}

const isLeaving = ({ meta }: Server, drive: string): boolean => readPlan(meta)?.detach?.includes(drive) ?? false;

const states: Readonly<Record<string, Volume['state']>> = { unmounted: 'available', mounted: 'attached', unavailable: 'error' };

function volumeOf(region: string, { id, status }: Drive, machine: Server | undefined): Volume {
  const mount = machine?.mounts.find(({ drive }) => drive === id);
  const told = states[status] ?? 'building';
  const free = { vendorId: id, zone: region, machine: null, device: null };
  if (!machine || told === 'error') return { ...free, state: told === 'attached' ? 'building' : told };
  if (!mount) return { ...free, state: 'building' };
  return { vendorId: id, zone: region, state: 'attached', machine: machine.id, device: deviceNameOf(mount) };
}
