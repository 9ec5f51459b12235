import { type DriveCloud, DriveVolumes } from '../../vendor/drive-volumes.js';
import type { Volume } from '../../vendor/port.js';
import { volumeTag } from '../../vendor/tags.js';
import type { Inventory } from './inventory.js';
import type { Drive, Server } from './mapping.js';
import { readPlan } from './plan.js';
import { deviceNameOf, type Progress } from './progress.js';

const gib = 2 ** 30;

/** ElasticStack itself says of a drive that it is busy only while its server runs. */
export const elasticStackVolumes = (inventory: Inventory, progress: Progress): DriveVolumes<Drive, Server> =>
  new DriveVolumes(cloudOf(inventory, progress));

const cloudOf = (inventory: Inventory, progress: Progress): DriveCloud<Drive, Server> => ({
  driveFor: (region, token) => inventory.driveWith(region, volumeTag, token),
  makeDrive: ({ name, region, size, tags }, token) =>
    inventory.makeDrive(region, name, size * gib, { ...tags, [volumeTag]: token }),
  drive: (region, id) => inventory.drive(region, id),
  removeDrive: (region, id) => inventory.removeDrive(region, id),
  holderOf: async (region, drive) =>
    (await inventory.servers(region)).find(
      ({ mounts, user }) => mounts.some((mount) => mount.drive === drive) || readPlan(user)?.attach?.includes(drive),
    ),
  isLeaving: ({ user }, drive) => readPlan(user)?.detach?.includes(drive) ?? false,
  advance: (region, server) => progress.advance(region, server),
  attach: async (region, machine, drive) =>
    progress.undertake(region, await inventory.required(region, machine), { attach: [drive] }),
  detach: (region, server, drive) => progress.undertake(region, server, { detach: [drive] }),
  volumeOf,
});

/** Attached once its server has it and runs with it, if it is to run. */
function volumeOf(region: string, drive: Drive, machine: Server | undefined): Volume {
  const mount = machine?.mounts.find((mounted) => mounted.drive === drive.id);
  const free = { vendorId: drive.id, zone: region, machine: null, device: null };
  if (!machine) return { ...free, state: drive.isImaging ? 'building' : 'available' };
  if (!mount || readPlan(machine.user)) return { ...free, state: 'building' };
  return { ...free, state: 'attached', machine: machine.id, device: deviceNameOf(mount) };
}
