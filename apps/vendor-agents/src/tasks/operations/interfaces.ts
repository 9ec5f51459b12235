import type { NetworkInterface } from '../../vendor/port.js';
import {
  asked,
  done,
  missing,
  noted,
  type Finding,
  type OperationOf,
  Refusal,
  type Step,
  type TaskTools,
  unsettled,
} from '../findings.js';
import type { AssetRow } from '../tables.js';
import { knownAsset, sameRegion } from './assets.js';
import { type Machine, machineOf, placementOf, shownBy } from './machine.js';
import { networksOf } from './networks.js';

export const joinNetwork: Step<OperationOf<'join-network'>> = async (operation, task, tools) => {
  const networks = networksOf(tools);
  const { interface: token, address } = operation;
  const network = await knownAsset(operation.network, tools);
  const machine = await machineOf(operation.placement, tools);
  sameRegion(network, machine);
  if (unsettled(task, tools)) return missing('the vendor has not said whether it makes the interface');
  const order = { token, ...(address === undefined ? {} : { address }) };
  const join = async () => await networks.join(network.region, network.vendorId, machine.vendorId, order);
  const known = await tools.asset(token);
  if (known?.state === 'there') return await joined(await join(), machine, tools);
  const row = { id: token, agent: tools.agent, kind: 'interface', region: network.region, name: token } as const;
  const asset: AssetRow = { ...row, vendor_id: null, state: 'making' };
  const { vendorId } = await asked(tools, { asset, attempts: task.attempts + 1 }, join);
  // It is on disk before anything else is done with it: only so can it be taken back.
  return noted({ asset: { ...asset, vendor_id: vendorId, state: 'there' }, uncertain_since: null });
};

/** An interface may come to life only with its machine: one that is not running has it all the same. */
async function joined(got: NetworkInterface, machine: Machine, tools: TaskTools): Promise<Finding> {
  const { vendorId, mac, address, state } = got;
  if (state === 'error') throw new Refusal('unknown', `The vendor shows the interface ${vendorId} as broken.`);
  const resting = state === 'building' && ['inactive', 'suspended'].includes((await shownBy(machine, tools)).state);
  if (state === 'building' && !resting) return missing(`the interface ${vendorId} is on its way`);
  return done({ vendorId, mac, address });
}

/** What becomes of the machine does not matter: one that goes lets go of its interfaces, and they are deleted here. */
export const leaveNetwork: Step<OperationOf<'leave-network'>> = async (operation, task, tools) => {
  const networks = networksOf(tools);
  const row = await tools.asset(operation.interface);
  const { vendor_id: machine } = await placementOf(operation.placement, tools);
  if (!row || row.state === 'gone' || machine === null) return done();
  const vendorId = row.vendor_id ?? (await lost(operation, row.region, tools));
  if (vendorId === undefined && tools.now() < task.since + tools.timings.settleMs)
    return missing('the interface may yet show up');
  if (vendorId !== undefined) await networks.leave(row.region, machine, vendorId);
  return done({}, { asset: { ...row, state: 'gone' } });
};

/** The interface of a join whose answer nobody has heard; a network that is gone has none. */
async function lost(
  { network, interface: token }: OperationOf<'leave-network'>,
  region: string,
  tools: TaskTools,
): Promise<string | undefined> {
  const known = await tools.asset(network);
  if (known?.state !== 'there' || known.vendor_id === null) return undefined;
  return (await networksOf(tools).findInterface(region, known.vendor_id, token))?.vendorId;
}
