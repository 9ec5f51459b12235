import { defaultRange, formatAddress, parseRange } from '../../vendor/ipv4-range.js';
import { machineLabel, readMachineLabel } from '../../vendor/machine-label.js';
import {
  type InterfaceOrder,
  installationTag,
  type NetworkDriver,
  type NetworkInterface,
  type NetworkOrder,
} from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { list, number, text, type XmlElement, type XmlNode } from '../../vendor/xml.js';
import type { OneRpc } from './one-rpc.js';
import { isSince } from './release.js';
import { templateText } from './template-text.js';

const longestName = 128;
/** one.vn.allocate: in the default cluster. */
const anyCluster = -1;
/** Of an interface, by which it is found again. */
const tokenAttribute = 'AGENCY_INTERFACE';

/** Virtual networks with one range of IPv4 addresses; their names end in our token. How they reach from host to host is the operator's. */
export class OneNetworks implements NetworkDriver {
  constructor(
    private readonly rpc: OneRpc,
    private readonly attributes: string | undefined,
  ) {}

  async ensure(order: NetworkOrder, token: string): Promise<{ readonly vendorId: string }> {
    const found = await this.find(order, token);
    if (found) return found;
    const name = machineLabel(order.name, order.tags[installationTag] ?? '', token, longestName);
    const template = `${rangeTemplate(order, token, name)}\n${await this.driverAttributes(name)}`;
    return { vendorId: await this.rpc.make({ method: 'one.vn.allocate', args: [template, anyCluster] }) };
  }

  async find(_: Pick<NetworkOrder, 'region' | 'name'>, token: string): Promise<{ readonly vendorId: string } | undefined> {
    const pool = await this.rpc.document('VNET_POOL', 'one.vnpool.info', -3, -1, -1);
    const network = list(pool, [], 'VNET').find((entry) => readMachineLabel(text(entry, 'NAME') ?? '')?.placement === token);
    const vendorId = network && text(network, 'ID');
    return vendorId === undefined ? undefined : { vendorId };
  }

  /** A machine takes one device at a time: while it does, it is in no state for another (HOTPLUG). */
  async join(_: string, network: string, machine: string, { token, address }: InterfaceOrder): Promise<NetworkInterface> {
    const known = interfaceIn(await this.machine(machine), network, token);
    if (known) return known;
    const nic = templateText({ NIC: { NETWORK_ID: network, IP: address, [tokenAttribute]: token } });
    await this.rpc.do({ method: 'one.vm.attachnic', args: [Number(machine), nic] });
    const made = interfaceIn(await this.machine(machine), network, token);
    if (!made) throw new VendorError('unknown', `the machine ${machine} does not show its new interface`, { code: 'malformed' });
    return made;
  }

  /** The machines that have an address of the network are asked. */
  async findInterface(_: string, network: string, token: string): Promise<NetworkInterface | undefined> {
    const leases = await this.machinesIn(network);
    for (const machine of leases ?? []) {
      const vm = await unlessGone(this.machine(machine));
      const found = vm && interfaceIn(vm, network, token);
      if (found) return found;
    }
    return undefined;
  }

  async leave(_: string, machine: string, vendorId: string): Promise<void> {
    const [, id] = vendorId.split('/');
    const vm = await unlessGone(this.machine(machine));
    const nic = vm && list(vm, ['TEMPLATE'], 'NIC').find((entry) => text(entry, 'NIC_ID') === id);
    if (!nic) return;
    if (text(nic, 'ATTACH') !== 'YES') await this.rpc.do({ method: 'one.vm.detachnic', args: [Number(machine), Number(id)] });
    throw new VendorError('conflict', `${vendorId} is being detached; ask again`, {
      code: 'detaching',
      underWay: true,
      retryAfterMs: 2_000,
    });
  }

  async delete(_: string, vendorId: string): Promise<void> {
    const machines = await this.machinesIn(vendorId);
    if (machines === undefined) return;
    if (machines.length > 0) throw new VendorError('conflict', `the network ${vendorId} has machines: ${machines.join(', ')}`);
    await unlessGone(this.rpc.do({ method: 'one.vn.delete', args: [Number(vendorId)] }));
  }

  private async machine(id: string): Promise<XmlElement> {
    return await this.rpc.document('VM', 'one.vm.info', Number(id));
  }

  /** Undefined when there is no such network. Addresses are in address ranges since 4.8 (Compatibility guide). */
  private async machinesIn(network: string): Promise<readonly string[] | undefined> {
    if (!/^\d+$/.test(network)) return undefined;
    const info = await unlessGone(this.rpc.document('VNET', 'one.vn.info', Number(network)));
    if (!info) return undefined;
    const ranges = list(info, ['AR_POOL'], 'AR');
    const leases = [...ranges, info].flatMap((holder) => list(holder, ['LEASES'], 'LEASE'));
    return leases.flatMap((lease) => text(lease, 'VM') ?? text(lease, 'VID') ?? []).filter((id) => Number(id) >= 0);
  }

  /** Without the operator's word a bridge of each host's own: VN_MAD since 5.0. */
  private async driverAttributes(name: string): Promise<string> {
    if (this.attributes !== undefined) return this.attributes;
    return isSince(await this.rpc.release(), 5, 0)
      ? templateText({ VN_MAD: 'bridge' })
      : templateText({ BRIDGE: `one${name.slice(-8)}` });
  }
}

/** Its addresses begin behind the gateway, or where that would be, and end before the one for all. */
function rangeTemplate(order: NetworkOrder, token: string, name: string): string {
  const range = order.range ?? defaultRange(token);
  const { first, prefix } = parseRange(range);
  const size = 2 ** (32 - prefix) - 3;
  if (size < 1) throw new VendorError('invalid-request', `${range} is too small for a network`);
  return templateText({
    NAME: name,
    AR: { TYPE: 'IP4', IP: formatAddress(first + 2), SIZE: size },
    NETWORK_ADDRESS: formatAddress(first),
    NETWORK_MASK: formatAddress(2 ** 32 - 2 ** (32 - prefix)),
    GATEWAY: order.gateway,
    AGENCY_TAGS: new URLSearchParams(order.tags).toString(),
  });
}

function interfaceIn(vm: XmlElement, network: string, token: string): NetworkInterface | undefined {
  const nic = list(vm, ['TEMPLATE'], 'NIC').find(
    (entry) => text(entry, 'NETWORK_ID') === network && text(entry, tokenAttribute) === token,
  );
  return nic === undefined ? undefined : interfaceOf(vm, nic);
}

function interfaceOf(vm: XmlElement, nic: XmlNode): NetworkInterface {
  const [machine, id] = [text(vm, 'ID'), number(nic, 'NIC_ID')];
  if (machine === undefined || id === undefined) throw malformed('the answer describes an interface without a number');
  return {
    vendorId: `${machine}/${id}`,
    mac: text(nic, 'MAC') ?? null,
    address: text(nic, 'IP') ?? null,
    state: text(nic, 'ATTACH') === 'YES' ? 'building' : 'active',
  };
}
