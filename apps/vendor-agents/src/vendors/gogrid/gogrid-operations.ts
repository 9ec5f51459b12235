import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { type GoGridServers, type KnownServer, unknownServer } from './gogrid-servers.js';
import { ramNamed } from './sizes.js';

/**
 * Power and memory. GoGrid always switches a machine off hard (grid.server.power), and names no error for a machine that is in no state for
 * what is asked: its state is looked at first.
 */
export class GoGridOperations implements MachineOperations {
  constructor(private readonly servers: GoGridServers) {}

  async act(region: string, vendorId: string, action: PowerAction): Promise<void> {
    if (action === 'suspend' || action === 'resume')
      throw new VendorError('invalid-request', 'GoGrid suspends no machine; stop it instead');
    const { state } = await this.settled(region, vendorId);
    if ((state === 'inactive') !== (action === 'start'))
      throw new VendorError('conflict', `${vendorId} is ${state}: no ${action}`);
    await this.servers.change('power', region, vendorId, { power: action });
  }

  /** GoGrid itself takes a machine through the change of its memory; its disk stays as it is. */
  async resize(region: string, vendorId: string, size: string): Promise<boolean> {
    const ram = ramNamed(size);
    const server = await this.settled(region, vendorId);
    if (server.ram === ram) return true;
    await this.servers.change('edit', region, vendorId, { 'server.ram': ram });
    return false;
  }

  save(): Promise<SavedImage> {
    return Promise.reject(
      new VendorError('invalid-request', 'GoGrid saves images of image sandboxes only, which are made for nothing else'),
    );
  }

  private async settled(region: string, vendorId: string): Promise<KnownServer> {
    const server = await this.servers.get(region, vendorId);
    if (!server) throw unknownServer(vendorId);
    if (server.state === 'building') throw new VendorError('conflict', `${vendorId} is changing`, { underWay: true });
    return server;
  }
}
