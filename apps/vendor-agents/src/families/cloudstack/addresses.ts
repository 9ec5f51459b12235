import { field, type Json, list, text } from '../../vendor/json.js';
import type { AddressDriver } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import type { CloudStackApi } from './cloudstack-api.js';
import { type Machines, tagParams, tagsOf } from './machines.js';
import type { Tagging } from './tagging.js';

/** On an address: whose it is. On a machine: that one has been asked for, from before it is. */
const addressTag = 'agency.address';

interface Assigned {
  readonly vendorId: string;
  readonly address: string;
}

/** Public addresses by static NAT (API reference, "Address" and "NAT"), in isolated networks with that service. */
export class CloudStackAddresses implements AddressDriver {
  constructor(
    private readonly api: CloudStackApi,
    private readonly machines: Machines,
    private readonly tagging: Tagging,
  ) {}

  /** Three steps, each of which finds what an earlier call has made: an address of the network, our tag on it, and its NAT to the machine. */
  async assign(region: string, machine: string, token: string): Promise<Assigned> {
    const known = (await this.tagged(region, token)) ?? (await this.acquired(region, machine, token));
    const [vendorId, address] = [text(known, 'id'), text(known, 'ipaddress')];
    if (vendorId === undefined || address === undefined) throw malformed('the answer does not describe the address');
    const owner = text(known, 'virtualmachineid');
    if (owner !== undefined && owner !== machine) throw new VendorError('conflict', `${address} is an address of ${owner}`);
    if (owner === undefined) {
      const params = { ipaddressid: vendorId, virtualmachineid: machine };
      await this.api.call({ command: 'enableStaticNat', params, scope: region });
    }
    return { vendorId, address };
  }

  /** Its NAT and rules go with it (disassociateIpAddress). */
  async release(region: string, vendorId: string): Promise<void> {
    await unlessGone(this.api.finish({ command: 'disassociateIpAddress', params: { id: vendorId }, scope: region }));
  }

  private async tagged(region: string, token: string): Promise<Json | undefined> {
    const addresses = await this.addresses(region, tagParams({ [addressTag]: token }));
    return addresses.find((address) => tagsOf(address).get(addressTag) === token);
  }

  /**
   * Acquires an address. Where an earlier call may have, an idle address of the network that nobody has tagged is taken for that one: the
   * machine's tag says that there was such a call.
   */
  private async acquired(region: string, machine: string, token: string): Promise<Json> {
    const described = await this.machines.require(region, machine);
    const networkid = networkOf(described);
    const asked = tagsOf(described).get(`${addressTag}.${token}`) !== undefined;
    const left = asked ? (await this.addresses(region, { associatednetworkid: networkid })).find(isIdle) : undefined;
    if (!asked) await this.tagging.add(region, { type: 'UserVm', id: machine }, { [`${addressTag}.${token}`]: networkid });
    const id = text(left, 'id') ?? (await this.associate(region, networkid));
    await this.tagging.add(region, { type: 'PublicIpAddress', id }, { [addressTag]: token });
    const found = await this.tagged(region, token);
    if (found) return found;
    throw new VendorError('conflict', `the address ${id} is not shown with its tag yet; ask again`, {
      code: 'untagged',
      underWay: true,
    });
  }

  private async associate(region: string, networkid: string): Promise<string> {
    const { id } = await this.api.begin({ command: 'associateIpAddress', params: { networkid }, scope: region });
    if (id === undefined) throw malformed('associateIpAddress was answered without an id');
    return id;
  }

  private async addresses(region: string, params: Readonly<Record<string, string>>): Promise<readonly Json[]> {
    return await this.api.list({ command: 'listPublicIpAddresses', params, scope: region }, 'publicipaddress');
  }
}

const isIdle = (address: Json): boolean =>
  field(address, 'issourcenat') !== true && field(address, 'isstaticnat') !== true && tagsOf(address).size === 0;

/** That of the interface that the machine came with. @throws VendorError invalid-request when it is in none. */
function networkOf(machine: Json): string {
  const nics = list(machine, 'nic');
  const network = text(nics.find((nic) => field(nic, 'isdefault') === true) ?? nics[0], 'networkid');
  if (network === undefined) throw new VendorError('invalid-request', 'the machine is in no network');
  return network;
}
