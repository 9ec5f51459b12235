import { VendorError } from '../../vendor/vendor-error.js';
import type { CloudSigmaApi } from './cloudsigma-api.js';
import { definitionOf, type Drive, driveOf, placementOf, type Server, serverOf } from './mapping.js';
import { type Plan, withPlan } from './plan.js';

/** The account's servers and drives of a region. */
export class CloudSigmaServers {
  constructor(private readonly api: CloudSigmaApi) {}

  async all(region: string): Promise<readonly Server[]> {
    return (await this.api.all(region, '/servers/detail/')).map(serverOf);
  }

  async of(region: string, placement: string): Promise<Server | undefined> {
    return (await this.all(region)).find((server) => placementOf(server) === placement);
  }

  async get(region: string, id: string): Promise<Server | undefined> {
    const server = await this.api.one(region, `/servers/${encodeURIComponent(id)}/`);
    return server === undefined ? undefined : serverOf(server);
  }

  /** @throws VendorError not-found */
  async required(region: string, id: string): Promise<Server> {
    const server = await this.get(region, id);
    if (!server) throw new VendorError('not-found', `CloudSigma has no server ${id}`);
    return server;
  }

  async make(region: string, definition: object): Promise<Server> {
    return serverOf(await this.api.make(region, '/servers/', definition));
  }

  /** Of a running server only its name, its meta and its tags are changed; all else is ignored. */
  async define(region: string, server: Server): Promise<Server> {
    return serverOf(await this.api.call(region, 'PUT', `/servers/${server.id}/`, definitionOf(server)));
  }

  async plan(region: string, server: Server, plan: Plan | undefined): Promise<Server> {
    return await this.define(region, { ...server, meta: withPlan(server.meta, plan) });
  }

  async act(region: string, id: string, action: 'start' | 'stop' | 'shutdown'): Promise<void> {
    await this.api.call(region, 'POST', `/servers/${id}/action/?do=${action}`, {});
  }

  /** With all drives that are attached to it. */
  async remove(region: string, id: string): Promise<void> {
    await this.api.call(region, 'DELETE', `/servers/${id}/?recurse=all_drives`);
  }

  async drive(region: string, id: string): Promise<Drive | undefined> {
    const drive = await this.api.one(region, `/drives/${encodeURIComponent(id)}/`);
    return drive === undefined ? undefined : driveOf(drive);
  }

  async drives(region: string): Promise<readonly Drive[]> {
    return (await this.api.all(region, '/drives/detail/')).map(driveOf);
  }

  /** Those that were cloned for a machine. Of two, which only a lost answer makes, everybody takes the same first. */
  async drivesFor(region: string, placement: string): Promise<readonly Drive[]> {
    const drives = (await this.drives(region)).filter((drive) => drive.placement === placement);
    return drives.sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** @param image a drive of the library, or the path of a drive or of a snapshot of the account's own. */
  async clone(region: string, image: string, name: string): Promise<Drive> {
    return driveOf(await this.api.make(region, `/${imagePathOf(image)}/action/?do=clone`, { name, media: 'disk' }));
  }

  /** The resize action wants the whole definition, and says when it cannot be (Drives, Resizing). */
  async enlarge(region: string, { id, name, meta }: Drive, size: number): Promise<void> {
    await this.api.call(region, 'POST', `/drives/${id}/action/?do=resize`, { name, media: 'disk', size, meta });
  }

  async removeDrive(region: string, id: string): Promise<void> {
    await this.api.call(region, 'DELETE', `/drives/${encodeURIComponent(id)}/`);
  }
}

function imagePathOf(image: string): string {
  const path = image.includes('/') ? image : `libdrives/${image}`;
  if (/^(libdrives|drives|snapshots)\/[\w-]+$/.test(path)) return path;
  throw new VendorError('invalid-request', `'${image}' is no drive of the library, and no drives/<uuid> or snapshots/<uuid>`);
}
