import type { Instance } from '../../cloud/instance.js';
import type { Call } from './call.js';
import { missing } from './fault.js';
import { type Drive, inPlace } from './stores.js';

/** Where a server may have a drive (HTTP API, Server configuration). */
export const deviceKey = /^(ide:[01]:[01]|scsi:0:[0-7]|block:[0-7])$/;

export const drivesOf = ({ stores, place }: Call): Drive[] => inPlace(stores.drives.all(), place);

/** @throws ElasticFault missing */
export function driveNamed(call: Call, id: string): Drive {
  const drive = drivesOf(call).find((candidate) => candidate.id === id);
  if (!drive) throw missing(`drive ${id}`);
  return drive;
}

export const isImaging = ({ testbed }: Call, { imaging }: Drive): boolean =>
  imaging !== null && testbed.clock.now() < imaging.until;

/** What there is of servers; those destroyed are gone at once. */
export const serversOf = ({ cloud, region }: Call): Instance[] =>
  cloud.instances(region.region).filter(({ state }) => state !== 'terminated');

/** The servers that have a drive. */
export const claimantsOf = (call: Call, drive: string): Instance[] =>
  serversOf(call).filter(({ labels }) => Object.entries(labels).some(([key, value]) => deviceKey.test(key) && value === drive));
