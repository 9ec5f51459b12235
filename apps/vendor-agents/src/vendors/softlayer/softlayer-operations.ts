import { readFreeSize } from '../../vendor/free-sizes.js';
import { number } from '../../vendor/json.js';
import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { diskSizeOf, type Guests, isBusy } from './guests.js';
import type { Images } from './images.js';
import type { SoftLayerApi } from './softlayer-api.js';
import { orderUpgrade } from './upgrades.js';

export interface OperationParts {
  readonly api: SoftLayerApi;
  readonly guests: Guests;
  readonly images: Images;
  readonly now: () => number;
}

/** By asking the operating system, and without. */
const methods: Readonly<Record<PowerAction, readonly [string, string]>> = {
  start: ['powerOn', 'powerOn'],
  stop: ['powerOffSoft', 'powerOff'],
  restart: ['rebootSoft', 'rebootHard'],
  suspend: ['pause', 'pause'],
  resume: ['resume', 'resume'],
};

export class SoftLayerOperations implements MachineOperations {
  constructor(private readonly parts: OperationParts) {}

  async act(_region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    await this.parts.guests.do(vendorId, methods[action][forced ? 1 : 0]);
  }

  /** SoftLayer restarts what it upgrades. */
  async resize(_region: string, vendorId: string, size: string): Promise<boolean> {
    const wanted = readFreeSize(size);
    const { api, guests, now } = this.parts;
    const guest = await guests.required(vendorId);
    if (isBusy(guest)) return false;
    const disk = diskSizeOf(guest);
    if (disk !== undefined && disk !== wanted.disk)
      throw new VendorError('invalid-request', `the disk of ${vendorId} has ${disk} GB, and keeps them`);
    if (number(guest, 'startCpus') === wanted.cores && number(guest, 'maxMemory') === wanted.memory * 1024) return true;
    await orderUpgrade(api, vendorId, wanted, now());
    return false;
  }

  async save(_region: string, vendorId: string, image: { readonly name: string; readonly token: string }): Promise<SavedImage> {
    return await this.parts.images.save(vendorId, image);
  }
}
