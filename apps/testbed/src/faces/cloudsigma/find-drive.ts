import type { Instance } from '../../cloud/instance.js';
import type { Call } from './call.js';
import { busy, notFound } from './fault.js';
import { type Drive, inPlace } from './stores.js';

export const drivesOf = ({ stores, cloud, region }: Call): Drive[] =>
  inPlace(stores.drives.all(), { cloud: cloud.name, region: region.region });

/** @throws CloudSigmaFault 404 */
export function driveCalled(call: Call, uuid: string): Drive {
  const drive = drivesOf(call).find(({ id }) => id === uuid);
  if (!drive) throw notFound(uuid);
  return drive;
}

/** The servers that have a drive in their definition. */
export const mountsOf = ({ cloud, region }: Call, uuid: string): Instance[] =>
  cloud
    .instances(region.region)
    .filter(({ state, labels }) => state !== 'terminated' && labels.definition?.includes(`"drive":"${uuid}"`) === true);

export function statusOf(call: Call, { id, busy: change }: Drive): string {
  if (change && call.testbed.clock.now() < change.until) return change.status;
  return mountsOf(call, id).length > 0 ? 'mounted' : 'unmounted';
}

/** @throws CloudSigmaFault 503 */
export function expectReady(call: Call, drive: Drive): void {
  const status = statusOf(call, drive);
  if (status !== 'mounted' && status !== 'unmounted') throw busy(`Drive ${drive.id} is ${status}.`);
}
