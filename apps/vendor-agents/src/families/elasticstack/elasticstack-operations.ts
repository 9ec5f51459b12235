import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { imageTag } from '../../vendor/tags.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { Inventory } from './inventory.js';
import { bootMountOf, type Drive, type Server } from './mapping.js';
import { readPlan } from './plan.js';
import { copiedKey, type Progress } from './progress.js';
import { resourcesOf } from './sizes.js';

export class ElasticStackOperations implements MachineOperations {
  constructor(
    private readonly inventory: Inventory,
    private readonly progress: Progress,
  ) {}

  async act(region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    if (action === 'suspend' || action === 'resume')
      throw new VendorError('invalid-request', 'ElasticStack has no command that suspends a server; stop it instead');
    const server = await this.inventory.required(region, vendorId);
    const wanted = action === 'start' ? 'stopped' : 'active';
    if (server.status !== wanted) throw new VendorError('conflict', `${vendorId} is ${server.status}: no ${action}`);
    if (action === 'restart' && !forced) {
      await this.progress.undertake(region, server, { start: true });
      return;
    }
    // What was planned for it is given up: nobody starts it again.
    if (action === 'stop' && readPlan(server.user)) await this.inventory.plan(region, server, undefined);
    await this.inventory.act(region, vendorId, commandFor(action, forced));
  }

  /** Its drive grows with it, and does not shrink again. */
  async resize(region: string, vendorId: string, size: string): Promise<boolean> {
    const { cpu, mem, disk } = resourcesOf(size);
    const server = await this.progress.advance(region, await this.inventory.required(region, vendorId));
    if (readPlan(server.user) || !['active', 'stopped'].includes(server.status)) return false;
    const now = (await this.bootDriveOf(region, server)).size;
    if (now > disk) throw new VendorError('invalid-request', `the drive of ${vendorId} has ${now} bytes, and does not shrink`);
    if (server.cpu === cpu && server.mem === mem && now === disk) return true;
    await this.progress.undertake(region, server, { cpu, mem, ...(now < disk ? { disk } : {}) });
    return false;
  }

  /** A copy of the drive that it boots from, which only a stopped server lets be read. */
  async save(region: string, vendorId: string, { name, token }: { name: string; token: string }): Promise<SavedImage> {
    const known = await this.inventory.driveWith(region, imageTag, token);
    if (known && known.user[copiedKey] !== undefined && !known.isImaging) return { vendorId: known.id, state: 'active' };
    const server = await this.inventory.required(region, vendorId);
    const copy = known ?? (await this.madeCopy(region, server, name, token));
    if (readPlan(server.user)?.copy === copy.id) await this.progress.advance(region, server);
    else await this.progress.undertake(region, server, { copy: copy.id });
    return { vendorId: copy.id, state: 'building' };
  }

  private async madeCopy(region: string, server: Server, name: string, token: string): Promise<Drive> {
    const { size } = await this.bootDriveOf(region, server);
    return await this.inventory.makeDrive(region, name, size, { [imageTag]: token });
  }

  private async bootDriveOf(region: string, server: Server): Promise<Drive> {
    const mount = bootMountOf(server);
    const drive = mount && (await this.inventory.drive(region, mount.drive));
    if (!drive) throw new VendorError('conflict', `${server.id} has no drive that it boots from`);
    return drive;
  }
}

function commandFor(action: 'start' | 'stop' | 'restart', forced: boolean): 'start' | 'stop' | 'shutdown' | 'reset' {
  if (action === 'restart') return 'reset';
  return action === 'stop' && !forced ? 'shutdown' : action;
}
