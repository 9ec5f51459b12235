import type { MachineOperations, PowerAction } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { Hapi } from './hapi.js';

/** `power_action` of voxel.devices.power. */
const powerActions: Partial<Readonly<Record<PowerAction, string>>> = { start: 'on', stop: 'off', restart: 'reboot' };

export class VoxelOperations implements MachineOperations {
  constructor(private readonly hapi: Hapi) {}

  /** Always forced: it is the outlet that is switched. */
  async act(region: string, vendorId: string, action: PowerAction): Promise<void> {
    const power = powerActions[action];
    if (power === undefined) throw new VendorError('invalid-request', 'this cloud does not suspend machines');
    await this.hapi.change('voxel.devices.power', region, { device_id: vendorId, power_action: power });
  }

  resize(): Promise<boolean> {
    return Promise.reject(new VendorError('invalid-request', 'this cloud gives a machine no other size'));
  }

  save(): Promise<never> {
    return Promise.reject(new VendorError('invalid-request', 'this cloud makes no images of machines'));
  }
}
