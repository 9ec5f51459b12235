import type { Order } from '@cloud-agency/bus';
import type { Placement } from '../../placement/placements.js';
import type { Instance, MachineOperations } from '../../vendor/port.js';
import { Refusal, type TaskTools } from '../findings.js';
import type { MachineChange } from '../tasks.js';

/** A machine that an operation can be asked of. */
export interface Machine {
  readonly placement: Placement;
  readonly order: Order;
  readonly region: string;
  readonly vendorId: string;
}

/** @throws Refusal not-found, conflict, cancelled when the placement has no machine that is up to an operation. */
export async function machineOf(id: string, tools: TaskTools): Promise<Machine> {
  const placement = await placementOf(id, tools);
  const { order, vendor_id: vendorId, state } = placement;
  if (placement.cancelled) throw new Refusal('cancelled', `The placement ${id} was cancelled: its machine is being deleted.`);
  if (state === 'deleted' || state === 'failed') throw new Refusal('not-found', `The placement ${id} has no machine any more.`);
  if (state !== 'active' || order === null || vendorId === null)
    throw new Refusal('conflict', `The machine of the placement ${id} is not up yet, or not any more: it is ${state}.`);
  return { placement, order, region: order.region, vendorId };
}

/** @throws Refusal not-found */
export async function placementOf(id: string, tools: TaskTools): Promise<Placement> {
  const placement = await tools.placement(id);
  if (!placement) throw new Refusal('not-found', `The agent ${tools.agent} has no placement ${id}.`);
  return placement;
}

/** @throws Refusal invalid-request */
export function operationsOf({ driver, vendor }: TaskTools): MachineOperations {
  if (driver.operations) return driver.operations;
  throw new Refusal('invalid-request', `${vendor} lets machines only be created and deleted.`);
}

/** How the vendor shows a machine that an operation is under way on. @throws VendorError; Refusal when it is gone or broken. */
export async function shownBy({ region, vendorId }: Machine, { driver }: TaskTools): Promise<Instance> {
  const instance = await driver.get(region, vendorId);
  if (!instance || instance.state === 'gone')
    throw new Refusal('not-found', `The vendor does not know the machine ${vendorId} any more.`);
  if (instance.state !== 'error') return instance;
  const { fault } = instance;
  const message = fault?.message ?? `The vendor shows the machine ${vendorId} as broken.`;
  throw new Refusal(fault?.reason ?? 'boot-failed', message, fault?.code);
}

/** The address that a machine has now, and what that changes. */
export function addressOf({ placement }: Machine, address: string): { address: string; machine?: MachineChange } {
  return { address, ...(address === placement.address ? {} : { machine: { placement: placement.id, address } }) };
}
