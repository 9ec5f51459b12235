import type { Json } from '../../vendor/json.js';
import type { Datacenters } from './datacenters.js';
import { type GandiApi, numberOf } from './gandi-api.js';
import { isFor } from './machines.js';

/** Disks of the account's own: those of machines, volumes, and images saved of machines. */
export class Disks {
  constructor(
    private readonly api: GandiApi,
    private readonly datacenters: Datacenters,
  ) {}

  /** The one whose name carries the token. */
  async find(region: string, token: string): Promise<Json | undefined> {
    const disks = await this.api.all('hosting.disk.list', { datacenter_id: await this.datacenters.id(region) });
    return disks.find((disk) => isFor(disk, token, 'name'));
  }

  /** @throws VendorError not-found */
  async info(vendorId: string): Promise<Json> {
    return await this.api.read('hosting.disk.info', numberOf(vendorId));
  }
}
