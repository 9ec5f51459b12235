import type { Log } from '@cloud-agency/runtime';
import type { TaggedInstance, VendorDriver } from '../vendor/port.js';
import { asVendorError } from '../vendor/vendor-error.js';
import { ended, type Placement, type Placements } from './placements.js';

export interface SweepOptions {
  readonly agent: string;
  readonly installation: string;
  readonly driver: VendorDriver;
  readonly placements: Placements;
  readonly log: Log;
}

/**
 * Deletes machines that carry this installation's tag and that no placement stands for: what a create left behind whose answer came too
 * late. A machine is tagged by the call that creates it, after its placement was stored, so only regions with placements can hold one.
 */
export async function sweep(options: SweepOptions): Promise<void> {
  const { agent, installation, driver, placements, log } = options;
  const regions = new Set((await placements.of(agent)).flatMap((placement) => placement.order?.region ?? []));
  for (const region of regions) {
    try {
      const machines = await driver.list(region, installation);
      if (machines.length === 0) continue;
      const known = new Map((await placements.of(agent)).map((placement) => [placement.id, placement]));
      for (const machine of machines.filter((candidate) => !stands(known.get(candidate.placement), candidate))) {
        log.warn(
          { agent, region, machine: machine.vendorId, placement: machine.placement },
          'A machine without a placement is deleted.',
        );
        await driver.delete(region, machine.vendorId);
      }
    } catch (error) {
      const { reason, message } = asVendorError(error);
      log.warn(
        { agent, region, reason, detail: message },
        'Machines could not be compared with the placements; it is tried again in a minute.',
      );
    }
  }
}

/** Whether the placement is, or may yet turn out to be, this machine's. */
function stands(placement: Placement | undefined, machine: TaggedInstance): boolean {
  if (!placement || ended.includes(placement.state)) return false;
  return placement.vendor_id === null || placement.vendor_id === machine.vendorId;
}
