import { VendorError } from '../../vendor/vendor-error.js';
import type { Volume } from '../../vendor/port.js';
import { asked, done, type Finding, missing, type OperationOf, Refusal, type Step, type TaskTools } from '../findings.js';
import type { Task } from '../tasks.js';
import { knownAsset, sameRegion } from './assets.js';
import { type Machine, machineOf, placementOf } from './machine.js';
import { volumesOf } from './volumes.js';

type Attaching = OperationOf<'attach-volume'>;

export const attachVolume: Step<Attaching> = async (operation, task, tools) => {
  const volumes = volumesOf(tools);
  const known = await knownAsset(operation.volume, tools);
  const machine = await machineOf(operation.placement, tools);
  sameRegion(known, machine);
  const volume = await volumes.get(known.region, known.vendorId);
  if (!volume || volume.state === 'gone')
    throw new Refusal('not-found', `The vendor does not know the volume ${known.vendorId} any more.`);
  return await attach(volume, machine, { operation, task, tools });
};

interface Asking {
  readonly operation: Attaching;
  readonly task: Task;
  readonly tools: TaskTools;
}

async function attach(volume: Volume, { region, vendorId }: Machine, { operation, task, tools }: Asking): Promise<Finding> {
  switch (volume.state) {
    case 'available':
      await asked(tools, { attempts: task.attempts + 1 }, async () => {
        await volumesOf(tools).attach(region, volume.vendorId, vendorId, operation.device);
      });
      return missing('the vendor is attaching the volume', { uncertain_since: null });
    case 'attached':
      if (volume.machine === vendorId) return done({ device: volume.device });
      // It may be on its way from there.
      throw new VendorError('conflict', `the volume ${volume.vendorId} is attached to ${volume.machine ?? 'another machine'}`);
    case 'error':
      throw new Refusal('conflict', `The vendor shows the volume ${volume.vendorId} as broken.`);
    default:
      return missing(`the volume ${volume.vendorId} is on its way`);
  }
}

/** What becomes of the machine does not matter: one that goes lets go of its volumes. */
export const detachVolume: Step<OperationOf<'detach-volume'>> = async ({ volume: token, placement }, _task, tools) => {
  const volumes = volumesOf(tools);
  const row = await tools.asset(token);
  const { vendor_id: machine } = await placementOf(placement, tools);
  if (!row || row.vendor_id === null || row.state === 'gone' || machine === null) return done();
  const volume = await volumes.get(row.region, row.vendor_id);
  if (volume?.state === 'building') return missing('the volume is on its way');
  if (volume?.state !== 'attached' || volume.machine !== machine) return done();
  await volumes.detach(row.region, row.vendor_id, machine);
  return missing(`the volume is still attached to ${machine}`);
};
