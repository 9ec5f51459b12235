import { text } from '../../vendor/json.js';
import type { AddressDriver } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import type { BrightboxApi } from './brightbox-api.js';
import { CloudIps } from './cloud-ips.js';
import { idOf, serverPath } from './resources.js';

/** Cloud IPs beside the one that a machine was made with ("Cloud IP"). The name of one is that of the token. */
export class BrightboxAddresses implements AddressDriver {
  private readonly cloudIps: CloudIps;

  constructor(private readonly api: BrightboxApi) {
    this.cloudIps = new CloudIps(api);
  }

  async assign(region: string, machine: string, token: string): Promise<{ vendorId: string; address: string }> {
    const cloudIp = await this.cloudIps.named(region, `agency-${token}`);
    const address = text(cloudIp, 'public_ipv4') ?? text(cloudIp, 'public_ip');
    if (address === undefined) throw malformed('the answer does not tell the address');
    if (text(cloudIp, 'status') !== 'mapped')
      await this.cloudIps.map(region, cloudIp, await this.api.call(region, 'GET', serverPath(machine)));
    return { vendorId: idOf(cloudIp), address };
  }

  async release(region: string, vendorId: string): Promise<void> {
    await this.cloudIps.release(region, vendorId);
  }
}
