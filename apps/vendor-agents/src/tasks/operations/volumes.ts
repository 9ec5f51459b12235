import { installationTag, type Volume, type VolumeDriver } from '../../vendor/port.js';
import {
  asked,
  done,
  type Finding,
  missing,
  noted,
  type OperationOf,
  Refusal,
  type Step,
  type TaskTools,
  unsettled,
} from '../findings.js';
import type { AssetRow } from '../tables.js';
import type { Task } from '../tasks.js';

type Creation = OperationOf<'create-volume'>;

export const createVolume: Step<Creation> = async (operation, task, tools) => {
  const volumes = volumesOf(tools);
  const known = await tools.asset(operation.volume);
  if (!known || known.state === 'gone' || known.vendor_id === null) return await make(operation, task, tools);
  const volume = await volumes.get(known.region, known.vendor_id);
  return volume ? made(known, volume) : unseen(known);
};

/** Looks before it asks: an earlier create, of this process or of one that crashed, may have made it. */
async function make(operation: Creation, task: Task, tools: TaskTools): Promise<Finding> {
  const volumes = volumesOf(tools);
  const { volume: token, region, zone, name, size } = operation;
  const row = { id: token, agent: tools.agent, kind: 'volume', region, name, vendor_id: null, state: 'making' } as const;
  const found = await volumes.find(region, token);
  if (found && found.state !== 'gone') return taken(row, found);
  if (unsettled(task, tools)) return missing('the vendor has not said whether it makes the volume');
  const order = { name, region, zone, size, tags: { [installationTag]: tools.installation } };
  return taken(
    row,
    await asked(tools, { asset: row, attempts: task.attempts + 1 }, async () => await volumes.create(order, token)),
  );
}

const taken = (row: AssetRow, { vendorId }: Volume): Finding =>
  noted({ asset: { ...row, vendor_id: vendorId }, uncertain_since: null });

function made(row: AssetRow, { state, vendorId }: Volume): Finding {
  if (state === 'building') return missing(`the volume ${vendorId} is still being made`);
  if (state === 'error' || state === 'gone')
    throw new Refusal('unknown', `The vendor could not make the volume ${vendorId}: it shows it as ${state}.`);
  return done({ vendorId }, { asset: { ...row, state: 'there' } });
}

/** A cloud may need a moment until it shows what it has just made: as long as there is time, it has that moment. */
function unseen({ vendor_id: vendorId, state }: AssetRow): Finding {
  if (state === 'making') return missing(`the vendor does not show the volume ${vendorId ?? ''} yet`);
  throw new Refusal('not-found', `The vendor does not know the volume ${vendorId ?? ''} any more.`);
}

/** A volume that nobody has heard of is one that is not there. */
export const deleteVolume: Step<OperationOf<'delete-volume'>> = async ({ volume: token }, task, tools) => {
  const volumes = volumesOf(tools);
  const row = await tools.asset(token);
  if (!row || row.state === 'gone') return done();
  const { region } = row;
  const volume = await (row.vendor_id === null ? volumes.find(region, token) : volumes.get(region, row.vendor_id));
  if (!volume && mayShowUp(row, task, tools)) return missing('the volume may yet show up');
  if (!volume || volume.state === 'gone') return done({}, { asset: { ...row, state: 'gone' } });
  const { vendorId } = volume;
  await volumes.delete(region, vendorId);
  // It has been seen: when it is not seen any more, it is gone.
  return missing(`the vendor still shows the volume ${vendorId}`, { asset: { ...row, vendor_id: vendorId, state: 'there' } });
};

function mayShowUp({ state, vendor_id: vendorId }: AssetRow, { since }: Task, { now, timings }: TaskTools): boolean {
  return state === 'making' && now() < since + (vendorId === null ? timings.settleMs : timings.visibleAfterMs);
}

/** @throws Refusal invalid-request */
export function volumesOf({ driver, vendor }: TaskTools): VolumeDriver {
  if (driver.volumes) return driver.volumes;
  throw new Refusal('invalid-request', `${vendor} has no volumes.`);
}
