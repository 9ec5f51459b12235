import type { OneCall } from './call.js';

export interface Capacity {
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly diskMib: number;
}

/**
 * What the testbed calls the size of a machine. OpenNebula itself has no names for them: a machine has the cores, memory and disk that it
 * was given, and its template's name only means that it was made of it.
 * @param ofTemplate it was made of a template of the operator's, whose disks may have been replaced.
 */
export function sizeCalled({ cloud, region }: OneCall, { vcpus, memoryMib, diskMib }: Capacity, ofTemplate: boolean): string {
  const [memoryGib, diskGib] = [memoryMib / 1024, Math.max(1, Math.round(diskMib / 1024))];
  const listed = cloud
    .sizes(region.region)
    .filter((size) => size.vcpus === vcpus && size.memoryGib === memoryGib && (ofTemplate || size.diskGib === diskGib));
  return listed[0]?.name ?? `c${vcpus}-m${memoryGib}-d${diskGib}`;
}
