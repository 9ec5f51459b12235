import { machineLabel } from '../../vendor/machine-label.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { CloudSigmaServers } from './cloudsigma-servers.js';
import { type Drive, installationOf, type Mount, placementOf, type Server } from './mapping.js';
import { needsRest, type Plan, readPlan, startOf } from './plan.js';
import type { Resources } from './sizes.js';

/** Units of a virtio controller (Servers, Device channel). */
const unitsPerController = 6;

/** Does what servers' plans say, as far as it can be done now; whoever asks for a server again goes on from there. */
export class Progress {
  constructor(private readonly servers: CloudSigmaServers) {}

  /** Adds something to a server's plan, and begins it. */
  async undertake(region: string, server: Server, work: Partial<Plan>): Promise<Server> {
    const plan = readPlan(server.meta) ?? { start: server.status !== 'stopped', since: null };
    const attach = [...(plan.attach ?? []), ...(work.attach ?? [])];
    const detach = [...(plan.detach ?? []), ...(work.detach ?? [])];
    const planned = await this.servers.plan(region, server, { ...plan, ...work, attach, detach, since: server.since });
    return await this.advance(region, planned);
  }

  /** The server as it is after the next steps of its plan. */
  async advance(region: string, server: Server): Promise<Server> {
    const plan = readPlan(server.meta);
    if (!plan) return server;
    if (server.status === 'running') return await this.whileRunning(region, server, plan);
    if (server.status !== 'stopped') return server;
    const prepared = await this.prepared(region, server, plan);
    if (!prepared) return server;
    if (!plan.start) return await this.servers.plan(region, prepared, undefined);
    await this.servers.act(region, server.id, 'start');
    return { ...prepared, status: 'starting' };
  }

  /** Gives up what a server's plan would have changed, but not that it is to run. */
  async giveUp(region: string, server: Server): Promise<Server> {
    const plan = readPlan(server.meta);
    return plan && needsRest(plan) ? await this.servers.plan(region, server, startOf(plan)) : server;
  }

  /** A server that has been started since it was planned, and has nothing more to be stopped for, is done. */
  private async whileRunning(region: string, server: Server, plan: Plan): Promise<Server> {
    const toBeStopped = needsRest(plan) || (plan.since !== null && plan.since === server.since);
    if (!toBeStopped) return await this.servers.plan(region, server, undefined);
    await this.servers.act(region, server.id, plan.hard ? 'stop' : 'shutdown');
    return { ...server, status: 'stopping' };
  }

  /** The server with all that its plan gives it; undefined while one of its drives takes its time. */
  private async prepared(region: string, server: Server, plan: Plan): Promise<Server | undefined> {
    if (!needsRest(plan)) return server;
    const mounts = await this.bootable(region, server, plan);
    if (!mounts) return undefined;
    const changed = { ...server, ...processorsOf(plan.resources), mounts: remounted(mounts, plan) };
    return await this.servers.plan(region, changed, startOf(plan));
  }

  /** With its first drive, which is there and is large enough. */
  private async bootable(region: string, server: Server, { image, resources }: Plan): Promise<readonly Mount[] | undefined> {
    const [mounted] = server.mounts;
    if (!resources) return server.mounts;
    const drive = mounted ? await this.servers.drive(region, mounted.drive) : await this.cloned(region, server, image);
    if (!drive || !['mounted', 'unmounted'].includes(drive.status)) return undefined;
    if (drive.size < resources.disk) {
      await this.servers.enlarge(region, drive, resources.disk);
      return undefined;
    }
    return mounted ? server.mounts : [{ drive: drive.id, channel: '0:0', device: 'virtio', bootOrder: 1 }];
  }

  private async cloned(region: string, server: Server, image: string | undefined): Promise<Drive | undefined> {
    const placement = placementOf(server) ?? '';
    const [drive] = await this.servers.drivesFor(region, placement);
    if (drive?.status === 'unavailable') throw new VendorError('conflict', `the drive ${drive.id} is unavailable`);
    if (drive || image === undefined) return drive;
    const name = machineLabel(server.name, installationOf(server) ?? '', placement);
    return await this.servers.clone(region, image, name);
  }
}

const processorsOf = (wanted: Resources | undefined): Partial<Server> =>
  wanted ? { cpu: wanted.cpu, smp: wanted.smp, mem: wanted.mem } : {};

function remounted(mounts: readonly Mount[], { attach = [], detach = [] }: Plan): readonly Mount[] {
  const kept = mounts.filter(({ drive }) => !detach.includes(drive));
  const added = attach.filter((drive) => !detach.includes(drive) && !kept.some((mount) => mount.drive === drive));
  return added.reduce<readonly Mount[]>(
    (so, drive) => [...so, { drive, channel: freeChannel(so), device: 'virtio', bootOrder: null }],
    kept,
  );
}

function freeChannel(mounts: readonly Mount[]): string {
  for (let index = 0; ; index += 1) {
    const channel = `${Math.floor(index / unitsPerController)}:${index % unitsPerController}`;
    if (!mounts.some((mount) => mount.channel === channel)) return channel;
  }
}

/** How Linux calls the drive at a channel; null where it cannot be told. */
export function deviceNameOf({ channel, device }: Mount): string | null {
  const [controller = NaN, unit = NaN] = channel.split(':').map(Number);
  const index = controller * unitsPerController + unit;
  return device === 'virtio' && index >= 0 && index < 26 ? `/dev/vd${String.fromCharCode(97 + index)}` : null;
}
