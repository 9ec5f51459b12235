import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { instanceOf } from './mapping.js';
import { machineOf, pathOf } from './machines.js';
import type { VpsNetApi } from './vpsnet-api.js';

export class VpsNetOperations implements MachineOperations {
  constructor(private readonly api: VpsNetApi) {}

  /** VPS.net does not say what it does with an action that makes no sense, so that none is asked for. There is one way to restart. */
  async act(region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    const path = pathFor(action, forced);
    const { state } = instanceOf(await machineOf(this.api, region, vendorId), region);
    if (state !== (action === 'start' ? 'inactive' : 'active'))
      throw new VendorError('conflict', `the machine ${vendorId} is ${state}: it cannot ${action} now`);
    await this.api.call(region, 'POST', pathOf(vendorId, path));
  }

  resize(): Promise<boolean> {
    return Promise.reject(new VendorError('invalid-request', 'machines of VPS.net are not resized here'));
  }

  save(): Promise<SavedImage> {
    return Promise.reject(new VendorError('invalid-request', 'images of VPS.net’s machines are not made here'));
  }
}

function pathFor(action: PowerAction, forced: boolean): string {
  if (action === 'start') return '/power_on';
  if (action === 'stop') return forced ? '/power_off' : '/shutdown';
  if (action === 'restart') return '/reboot';
  throw new VendorError('invalid-request', `VPS.net has no way to ${action} a machine`);
}
