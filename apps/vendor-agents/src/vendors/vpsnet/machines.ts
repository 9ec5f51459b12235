import { field, type Json, text } from '../../vendor/json.js';
import { type MachineLabel, readMachineLabel } from '../../vendor/machine-label.js';
import { malformed } from '../../vendor/refusal.js';
import type { VpsNetApi } from './vpsnet-api.js';

export const pathOf = (vendorId: string, below = ''): string => `/virtual_machines/${encodeURIComponent(vendorId)}${below}`;

/** @throws VendorError not-found */
export async function machineOf(api: VpsNetApi, region: string, vendorId: string): Promise<Json> {
  return aboutMachine(await api.call(region, 'GET', pathOf(vendorId)));
}

/** @throws VendorError unknown for an answer without a machine. */
export function aboutMachine(answer: Json): Json {
  const machine = field(answer, 'virtual_machine');
  if (machine === undefined || machine === null) throw malformed('the answer has no virtual_machine');
  return machine;
}

/** Those of one cloud. */
export async function machinesIn(api: VpsNetApi, region: string, cloudId: string): Promise<readonly Json[]> {
  const machines = await api.all(region, '/virtual_machines', 'virtual_machine');
  return machines.filter((machine) => (text(machine, 'cloud_id') ?? cloudId) === cloudId);
}

/** Undefined for a machine that is none of ours. */
export const labelOf = (machine: Json): MachineLabel | undefined => readMachineLabel(text(machine, 'label') ?? '');
