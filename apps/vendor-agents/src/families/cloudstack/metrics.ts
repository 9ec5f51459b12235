import { type Json, number, text } from '../../vendor/json.js';
import type { Reading, VendorMetric, VendorMetrics } from '../../vendor/port.js';
import type { Machines } from './machines.js';

const kib = 1_024;

/**
 * What a machine's description tells of its use (listVirtualMachines, details `stats`): CPU in per cent, KiB since it began to run, and
 * memory where the hypervisor tells both what it has given and what is free. When that was measured it does not say: it is as of now.
 */
export class CloudStackMetrics implements VendorMetrics {
  constructor(
    private readonly machines: Machines,
    private readonly now: () => number,
  ) {}

  async read(region: string, vendorId: string, since: number): Promise<readonly Reading[] | undefined> {
    const machine = await this.machines.described(region, vendorId);
    if (!machine) return undefined;
    const at = this.now();
    if (at < since || text(machine, 'state') !== 'Running') return [];
    return [...cpu(machine, at), ...memory(machine, at), ...totals.flatMap(([metric, name]) => total(machine, metric, name, at))];
  }
}

const totals: readonly (readonly [VendorMetric, string])[] = [
  ['network-in', 'networkkbsread'],
  ['network-out', 'networkkbswrite'],
  ['disk-read', 'diskkbsread'],
  ['disk-write', 'diskkbswrite'],
];

function total(machine: Json, metric: VendorMetric, name: string, at: number): Reading[] {
  const value = number(machine, name);
  return value === undefined || value < 0 ? [] : [{ metric, at, value: value * kib, total: true }];
}

/** `12.5%`; of all cores together. Hypervisors round it above a hundred at times. */
function cpu(machine: Json, at: number): Reading[] {
  const [, percent] = /^(\d+(?:[.,]\d+)?)\s*%?$/.exec(text(machine, 'cpuused') ?? '') ?? [];
  return percent === undefined ? [] : [{ metric: 'cpu', at, value: Math.min(1, Number(percent.replace(',', '.')) / 100) }];
}

/** A hypervisor that cannot see into the machine says that nothing is free (memoryintfreekbs). */
function memory(machine: Json, at: number): Reading[] {
  const [given, free] = [number(machine, 'memorykbs'), number(machine, 'memoryintfreekbs')];
  if (given === undefined || free === undefined || free <= 0 || free > given) return [];
  return [{ metric: 'memory', at, value: (given - free) / kib / kib }];
}
