import { type FreeSize, freeSizes, readFreeSize } from '../../vendor/free-sizes.js';
import type { Instance, InstanceState, Size } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { list, text, type XmlElement, type XmlNode } from '../../vendor/xml.js';

/** voxel.voxcloud.status, "Possible values". */
const states: Readonly<Record<string, InstanceState>> = {
  QUEUED: 'building',
  IN_PROGRESS: 'building',
  SUCCEEDED: 'active',
  OFF: 'inactive',
  DELETED: 'gone',
  FAILED: 'error',
};

/** The statuses of machines by their ids, from an answer to voxel.voxcloud.status. */
export function statusesOf(answer: XmlElement): ReadonlyMap<string, string> {
  return new Map(required(answer, 'devices', 'device').map((device) => [idOf(device), text(device, 'status') ?? '']));
}

/**
 * A machine as voxel.devices.list shows it, and its status by another call: the list may carry none. One without a status, or with one that
 * Voxel adds one day, is on its way.
 */
export function instanceOf(device: XmlNode, status: string | undefined): Instance {
  const state = states[status ?? text(device, '@status') ?? ''] ?? 'building';
  const failed = { reason: 'boot-failed' as const, code: 'FAILED', message: 'the allocation failed, and Voxel does not say why' };
  return {
    vendorId: idOf(device),
    state,
    address: addressOf(device),
    zone: facilityOf(device) ?? null,
    fault: state === 'error' ? failed : null,
  };
}

/** An attribute in a list of devices, an element elsewhere. */
export function idOf(device: XmlNode): string {
  const id = text(device, '@id') ?? text(device, 'id');
  if (id === undefined) throw malformed('the answer describes a device without an id');
  return id;
}

/** Voxel's physical servers, CDN sites, firewalls, … are devices too. */
export const isMachine = (device: XmlNode): boolean =>
  text(device, 'type') === 'Virtual Server' || text(device, 'type', '@id') === '3';

export const facilityOf = (device: XmlNode): string | undefined => text(device, 'location', 'facility', '@code');

/** The public one (`frontend`) before the private one; what else is assigned is not where a machine is reached. */
function addressOf(device: XmlNode): string | null {
  const assigned = list(device, ['ipassignments'], 'ipassignment');
  const ofType = (type: string): string | undefined => {
    const found = assigned.find((assignment) => text(assignment, '@type') === type);
    return found === undefined ? undefined : text(found);
  };
  return ofType('frontend') ?? ofType('backend') ?? null;
}

const memoryPerCore = 2;
const limits = { cores: [1, 13], memory: [memoryPerCore, 13 * memoryPerCore], disk: [10, 1_000] } as const;

export const machineSizes = (): readonly Size[] =>
  freeSizes(limits).filter(({ cores, memory }) => memory === cores * memoryPerCore);

/** @throws VendorError invalid-request for what Voxel does not make. */
export function servableSize(name: string): FreeSize {
  const size = readFreeSize(name);
  if (size.memory === size.cores * memoryPerCore) return size;
  throw new VendorError(
    'invalid-request',
    `'${name}' is no size of this cloud: every core brings ${memoryPerCore} GiB of memory`,
  );
}

/**
 * The elements of a list that must be there: an answer without it is not the one asked for, and must not pass for an empty one.
 * @throws VendorError unknown
 */
export function required(answer: XmlElement, parent: string, name: string): readonly XmlNode[] {
  if (answer[parent] === undefined) throw malformed(`the answer has no list '${parent}'`);
  return list(answer, [parent], name);
}
