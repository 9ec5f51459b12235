import type { MachineOperations, PowerAction } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { text } from '../../vendor/xml.js';
import type { OcciApi } from './occi-api.js';

/** OCCI_ACTION (VirtualMachineOCCI.rb): the word for each action, and the one that does not wait for the operating system. */
const words: Readonly<Record<PowerAction, readonly [string, string]>> = {
  start: ['RESTART', 'RESTART'],
  stop: ['POWEROFF', 'POWEROFF'],
  restart: ['REBOOT', 'RESET'],
  suspend: ['SUSPENDED', 'SUSPENDED'],
  resume: ['RESUME', 'RESUME'],
};

export class OcciOperations implements MachineOperations {
  constructor(private readonly api: OcciApi) {}

  /** The server calls it a refusal of rights (403) when the state of the machine does not allow it. */
  async act(_: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    const state = words[action][forced ? 1 : 0];
    const body = `<COMPUTE><ID>${vendorId}</ID><STATE>${state}</STATE></COMPUTE>`;
    const answer = await this.api.send('PUT', 'COMPUTE', `/compute/${encodeURIComponent(vendorId)}`, body);
    if (text(answer, 'ID') === undefined)
      throw new VendorError('unknown', 'the answer does not describe the machine', { code: 'malformed' });
  }

  resize(): Promise<boolean> {
    return Promise.reject(new VendorError('invalid-request', 'this cloud cannot give a machine another size'));
  }

  save(): Promise<never> {
    return Promise.reject(new VendorError('invalid-request', 'this cloud saves a disk only when its machine ends'));
  }
}
