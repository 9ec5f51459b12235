import type { Size } from '../../catalogue/size.js';

/** USD an hour, of one of each: cores, MB of memory, GB of disk. A server that is off pays for its disk only. */
export const unitPrices = {
  cpu: { on: 0.012, off: 0 },
  memory: { on: 0.000008, off: 0 },
  disk: { on: 0.0002, off: 0.0002 },
};

export function priceOf(
  { vcpus, memoryGib, diskGib }: Pick<Size, 'vcpus' | 'memoryGib' | 'diskGib'>,
  power: 'on' | 'off',
): number {
  const { cpu, memory, disk } = unitPrices;
  return Number((vcpus * cpu[power] + memoryGib * 1024 * memory[power] + (diskGib ?? 0) * disk[power]).toFixed(6));
}
