import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { SlicehostApi } from './slicehost-api.js';

export class SlicehostOperations implements MachineOperations {
  constructor(private readonly api: SlicehostApi) {}

  async act(_region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    if (action !== 'restart') throw cannot(action);
    await this.api.act(pathOf(vendorId, forced ? 'hard_reboot' : 'reboot'));
  }

  resize(): Promise<boolean> {
    return Promise.reject(cannot('resize'));
  }

  save(): Promise<SavedImage> {
    return Promise.reject(cannot('save'));
  }
}

const cannot = (what: string): VendorError =>
  new VendorError('invalid-request', `Slicehost has no way to ${what} a slice by its API`);

export const pathOf = (vendorId: string, action?: string): string =>
  `/slices/${encodeURIComponent(vendorId)}${action === undefined ? '' : `/${action}`}.xml`;
