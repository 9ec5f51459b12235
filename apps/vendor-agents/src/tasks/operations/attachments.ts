import { VendorError } from '../../vendor/vendor-error.js';
import type { Volume, VolumeDriver } from '../../vendor/port.js';
import {
  asked,
  done,
  type Finding,
  missing,
  type OperationOf,
  Refusal,
  type Step,
  type TaskTools,
  unsettled,
} from '../findings.js';
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
export const detachVolume: Step<OperationOf<'detach-volume'>> = async ({ volume: token, placement }, task, tools) => {
  const volumes = volumesOf(tools);
  const row = await tools.asset(token);
  const { vendor_id: machine } = await placementOf(placement, tools);
  if (!row || row.vendor_id === null || row.state === 'gone' || machine === null) return done();
  // An attach that is taken back may yet arrive.
  if (unsettled(task, tools)) return missing('the vendor has not said whether it attaches the volume');
  return await detach(volumes, { region: row.region, vendorId: row.vendor_id, machine });
};

interface Attachment {
  readonly region: string;
  readonly vendorId: string;
  readonly machine: string;
}

async function detach(volumes: VolumeDriver, { region, vendorId, machine }: Attachment): Promise<Finding> {
  const volume = await volumes.get(region, vendorId);
  if (volume?.state === 'building') return missing('the volume is on its way');
  if (volume?.state !== 'attached' || volume.machine !== machine) return done();
  await volumes.detach(region, vendorId, machine);
  return missing(`the volume is still attached to ${machine}`);
}
