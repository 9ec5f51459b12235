import { type Inventory, isBusy } from './inventory.js';
import { asUserData, bootMountOf, type Mount, type Server } from './mapping.js';
import { needsRest, type Plan, planKey, readPlan, startOf, writtenPlan } from './plan.js';

/** On a copy that has been begun: of which drive it is. */
export const copiedKey = 'agency.copied';

/** Does what servers' plans say, as far as it can be done now; whoever asks for a server again goes on from there. */
export class Progress {
  constructor(private readonly inventory: Inventory) {}

  /** Adds something to a server's plan, and begins it. */
  async undertake(region: string, server: Server, work: Partial<Plan>): Promise<Server> {
    const plan = readPlan(server.user) ?? { start: server.status !== 'stopped', since: null };
    const attach = [...(plan.attach ?? []), ...(work.attach ?? [])];
    const detach = [...(plan.detach ?? []), ...(work.detach ?? [])];
    const since = server.status === 'stopped' ? null : server.started;
    return await this.advance(region, await this.inventory.plan(region, server, { ...plan, ...work, attach, detach, since }));
  }

  /** The server as it is after the next step of its plan. */
  async advance(region: string, server: Server): Promise<Server> {
    const plan = readPlan(server.user);
    if (!plan) return server;
    if (server.status === 'active') return await this.whileActive(region, server, plan);
    return server.status === 'stopped' ? await this.whileStopped(region, server, plan) : server;
  }

  private async whileStopped(region: string, server: Server, plan: Plan): Promise<Server> {
    if (plan.image) return await this.imaged(region, server, plan);
    if (!(await this.isDriveReady(region, server, plan))) return server;
    const changes = { ...changesOf(server, plan), ...planned(plan.start ? startOf(plan) : undefined) };
    const isReady = plan.start && !needsRest(plan) && plan.since === null;
    const ready = isReady ? server : await this.inventory.set(region, server, changes);
    if (!plan.start) return ready;
    await this.told(region, server.id, 'start');
    return { ...ready, status: 'starting' };
  }

  /** A server that has been started since it was planned, and has nothing more to be stopped for, is done. */
  private async whileActive(region: string, server: Server, plan: Plan): Promise<Server> {
    const toBeStopped = needsRest(plan) || (plan.since !== null && plan.since === server.started);
    if (!toBeStopped) return await this.inventory.plan(region, server, undefined);
    await this.told(region, server.id, 'shutdown');
    return server;
  }

  /** An image that is on its way already is not written a second time. */
  private async imaged(region: string, server: Server, { image, ...plan }: Plan): Promise<Server> {
    const id = bootMountOf(server)?.drive ?? '';
    const drive = await this.inventory.drive(region, id);
    if (image && drive && !drive.isImaging) await this.inventory.write(region, id, image.source, image.isPacked);
    return await this.inventory.plan(region, server, plan);
  }

  /** With its image, its size and its copy, as far as they are planned. */
  private async isDriveReady(region: string, server: Server, { fresh, disk, copy }: Plan): Promise<boolean> {
    const mount = fresh || disk !== undefined || copy !== undefined ? bootMountOf(server) : undefined;
    const drive = mount && (await this.inventory.drive(region, mount.drive));
    if (!drive) return true;
    if (drive.isImaging) return false;
    if (disk !== undefined && drive.size < disk) await this.inventory.setDrive(region, drive.id, { size: disk });
    return copy === undefined || (await this.isCopied(region, drive.id, copy));
  }

  /** What is being copied stays as it is until that is done. */
  private async isCopied(region: string, source: string, id: string): Promise<boolean> {
    const copy = await this.inventory.drive(region, id);
    if (!copy) return true;
    if (copy.user[copiedKey] !== undefined) return !copy.isImaging;
    if (!copy.isImaging) await this.inventory.write(region, id, source, false);
    await this.inventory.setDrive(region, id, asUserData({ [copiedKey]: source }));
    return false;
  }

  /** A server that does so already says that it is busy: it has no status for what is on its way. */
  private async told(region: string, id: string, command: 'start' | 'shutdown'): Promise<void> {
    try {
      await this.inventory.act(region, id, command);
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  }
}

const planned = (plan: Plan | undefined): Readonly<Record<string, string>> => asUserData({ [planKey]: writtenPlan(plan) });

/** What is to be set for its plan. What a server is not to have any more is set to nothing. */
function changesOf(server: Server, plan: Plan): Readonly<Record<string, string | number>> {
  const { cpu = server.cpu, mem = server.mem, detach = [], attach = [] } = plan;
  const leaving = server.mounts.filter(({ drive }) => detach.includes(drive));
  const staying = server.mounts.filter((mount) => !leaving.includes(mount));
  const coming = attach
    .filter((drive) => !detach.includes(drive) && !staying.some((mount) => mount.drive === drive))
    .reduce<readonly Mount[]>((so, drive) => [...so, { device: freePlace([...staying, ...so]), drive }], []);
  const gone = leaving.filter(({ device }) => !coming.some((mount) => mount.device === device));
  return {
    cpu,
    mem,
    ...Object.fromEntries(gone.map(({ device }) => [device, ''])),
    ...Object.fromEntries(coming.map(({ device, drive }) => [device, drive])),
  };
}

/** Of the virtio disks, `block:0` to `block:7`; one too many is refused by the cloud. */
function freePlace(mounts: readonly Mount[]): string {
  for (let index = 0; ; index += 1) {
    const device = `block:${index}`;
    if (!mounts.some((mount) => mount.device === device)) return device;
  }
}

/** How Linux calls a virtio disk; null where it cannot be told. */
export function deviceNameOf({ device }: Mount): string | null {
  const [, index] = /^block:(\d)$/.exec(device) ?? [];
  return index === undefined ? null : `/dev/vd${String.fromCharCode('a'.charCodeAt(0) + Number(index))}`;
}
