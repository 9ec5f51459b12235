import { type FreeLimits, freeSizes, readFreeSize } from '../../vendor/free-sizes.js';
import { type Json, number } from '../../vendor/json.js';
import type { Size } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';

const gib = 2 ** 30;
/** MHz of what the Agency calls a core (VENDORS.md). */
const coreMhz = 2_000;

/** What a server is made of, in CloudSigma's units: MHz, processors, bytes. */
export interface Resources {
  readonly cpu: number;
  readonly smp: number;
  readonly mem: number;
  readonly disk: number;
}

/** CloudSigma itself has no sizes. These are Apache Libcloud's, by which price lists know it: cores, GiB, GiB. */
const named: Readonly<Record<string, readonly [number, number, number]>> = {
  'micro-regular': [0.55, 0.625, 50],
  'micro-high-cpu': [1.1, 0.625, 80],
  'standard-small': [0.55, 1.7, 50],
  'standard-large': [2.2, 7.5, 250],
  'standard-extra-large': [4.4, 15, 500],
  'high-memory-extra-large': [3.575, 17.1, 250],
  'high-memory-double-extra-large': [7.15, 32, 500],
  'high-cpu-medium': [2.75, 1.7, 150],
  'high-cpu-extra-large': [10, 7, 500],
};

/** @throws VendorError invalid-request for a name that is none. */
export function resourcesOf(size: string): Resources {
  const [cores, memory, disk] = named[size] ?? freeResources(size);
  return {
    cpu: Math.round(cores * coreMhz),
    smp: Math.max(1, Math.round(cores)),
    mem: Math.round(memory * gib),
    disk: Math.round(disk * gib),
  };
}

function freeResources(size: string): readonly [number, number, number] {
  const { cores, memory, disk } = readFreeSize(size);
  return [cores, memory, disk];
}

/** The steps within the region's limits (Capabilities), then the named ones. */
export function sizesOf(capabilities: Json): readonly Size[] {
  const more = Object.entries(named).map(([name, [cores, memory, disk]]) => ({
    name,
    cores,
    memory,
    disk,
    gpu: 0,
    architecture: 'x64',
  }));
  return [...freeSizes(limitsOf(capabilities)), ...more];
}

function limitsOf(capabilities: Json): FreeLimits {
  const [leastMhz, mostMhz] = range(capabilities, 'servers', 'cpu');
  const [, mostSmp] = range(capabilities, 'servers', 'smp');
  const [leastMemory, mostMemory] = range(capabilities, 'servers', 'mem');
  const [leastDisk, mostDisk] = range(capabilities, 'drives', 'dssd', 'size');
  return {
    cores: [leastMhz / coreMhz, Math.min(mostMhz / coreMhz, mostSmp)],
    memory: [leastMemory / gib, mostMemory / gib],
    disk: [leastDisk / gib, mostDisk / gib],
  };
}

function range(capabilities: Json, ...path: readonly string[]): readonly [number, number] {
  const [least, most] = [number(capabilities, ...path, 'min'), number(capabilities, ...path, 'max')];
  if (least === undefined || most === undefined) throw malformed(`the answer does not tell the limits of ${path.join(' ')}`);
  return [least, most];
}
