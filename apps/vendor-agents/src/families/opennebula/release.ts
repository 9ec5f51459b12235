import { VendorError } from '../../vendor/vendor-error.js';

/** Of OpenNebula, as one.system.version tells it: `5.12.0.4`. */
export interface Release {
  readonly major: number;
  readonly minor: number;
}

/**
 * @throws VendorError unknown for what is no release.
 */
export function readRelease(text: string): Release {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(text) ?? [];
  if (major === undefined || minor === undefined)
    throw new VendorError('unknown', `'${text.slice(0, 40)}' is no release of OpenNebula`, { code: 'malformed' });
  return { major: Number(major), minor: Number(minor) };
}

export const isSince = (release: Release, major: number, minor: number): boolean =>
  release.major > major || (release.major === major && release.minor >= minor);

type Argument = string | number | boolean;

export interface Call {
  readonly method: string;
  /** All but the session. */
  readonly args: readonly Argument[];
}

/** XML-RPC API of each release, one.template.instantiate: whether the copy is to be persistent is asked since 5.0. */
export function instantiating(release: Release, id: number, name: string, extra: string): Call {
  const persistent = isSince(release, 5, 0) ? [false] : [];
  return { method: 'one.template.instantiate', args: [id, name, false, extra, ...persistent] };
}

/**
 * one.vm.disksaveas since 4.14, with the snapshot (-1: as the disk is); before that one.vm.savedisk, which since 4.4 has also asked whether
 * to make a template (Compatibility guides 4.4 and 4.14). Both at once, while the machine runs.
 * @throws VendorError invalid-request where disks can be saved only when their machine ends.
 */
export function savingDisk(release: Release, vm: number, disk: number, name: string): Call {
  if (isSince(release, 4, 14)) return { method: 'one.vm.disksaveas', args: [vm, disk, name, '', -1] };
  if (isSince(release, 4, 4)) return { method: 'one.vm.savedisk', args: [vm, disk, name, '', true, false] };
  if (isSince(release, 4, 0)) return { method: 'one.vm.savedisk', args: [vm, disk, name, '', true] };
  throw new VendorError('invalid-request', 'this release of OpenNebula saves disks only when their machine ends');
}

/** The word of one.vm.action that ends a machine for good whatever it is doing: `delete` since 4.0, `terminate-hard` since 5.0. */
export function deletionWord(release: Release): string {
  if (isSince(release, 5, 0)) return 'terminate-hard';
  return isSince(release, 4, 0) ? 'delete' : 'finalize';
}

/** Before 4.0 a hard reboot was called `reset` (RequestManagerVirtualMachine.cc, "Compatibility with 3.8"). */
export const hardRebootWord = (release: Release): string => (isSince(release, 4, 0) ? 'reboot-hard' : 'reset');
