import { freeSizes, readFreeSize } from '../../vendor/free-sizes.js';
import type { Size } from '../../vendor/port.js';

/** MHz of what the Agency calls a core: so many are one of the named sizes' (Apache Libcloud). */
const coreMhz = 2_000;
const mibPerGib = 1_024;
const gib = 2 ** 30;

/** In ElasticStack's units: MHz of all processors together, MiB, and bytes of the drive. */
export interface Resources {
  readonly cpu: number;
  readonly mem: number;
  readonly disk: number;
}

/** ElasticStack itself has no sizes. These are Apache Libcloud's, by which price lists know it: MHz, MiB, GiB. */
const named: Readonly<Record<string, readonly [number, number, number]>> = {
  small: [2_000, 1_700, 160],
  medium: [3_000, 4_096, 500],
  large: [4_000, 7_680, 850],
  'extra-large': [8_000, 8_192, 1_690],
  'high-cpu-medium': [5_000, 1_700, 350],
  'high-cpu-extra-large': [20_000, 7_168, 1_690],
};

/** 500 to 20000 MHz and 256 to 8192 MiB a server, 1 GB to 2 TB a drive (Apache Libcloud, elasticstack). */
const limits = { cores: [1, 10], memory: [0.25, 8], disk: [1, 1_862] } as const;

/** @throws VendorError invalid-request for a name that is none. */
export function resourcesOf(size: string): Resources {
  const [cpu, mem, disk] = named[size] ?? freeResources(size);
  return { cpu, mem, disk: disk * gib };
}

function freeResources(size: string): readonly [number, number, number] {
  const { cores, memory, disk } = readFreeSize(size);
  return [cores * coreMhz, Math.round(memory * mibPerGib), disk];
}

export const allSizes: readonly Size[] = [
  ...freeSizes(limits),
  ...Object.entries(named).map(([name, [cpu, mem, disk]]) => ({
    name,
    cores: cpu / coreMhz,
    memory: mem / mibPerGib,
    disk,
    gpu: 0,
    architecture: 'x64',
  })),
];
