import { type Json, text } from '../../vendor/json.js';
import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { asVendorError, VendorError } from '../../vendor/vendor-error.js';
import type { CloudStackApi } from './cloudstack-api.js';
import { type Machines, tagsOf } from './machines.js';
import type { Offerings } from './offerings.js';
import type { SavedTemplates } from './saved-templates.js';
import type { Tagging } from './tagging.js';

/** On a machine that was stopped to get another size, and runs again afterwards. */
const resizingTag = 'agency.resizing';

export interface OperationsParts {
  readonly api: CloudStackApi;
  readonly machines: Machines;
  readonly offerings: Offerings;
  readonly tagging: Tagging;
  readonly templates: SavedTemplates;
}

/** CloudStack API reference, "Virtual Machine". */
export class CloudStackOperations implements MachineOperations {
  constructor(private readonly parts: OperationsParts) {}

  async act(region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    if (action === 'suspend' || action === 'resume')
      throw new VendorError('invalid-request', 'CloudStack does not suspend machines');
    const command = commands[action];
    const params = { id: vendorId, ...(forced && action !== 'start' ? { forced: 'true' } : {}) };
    await this.parts.api.begin({ command, params, scope: region });
  }

  /**
   * A machine that runs can only grow, and only where its template and its operator allow that: so it is stopped, changed and started. One
   * that was stopped stays so. Where the new size is refused, the machine is started again before the refusal is told.
   */
  async resize(region: string, vendorId: string, size: string): Promise<boolean> {
    const offering = await this.parts.offerings.id(region, size);
    const machine = await this.parts.machines.require(region, vendorId);
    const fits = text(machine, 'serviceofferingid') === offering;
    const mark = tagsOf(machine).get(resizingTag);
    switch (text(machine, 'state')) {
      case 'Running':
        if (!fits) return await this.stop(region, vendorId, size);
        if (mark !== undefined)
          await this.parts.tagging.remove(region, { type: 'UserVm', id: vendorId }, { [resizingTag]: mark });
        return true;
      case 'Stopped':
        if (!fits) await this.change(region, vendorId, offering, mark !== undefined);
        if (mark !== undefined) await this.act(region, vendorId, 'start', false);
        return mark === undefined;
      default:
        return unfit(machine);
    }
  }

  async save(region: string, vendorId: string, image: { readonly name: string; readonly token: string }): Promise<SavedImage> {
    return await this.parts.templates.save(region, vendorId, image);
  }

  private async stop(region: string, vendorId: string, size: string): Promise<false> {
    await this.parts.tagging.add(region, { type: 'UserVm', id: vendorId }, { [resizingTag]: size });
    await this.act(region, vendorId, 'stop', false);
    return false;
  }

  private async change(region: string, id: string, serviceofferingid: string, ran: boolean): Promise<Json> {
    const params = { id, serviceofferingid };
    try {
      return await this.parts.api.finish({ command: 'scaleVirtualMachine', params, scope: region });
    } catch (error) {
      if (ran && !asVendorError(error).passing) await this.act(region, id, 'start', false);
      throw error;
    }
  }
}

/** On its way somewhere: ask again. @throws VendorError where it never comes to have another size. */
function unfit(machine: Json): false {
  const [id = '', state = ''] = [text(machine, 'id'), text(machine, 'state')];
  if (state === 'Error') throw new VendorError('conflict', `${id} is in Error: it cannot be resized`);
  if (state === 'Destroyed' || state === 'Expunging')
    throw new VendorError('not-found', `${id} is destroyed: it cannot be resized`);
  return false;
}

const commands = { start: 'startVirtualMachine', stop: 'stopVirtualMachine', restart: 'rebootVirtualMachine' } as const;
