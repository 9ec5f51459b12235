import type { Size } from './port.js';
import { VendorError } from './vendor-error.js';

/** What a machine of a cloud without fixed sizes has. Memory and disk in GiB. */
export interface FreeSize {
  readonly cores: number;
  readonly memory: number;
  readonly disk: number;
}

/** The least and the most that the cloud gives a machine, both included. */
export interface FreeLimits {
  readonly cores: readonly [number, number];
  readonly memory: readonly [number, number];
  readonly disk: readonly [number, number];
}

const pattern = /^c(\d+)-m(\d+(?:\.\d+)?)-d(\d+)$/;
const coreSteps = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
const memoryPerCore = [0.5, 1, 2, 4, 8];
const diskSteps = [10, 20, 50, 100, 200, 500, 1_000, 2_000];

/** `c2-m4-d50`: 2 cores, 4 GiB of memory, 50 GiB of disk. A price list names them so too. */
export const freeSizeName = ({ cores, memory, disk }: FreeSize): string => `c${cores}-m${memory}-d${disk}`;

/** @throws VendorError invalid-request for a name that is none. */
export function readFreeSize(name: string): FreeSize {
  const [, cores, memory, disk] = pattern.exec(name) ?? [];
  if (cores === undefined)
    throw new VendorError(
      'invalid-request',
      `'${name}' is no size of this cloud; sizes are written like c2-m4-d50 (cores, GiB, GiB)`,
    );
  return { cores: Number(cores), memory: Number(memory), disk: Number(disk) };
}

/** The sizes that a cloud without fixed ones is offered with: steps that leave little unused, within its limits. */
export function freeSizes(limits: FreeLimits, more: Partial<Size> = {}): readonly Size[] {
  const within = (value: number, [least, most]: readonly [number, number]): boolean => value >= least && value <= most;
  const disks = diskSteps.filter((disk) => within(disk, limits.disk));
  return coreSteps
    .filter((cores) => within(cores, limits.cores))
    .flatMap((cores) =>
      memoryPerCore
        .map((ratio) => cores * ratio)
        .filter((memory) => within(memory, limits.memory))
        .flatMap((memory) => disks.map((disk) => ({ cores, memory, disk }))),
    )
    .map((size) => ({ name: freeSizeName(size), ...size, gpu: 0, architecture: 'x64', ...more }));
}
