import { type DriveCloud, DriveVolumes } from '../../vendor/drive-volumes.js';
import type { Volume } from '../../vendor/port.js';
import { volumeTag } from '../../vendor/tags.js';
import { unlessGone } from '../../vendor/vendor-error.js';
import type { CloudSigmaApi } from './cloudsigma-api.js';
import type { CloudSigmaServers } from './cloudsigma-servers.js';
import { type Drive, driveOf, type Server } from './mapping.js';
import { readPlan } from './plan.js';
import { deviceNameOf, type Progress } from './progress.js';

const gib = 2 ** 30;

/** CloudSigma itself deletes what is mounted, too. */
export const cloudSigmaVolumes = (
  api: CloudSigmaApi,
  servers: CloudSigmaServers,
  progress: Progress,
): DriveVolumes<Drive, Server> => new DriveVolumes(cloudOf(api, servers, progress));

const cloudOf = (api: CloudSigmaApi, servers: CloudSigmaServers, progress: Progress): DriveCloud<Drive, Server> => ({
  driveFor: async (region, token) => (await servers.drives(region)).find(({ meta }) => meta[volumeTag] === token),
  makeDrive: async ({ name, region, size, tags }, token) => {
    const definition = { name, size: size * gib, media: 'disk', meta: { ...tags, [volumeTag]: token } };
    return driveOf(await api.make(region, '/drives/', definition));
  },
  drive: (region, id) => servers.drive(region, id),
  removeDrive: async (region, id) => {
    await unlessGone(servers.removeDrive(region, id));
  },
  holderOf: async (region, drive) =>
    (await servers.all(region)).find(
      ({ mounts, meta }) => mounts.some((mount) => mount.drive === drive) || readPlan(meta)?.attach?.includes(drive),
    ),
  isLeaving: ({ meta }, drive) => readPlan(meta)?.detach?.includes(drive) ?? false,
  advance: (region, server) => progress.advance(region, server),
  attach: async (region, machine, drive) =>
    progress.undertake(region, await servers.required(region, machine), { attach: [drive] }),
  detach: (region, server, drive) => progress.undertake(region, server, { detach: [drive] }),
  volumeOf,
});

const states: Readonly<Record<string, Volume['state']>> = { unmounted: 'available', mounted: 'attached', unavailable: 'error' };

function volumeOf(region: string, { id, status }: Drive, machine: Server | undefined): Volume {
  const mount = machine?.mounts.find(({ drive }) => drive === id);
  const told = states[status] ?? 'building';
  const free = { vendorId: id, zone: region, machine: null, device: null };
  if (!machine || told === 'error') return { ...free, state: told === 'attached' ? 'building' : told };
  if (!mount) return { ...free, state: 'building' };
  return { vendorId: id, zone: region, state: 'attached', machine: machine.id, device: deviceNameOf(mount) };
}
