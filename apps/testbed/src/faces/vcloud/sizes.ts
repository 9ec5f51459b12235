import type { Size } from '../../catalogue/size.js';
import type { Instance } from '../../cloud/instance.js';
import { badRequest, VCloudError } from './vcloud-error.js';
import type { Setting } from './service.js';

/** What templates are published with, before their owner gives a vApp more. */
export const templateSize = 'c1-m1-d10';

/** Cores, MB of memory and MB of disk, as vCloud counts them. */
export interface Hardware {
  readonly cores: number;
  readonly memoryMb: number;
  readonly diskMb: number;
}

export function hardwareOf({ cloud }: Setting, { region, size }: Pick<Instance, 'region' | 'size'>): Hardware {
  const { vcpus, memoryGib, diskGib } = sizeCalled({ cloud }, region, size);
  return { cores: vcpus, memoryMb: Math.round(memoryGib * 1024), diskMb: (diskGib ?? 0) * 1024 };
}

export function sizeCalled({ cloud }: Pick<Setting, 'cloud'>, region: string, name: string): Size {
  const size = cloud.size(region, name);
  if (!size) throw new VCloudError(500, 'INTERNAL_SERVER_ERROR', `There is no ${name} in ${region}.`);
  return size;
}

/** vSphere 5 gives a machine up to 32 processors and 1 TB, in steps of 4 MB. @throws VCloudError 400 */
export function sizeNameOf({ cores, memoryMb, diskMb }: Hardware): string {
  if (!Number.isInteger(cores) || cores < 1 || cores > 32) throw badRequest(`The number of virtual CPUs cannot be ${cores}.`);
  if (!Number.isInteger(memoryMb) || memoryMb < 4 || memoryMb > 1_048_576 || memoryMb % 4 !== 0)
    throw badRequest(`The memory size must be a multiple of 4 MB: ${memoryMb} MB is none.`);
  if (!Number.isInteger(diskMb) || diskMb < 1) throw badRequest(`The size of a hard disk cannot be ${diskMb} MB.`);
  return `c${cores}-m${memoryMb / 1024}-d${Math.ceil(diskMb / 1024)}`;
}
