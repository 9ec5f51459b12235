import { text } from '../../vendor/json.js';
import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { imageTag } from '../../vendor/tags.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { CloudSigmaApi } from './cloudsigma-api.js';
import type { CloudSigmaServers } from './cloudsigma-servers.js';
import { type Server } from './mapping.js';
import { readPlan } from './plan.js';
import type { Progress } from './progress.js';
import { resourcesOf } from './sizes.js';

export class CloudSigmaOperations implements MachineOperations {
  constructor(
    private readonly api: CloudSigmaApi,
    private readonly servers: CloudSigmaServers,
    private readonly progress: Progress,
  ) {}

  async act(region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    if (action === 'suspend' || action === 'resume')
      throw new VendorError('invalid-request', 'CloudSigma suspends no server; stop it instead');
    const server = await this.servers.required(region, vendorId);
    const wanted = action === 'start' ? 'stopped' : 'running';
    if (server.status !== wanted) throw new VendorError('conflict', `${vendorId} is ${server.status}: no ${action}`);
    if (action === 'restart') await this.progress.undertake(region, server, { start: true, ...(forced ? { hard: true } : {}) });
    else await this.switchTo(region, server, action, forced);
  }

  /** Its drive grows with it, and does not shrink again. */
  async resize(region: string, vendorId: string, size: string): Promise<boolean> {
    const resources = resourcesOf(size);
    const server = await this.progress.advance(region, await this.servers.required(region, vendorId));
    if (readPlan(server.meta) || !['running', 'stopped'].includes(server.status)) return false;
    const [boot] = server.mounts;
    const disk = boot ? ((await this.servers.drive(region, boot.drive))?.size ?? 0) : 0;
    if (disk > resources.disk)
      throw new VendorError('invalid-request', `the drive of ${vendorId} has ${disk} bytes, and CloudSigma shrinks no drive`);
    if (server.cpu === resources.cpu && server.mem === resources.mem && disk === resources.disk) return true;
    await this.progress.undertake(region, server, { resources });
    return false;
  }

  /** A snapshot of its first drive, which a server need not be stopped for. */
  async save(region: string, vendorId: string, { name, token }: { name: string; token: string }): Promise<SavedImage> {
    const known = (await this.api.all(region, '/snapshots/detail/')).find((one) => text(one, 'meta', imageTag) === token);
    const snapshot = known ?? (await this.api.make(region, '/snapshots/', await this.snapshotOf(region, vendorId, name, token)));
    const id = text(snapshot, 'uuid');
    if (id === undefined) throw malformed('the answer does not describe a snapshot');
    const status = text(snapshot, 'status');
    const state = status === 'available' ? 'active' : status === 'unavailable' ? 'error' : 'building';
    return { vendorId: `snapshots/${id}`, state };
  }

  private async snapshotOf(region: string, vendorId: string, name: string, token: string): Promise<object> {
    const [boot] = (await this.servers.required(region, vendorId)).mounts;
    if (!boot) throw new VendorError('conflict', `${vendorId} has no drive yet`, { underWay: true });
    return { drive: boot.drive, name, meta: { [imageTag]: token } };
  }

  /** What was planned for it is given up first: nobody starts it again. */
  private async switchTo(region: string, server: Server, action: 'start' | 'stop', forced: boolean): Promise<void> {
    if (readPlan(server.meta)) await this.servers.plan(region, server, undefined);
    await this.servers.act(region, server.id, action === 'stop' && !forced ? 'shutdown' : action);
  }
}
