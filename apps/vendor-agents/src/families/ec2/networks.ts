import { defaultRange, firstHost, parseRange } from '../../vendor/ipv4-range.js';
import type { InterfaceOrder, NetworkDriver, NetworkInterface, NetworkOrder } from '../../vendor/port.js';
import { networkTag } from '../../vendor/tags.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { Ec2Interfaces, type Interface, shown } from './interfaces.js';
import type { Ec2Query } from './query.js';
import { Ec2Subnets } from './subnets.js';
import { madeWith, withTag } from './tags.js';
import { text } from '../../vendor/xml.js';

/** How long EC2 takes to let go of an interface, about, ms. */
const detachingMs = 2_000;

/**
 * A network is a VPC, an interface in it a second one beside the machine's own, in the subnet of the machine's zone: EC2 attaches interfaces
 * of other VPCs of the account, in the same zone. The VPC's own security group lets its members reach each other, and nobody else.
 */
export class Ec2Networks implements NetworkDriver {
  private readonly subnets: Ec2Subnets;
  private readonly interfaces: Ec2Interfaces;

  constructor(private readonly query: Ec2Query) {
    this.subnets = new Ec2Subnets(query);
    this.interfaces = new Ec2Interfaces(query);
  }

  /** CreateVpc has no client token: what is found first by name is the network, whichever call made it. */
  async ensure(order: NetworkOrder, token: string): Promise<{ readonly vendorId: string }> {
    const known = await this.find(order, token);
    if (known) return known;
    const answer = await this.query.call(order.region, 'CreateVpc', {
      CidrBlock: rangeFor(order, token),
      ...madeWith('vpc', { Name: order.name, ...order.tags, [networkTag]: token }),
    });
    const vendorId = text(answer, 'vpc', 'vpcId');
    if (vendorId === undefined) throw new VendorError('unknown', 'CreateVpc answered without a VPC', { code: 'malformed' });
    return { vendorId };
  }

  async find({ region }: Pick<NetworkOrder, 'region'>, token: string): Promise<{ readonly vendorId: string } | undefined> {
    const found = await this.query.all(region, 'DescribeVpcs', 'vpcSet', withTag(networkTag, token));
    const [vendorId] = found.flatMap((item) => text(item, 'vpcId') ?? []).sort();
    return vendorId === undefined ? undefined : { vendorId };
  }

  /** Each step is looked up before it is taken: after a crash the same call goes on. It is building until it is attached: ask again. */
  async join(region: string, network: string, machine: string, interface_: InterfaceOrder): Promise<NetworkInterface> {
    const found = await this.interfaces.find(region, interface_.token);
    if (found?.attachment) return attachedTo(machine, found);
    const target = await this.interfaces.machine(region, machine);
    const free = found ?? (await this.create(region, network, target.zone, interface_));
    await this.interfaces.attach(region, free.vendorId, target);
    return shown(free);
  }

  async findInterface(region: string, _network: string, token: string): Promise<NetworkInterface | undefined> {
    const found = await this.interfaces.find(region, token);
    return found && shown(found);
  }

  /**
   * Detaching takes its time and an attached interface cannot be deleted.
   * @throws VendorError conflict, passing, while it is being detached: ask again.
   */
  async leave(region: string, machine: string, vendorId: string): Promise<void> {
    const found = await this.interfaces.get(region, vendorId);
    if (!found) return;
    const { attachment } = found;
    if (!attachment) {
      await this.interfaces.delete(region, vendorId);
      return;
    }
    if (attachment.machine !== machine) return;
    if (attachment.status !== 'detaching') await this.interfaces.detach(region, attachment);
    throw detaching(vendorId);
  }

  /** What machines left behind goes with the network: an interface outlives its machine. */
  async delete(region: string, vendorId: string): Promise<void> {
    const interfaces = (await this.interfaces.of(region, vendorId)).filter(({ ours }) => ours);
    const attached = interfaces.flatMap(({ attachment }) => attachment?.machine ?? []);
    if (attached.length > 0) throw new VendorError('conflict', `the network ${vendorId} has machines: ${attached.join(', ')}`);
    for (const { vendorId: id } of interfaces) await this.interfaces.delete(region, id);
    await this.subnets.delete(region, vendorId);
    await unlessGone(this.query.call(region, 'DeleteVpc', { VpcId: vendorId }));
  }

  private async create(region: string, vpc: string, zone: string, { token, address }: InterfaceOrder): Promise<Interface> {
    const subnet = await this.subnets.in({ region, vpc, zone, address });
    return await this.interfaces.create(region, subnet, token, address);
  }
}

/** The router of each subnet has its first address; no other can be chosen. */
function rangeFor({ range: wished, gateway }: NetworkOrder, token: string): string {
  const range = wished ?? defaultRange(token);
  const router = firstHost(parseRange(range));
  if (gateway !== undefined && gateway !== router)
    throw new VendorError('invalid-request', `here the gateway of ${range} is ${router}; ask for that one, or for none`);
  return range;
}

function attachedTo(machine: string, found: Interface): NetworkInterface {
  const { attachment, vendorId } = found;
  if (attachment?.status === 'detaching') throw detaching(vendorId);
  if (attachment?.machine !== machine)
    throw new VendorError('conflict', `${vendorId} is an interface of ${attachment?.machine ?? 'another machine'}`);
  return shown(found);
}

const detaching = (vendorId: string): VendorError =>
  new VendorError('conflict', `${vendorId} is being detached; ask again`, {
    code: 'detaching',
    underWay: true,
    retryAfterMs: detachingMs,
  });
