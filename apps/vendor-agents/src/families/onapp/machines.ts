import { field, type Json, text } from '../../vendor/json.js';
import { readMachineLabel } from '../../vendor/machine-label.js';
import type { Fault, Instance, InstanceState, TaggedInstance } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { idOf, type OnAppApi } from './onapp-api.js';
import type { Zones } from './zones.js';

const root = 'virtual_machine';

export const pathOf = (id: string): string => `virtual_machines/${encodeURIComponent(id)}`;
export const isLocked = (machine: Json): boolean => field(machine, 'locked') === true;

/** The virtual servers of a control panel. */
export class Machines {
  constructor(
    private readonly api: OnAppApi,
    private readonly zones: Zones,
  ) {}

  async all(region: string): Promise<readonly Json[]> {
    return await this.api.list('virtual_machines', root, region);
  }

  async get(region: string, id: string): Promise<Json | undefined> {
    const machine = await this.api.get(pathOf(id), root, region);
    if (machine === undefined || idOf(machine) === id) return machine;
    throw malformed('the answer is not the virtual server that was asked for');
  }

  /** @throws VendorError not-found */
  async required(region: string, id: string): Promise<Json> {
    const machine = await this.get(region, id);
    if (machine === undefined) throw new VendorError('not-found', `there is no virtual server ${id}`);
    return machine;
  }

  async shown(region: string, machine: Json): Promise<Instance> {
    const state = stateOf(machine);
    const fault = state === 'building' && !isLocked(machine) ? await this.faultOf(region, machine) : null;
    return {
      vendorId: idOf(machine),
      state: fault === null ? state : 'error',
      address: addressOf(machine),
      zone: await this.zones.of(region, machine),
      fault,
    };
  }

  /** Undefined for a machine that is not of this installation. */
  async tagged(region: string, machine: Json, mark: string): Promise<TaggedInstance | undefined> {
    const label = readMachineLabel(text(machine, 'label') ?? '');
    return label?.mark === mark ? { ...(await this.shown(region, machine)), placement: label.placement } : undefined;
  }

  /** What is neither built nor locked has not begun to be built, or has failed to: its transactions say which. */
  private async faultOf(region: string, machine: Json): Promise<Fault | null> {
    if (field(machine, 'built') !== false) return null;
    const transactions = await this.api.list(`${pathOf(idOf(machine))}/transactions`, 'transaction', region);
    const states = transactions.map((transaction) => text(transaction, 'status'));
    const failed = transactions.find((transaction) => text(transaction, 'status') === 'failed');
    if (failed === undefined || states.includes('running') || states.includes('pending')) return null;
    return {
      reason: 'boot-failed',
      code: text(failed, 'action') ?? null,
      message: text(failed, 'log_item') ?? 'The control panel shows a failed transaction of the virtual server.',
    };
  }
}

/** Flags tell the state, and what is called `state` does not (VENDORS). A flag that is neither true nor false tells nothing. */
function stateOf(machine: Json): InstanceState {
  const [suspended, booted, built] = ['suspended', 'booted', 'built'].map((flag) => field(machine, flag));
  if (suspended === true) return 'suspended';
  if (booted === true) return 'active';
  return booted === false && built === true && !isLocked(machine) ? 'inactive' : 'building';
}

/** The first of its addresses, which it was made with. */
function addressOf(machine: Json): string | null {
  const addresses = field(machine, 'ip_addresses');
  const [first] = Array.isArray(addresses) ? (addresses as readonly Json[]) : [];
  return text(first, 'ip_address', 'address') ?? null;
}
