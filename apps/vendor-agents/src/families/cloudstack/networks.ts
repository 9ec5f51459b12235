import { defaultRange, firstHost, parseRange } from '../../vendor/ipv4-range.js';
import { type Json, list, text } from '../../vendor/json.js';
import type { InterfaceOrder, NetworkDriver, NetworkInterface, NetworkOrder } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { interfaceTag } from '../../vendor/tags.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import type { CloudStackApi } from './cloudstack-api.js';
import { type Machines, tagsOf } from './machines.js';
import type { Tagging } from './tagging.js';
import type { Zones } from './zones.js';

export interface NetworksParts {
  readonly api: CloudStackApi;
  readonly zones: Zones;
  readonly machines: Machines;
  readonly tagging: Tagging;
}

/** The longest name that a network may have. */
const longestName = 255;

/**
 * Isolated networks of advanced zones (API reference, "Network"). A network's name ends in our token. An interface has no name, and a machine
 * at most one in a network: the machine carries the token as a tag, from before it is asked for.
 */
export class CloudStackNetworks implements NetworkDriver {
  constructor(private readonly parts: NetworksParts) {}

  async ensure(order: NetworkOrder, token: string): Promise<{ readonly vendorId: string }> {
    return (await this.find(order, token)) ?? { vendorId: await this.create(order, token) };
  }

  async find(
    { region, name }: Pick<NetworkOrder, 'region' | 'name'>,
    token: string,
  ): Promise<{ readonly vendorId: string } | undefined> {
    const wanted = fullName(name, token);
    const params = { zoneid: await this.parts.zones.id(region), keyword: token };
    const networks = await this.parts.api.list({ command: 'listNetworks', params, scope: region }, 'network');
    const vendorId = text(
      networks.find((network) => text(network, 'name') === wanted),
      'id',
    );
    return vendorId === undefined ? undefined : { vendorId };
  }

  async join(region: string, network: string, machine: string, interface_: InterfaceOrder): Promise<NetworkInterface> {
    const { token, address } = interface_;
    const found = await this.nic(region, machine, network);
    if (found) return found;
    await this.parts.tagging.add(region, { type: 'UserVm', id: machine }, { [tagFor(token)]: network });
    const params = { virtualmachineid: machine, networkid: network, ipaddress: address };
    await this.parts.api.finish({ command: 'addNicToVirtualMachine', params, scope: region });
    const added = await this.nic(region, machine, network);
    if (added) return added;
    throw malformed(`CloudStack has added an interface to ${machine} and does not show it`);
  }

  async findInterface(region: string, network: string, token: string): Promise<NetworkInterface | undefined> {
    const params = { resourcetype: 'UserVm', key: tagFor(token), value: network };
    const tags = await this.parts.api.list({ command: 'listTags', params, scope: region }, 'tag');
    const machine = text(
      tags.find((tag) => text(tag, 'key') === tagFor(token)),
      'resourceid',
    );
    return machine === undefined ? undefined : await this.nic(region, machine, network);
  }

  async leave(region: string, machine: string, vendorId: string): Promise<void> {
    const described = await this.parts.machines.described(region, machine);
    const nic = list(described, 'nic').find((candidate) => text(candidate, 'id') === vendorId);
    if (!described || !nic) return;
    const params = { virtualmachineid: machine, nicid: vendorId };
    await unlessGone(this.parts.api.finish({ command: 'removeNicFromVirtualMachine', params, scope: region }));
    await this.forget(region, machine, described, text(nic, 'networkid'));
  }

  /** A machine that is destroyed and not yet expunged counts too: CloudStack keeps the network for it. */
  async delete(region: string, vendorId: string): Promise<void> {
    const params = { networkid: vendorId };
    const inside = { command: 'listVirtualMachines', params, scope: region };
    const machines = (await unlessGone(this.parts.api.list(inside, 'virtualmachine'))) ?? [];
    if (machines.length > 0) {
      const names = machines.map((machine) => text(machine, 'id') ?? '').join(', ');
      throw new VendorError('conflict', `the network ${vendorId} has machines: ${names}`);
    }
    await unlessGone(this.parts.api.finish({ command: 'deleteNetwork', params: { id: vendorId }, scope: region }));
  }

  private async create(order: NetworkOrder, token: string): Promise<string> {
    const { region } = order;
    const range = parseRange(order.range ?? defaultRange(token));
    const zoneid = await this.parts.zones.id(region);
    const name = fullName(order.name, token);
    const params = {
      name,
      displaytext: name,
      zoneid,
      networkofferingid: await this.offering(region, zoneid),
      gateway: order.gateway ?? firstHost(range),
      netmask: netmaskOf(range.prefix),
    };
    const answer = await this.parts.api.call({ command: 'createNetwork', params, scope: region });
    const id = text(answer, 'network', 'id');
    if (id === undefined) throw malformed('createNetwork was answered without an id');
    await this.parts.tagging.add(region, { type: 'Network', id }, order.tags);
    return id;
  }

  /** One without a way out, where there is one: machines come with an interface that has it, and a public address each would cost. */
  private async offering(region: string, zoneid: string): Promise<string> {
    const params = { guestiptype: 'Isolated', state: 'Enabled', forvpc: 'false', zoneid };
    const offerings = await this.parts.api.list({ command: 'listNetworkOfferings', params, scope: region }, 'networkoffering');
    const offers = (offering: Json, wanted: string): boolean =>
      list(offering, 'service').some((service) => text(service, 'name') === wanted);
    const [offering] = offerings
      .filter((candidate) => list(candidate, 'service').length === 0 || offers(candidate, 'Dhcp'))
      .sort((a, b) => Number(offers(a, 'SourceNat')) - Number(offers(b, 'SourceNat')));
    const id = text(offering, 'id');
    if (id === undefined) throw new VendorError('invalid-request', `${region} has no offering of isolated networks`);
    return id;
  }

  private async nic(region: string, machine: string, network: string): Promise<NetworkInterface | undefined> {
    const described = await this.parts.machines.described(region, machine);
    const nic = list(described, 'nic').find((candidate) => text(candidate, 'networkid') === network);
    const vendorId = text(nic, 'id');
    if (vendorId === undefined) return undefined;
    return { vendorId, mac: text(nic, 'macaddress') ?? null, address: text(nic, 'ipaddress') ?? null, state: 'active' };
  }

  private async forget(region: string, machine: string, described: Json, network: string | undefined): Promise<void> {
    const tags = [...tagsOf(described)].filter(([key, value]) => key.startsWith(`${interfaceTag}.`) && value === network);
    if (tags.length > 0) await this.parts.tagging.remove(region, { type: 'UserVm', id: machine }, Object.fromEntries(tags));
  }
}

const fullName = (name: string, token: string): string => `${name.slice(0, longestName - token.length - 1)}-${token}`;

const tagFor = (token: string): string => `${interfaceTag}.${token}`;

const netmaskOf = (prefix: number): string =>
  [0, 8, 16, 24].map((shift) => 256 - 2 ** (8 - Math.min(8, Math.max(0, prefix - shift)))).join('.');
