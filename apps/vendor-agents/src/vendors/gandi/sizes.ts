import { type FreeSize, freeSizes, readFreeSize } from '../../vendor/free-sizes.js';
import type { Size } from '../../vendor/port.js';

/** Gandi itself has no sizes. These are Apache Libcloud's, by which price lists know it. */
const named: Readonly<Record<string, FreeSize>> = {
  small: { cores: 1, memory: 0.25, disk: 3 },
  medium: { cores: 1, memory: 1, disk: 20 },
  large: { cores: 2, memory: 2, disk: 50 },
  'x-large': { cores: 4, memory: 4, disk: 100 },
};

/** The most memory that vm_max_memory takes is 24576 MiB (gandi.cli, issue 152). */
const limits = { cores: [1, 16], memory: [0.25, 24], disk: [3, 1_024] } as const;

export const sizes: readonly Size[] = [
  ...freeSizes(limits),
  ...Object.entries(named).map(([name, size]) => ({ name, ...size, gpu: 0, architecture: 'x64' })),
];

/** @throws VendorError invalid-request for a name that is none. */
export const resourcesOf = (size: string): FreeSize => named[size] ?? readFreeSize(size);

/** What Gandi counts memory and disks in. */
export const mib = (gib: number): number => Math.round(gib * 1024);

/** The most memory that a machine may be given while it runs: the values that Gandi takes (gandi.cli, issue 152), MiB. */
export const memoryCeiling = (memory: number): number => [2_048, 4_096, 8_192, 16_384].find((most) => most >= memory) ?? 24_576;
