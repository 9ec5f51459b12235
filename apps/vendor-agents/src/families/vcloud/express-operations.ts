import { readFreeSize } from '../../vendor/free-sizes.js';
import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { ExpressMachines, ExpressPower } from './express-machines.js';
import { memory, off, processor, quantityOf } from './express-vapp.js';

/** Power actions of vCloud Express; it has none that suspends. */
export class ExpressOperations implements MachineOperations {
  /** Machines that were switched off to take another size: this process alone knows that they are to run again. */
  private readonly interrupted = new Set<string>();

  constructor(private readonly machines: ExpressMachines) {}

  async act(_region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    const { href } = await this.machines.show(vendorId);
    await this.machines.power(href, powerFor(action, forced));
  }

  /** A machine is configured while it is off. */
  async resize(_region: string, vendorId: string, size: string): Promise<boolean> {
    const wanted = readFreeSize(size);
    const { vapp, busy } = await this.machines.seen(vendorId);
    if (busy || ['0', '1'].includes(vapp.status)) return false;
    const fits = quantityOf(vapp, processor) === wanted.cores && quantityOf(vapp, memory) === wanted.memory * 1024;
    if (vapp.status !== off) return fits ? this.forget(vendorId) : await this.interrupt(vendorId, vapp.href);
    if (!fits) await this.machines.configure(vapp, wanted);
    else if (!this.interrupted.has(vendorId)) return true;
    else await this.machines.power(vapp.href, 'powerOn');
    return false;
  }

  save(): Promise<SavedImage> {
    return Promise.reject(new VendorError('invalid-request', 'images of machines are not made in this cloud'));
  }

  private forget(vendorId: string): true {
    this.interrupted.delete(vendorId);
    return true;
  }

  private async interrupt(vendorId: string, href: string): Promise<false> {
    this.interrupted.add(vendorId);
    await this.machines.power(href, 'powerOff');
    return false;
  }
}

/** @throws VendorError invalid-request */
function powerFor(action: PowerAction, forced: boolean): ExpressPower {
  if (action === 'start') return 'powerOn';
  if (action === 'stop') return forced ? 'powerOff' : 'shutdown';
  if (action === 'restart') return 'reset';
  throw new VendorError('invalid-request', `this cloud cannot ${action} a machine`);
}
