import { type Json, number, text } from '../../vendor/json.js';
import type { MachineOperations, PowerAction } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { isBusy, isStarted, servableSize } from './mapping.js';
import type { OpsourceApi } from './opsource-api.js';

/** Each action, and the one that does not wait for the operating system. */
const operations: Partial<Readonly<Record<PowerAction, readonly [string, string]>>> = {
  start: ['startServer', 'startServer'],
  stop: ['shutdownServer', 'powerOffServer'],
  restart: ['rebootServer', 'resetServer'],
};

/** At the end of the description of a server that ran when its resize began, until it runs again. */
const resizing = ' (being resized, to be started again)';

export class OpsourceOperations implements MachineOperations {
  constructor(private readonly api: OpsourceApi) {}

  async act(region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    const operation = operations[action]?.[forced ? 1 : 0];
    if (operation === undefined) throw new VendorError('invalid-request', 'this cloud does not suspend servers');
    await this.api.ask(region, operation, { id: vendorId });
  }

  /** What is off is resized, since not every operating system bears it while it runs. The description remembers for us what ran. */
  async resize(region: string, vendorId: string, size: string): Promise<boolean> {
    const { cores, memory } = servableSize(size);
    const server = await this.api.get(region, `/server/server/${encodeURIComponent(vendorId)}`);
    if (isBusy(server)) throw new VendorError('conflict', `${vendorId} is busy`, { code: 'RESOURCE_BUSY', underWay: true });
    if (number(server, 'cpu', 'count') !== cores || number(server, 'memoryGb') !== memory) {
      if (isStarted(server)) await this.stopFor(region, vendorId, server);
      else
        await this.api.ask(region, 'reconfigureServer', { id: vendorId, cpuCount: cores, memoryGb: memory, coresPerSocket: 1 });
      return false;
    }
    const description = text(server, 'description') ?? '';
    if (!description.endsWith(resizing)) return true;
    if (isStarted(server)) await this.describe(region, vendorId, description.slice(0, -resizing.length));
    else await this.api.ask(region, 'startServer', { id: vendorId });
    return isStarted(server);
  }

  save(): Promise<never> {
    return Promise.reject(new VendorError('invalid-request', 'images of servers are not made at this cloud'));
  }

  private async stopFor(region: string, vendorId: string, server: Json): Promise<void> {
    const description = text(server, 'description') ?? '';
    if (!description.endsWith(resizing)) await this.describe(region, vendorId, description + resizing);
    await this.api.ask(region, 'shutdownServer', { id: vendorId });
  }

  private async describe(region: string, vendorId: string, description: string): Promise<void> {
    await this.api.edit9(region, `/server/${encodeURIComponent(vendorId)}`, { description });
  }
}
