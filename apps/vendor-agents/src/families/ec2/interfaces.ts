import type { NetworkInterface } from '../../vendor/port.js';
import { interfaceTag } from '../../vendor/tags.js';
import { asVendorError, unlessGone, VendorError } from '../../vendor/vendor-error.js';
import type { Ec2Query, Params } from './query.js';
import { madeWith, withTag } from './tags.js';
import { items, list, number, text, type XmlNode } from '../../vendor/xml.js';

/** A network interface of the account, whether a machine has it or not. */
export interface Interface {
  readonly vendorId: string;
  readonly mac: string | null;
  readonly address: string | null;
  /** One of ours: others belong to load balancers and the like. */
  readonly ours: boolean;
  readonly attachment: Attachment | undefined;
}

interface Attachment {
  readonly id: string;
  readonly machine: string | undefined;
  /** attaching, attached or detaching. */
  readonly status: string | undefined;
}

/** What an interface must know of its machine. */
export interface Machine {
  readonly vendorId: string;
  readonly zone: string;
  /** The index that the next interface gets. */
  readonly nextIndex: number;
}

export class Ec2Interfaces {
  constructor(private readonly query: Ec2Query) {}

  async find(region: string, token: string): Promise<Interface | undefined> {
    const [found] = await this.described(region, withTag(interfaceTag, token));
    return found;
  }

  async get(region: string, vendorId: string): Promise<Interface | undefined> {
    const found = await unlessGone(this.described(region, { NetworkInterfaceId: [vendorId] }));
    return found?.find((candidate) => candidate.vendorId === vendorId);
  }

  async of(region: string, vpc: string): Promise<readonly Interface[]> {
    return await this.described(region, { Filter: [{ Name: 'vpc-id', Value: [vpc] }] });
  }

  async create(region: string, subnet: string, token: string, address: string | undefined): Promise<Interface> {
    const answer = await this.query.call(region, 'CreateNetworkInterface', {
      SubnetId: subnet,
      PrivateIpAddress: address,
      ClientToken: token,
      ...madeWith('network-interface', { [interfaceTag]: token }),
    });
    const [created] = list(answer, [], 'networkInterface').flatMap((item) => interfaceOf(item) ?? []);
    if (!created) throw new VendorError('unknown', 'CreateNetworkInterface answered without an interface', { code: 'malformed' });
    return created;
  }

  /** An interface that does not show yet, or an index that another call was faster to take, is nothing to fail for: it is asked again. */
  async attach(region: string, vendorId: string, machine: Machine): Promise<void> {
    try {
      await this.query.call(region, 'AttachNetworkInterface', {
        NetworkInterfaceId: vendorId,
        InstanceId: machine.vendorId,
        DeviceIndex: machine.nextIndex,
      });
    } catch (error) {
      const { reason, vendorCode } = asVendorError(error);
      const tooEarly = vendorCode === 'InvalidNetworkInterfaceID.NotFound';
      if (!tooEarly && !(reason === 'conflict' && vendorCode === 'InvalidParameterValue')) throw error;
    }
  }

  async detach(region: string, attachment: Attachment): Promise<void> {
    await unlessGone(this.query.call(region, 'DetachNetworkInterface', { AttachmentId: attachment.id }));
  }

  async delete(region: string, vendorId: string): Promise<void> {
    await unlessGone(this.query.call(region, 'DeleteNetworkInterface', { NetworkInterfaceId: vendorId }));
  }

  /** @throws VendorError not-found */
  async machine(region: string, vendorId: string): Promise<Machine> {
    const answer = await this.query.call(region, 'DescribeInstances', { InstanceId: [vendorId] });
    const [item] = items(answer, 'reservationSet').flatMap((reservation) => items(reservation, 'instancesSet'));
    const zone = item && text(item, 'placement', 'availabilityZone');
    if (item === undefined || zone === undefined) throw new VendorError('not-found', `${region} has no machine ${vendorId}`);
    const taken = new Set(items(item, 'networkInterfaceSet').map((entry) => number(entry, 'attachment', 'deviceIndex')));
    let nextIndex = 1;
    while (taken.has(nextIndex)) nextIndex += 1;
    return { vendorId, zone, nextIndex };
  }

  private async described(region: string, which: Params): Promise<readonly Interface[]> {
    const found = await this.query.all(region, 'DescribeNetworkInterfaces', 'networkInterfaceSet', which);
    return found.flatMap((item) => interfaceOf(item) ?? []);
  }
}

/** As the port shows it: a state that EC2 adds one day counts as building. */
export const shown = ({ vendorId, mac, address, attachment }: Interface): NetworkInterface => ({
  vendorId,
  mac,
  address,
  state: attachment?.status === 'attached' ? 'active' : 'building',
});

function interfaceOf(item: XmlNode): Interface | undefined {
  const vendorId = text(item, 'networkInterfaceId');
  if (vendorId === undefined) return undefined;
  return {
    vendorId,
    mac: text(item, 'macAddress') ?? null,
    address: text(item, 'privateIpAddress') ?? null,
    ours: items(item, 'tagSet').some((entry) => text(entry, 'key') === interfaceTag),
    attachment: attachmentOf(item),
  };
}

function attachmentOf(item: XmlNode): Attachment | undefined {
  const [id, status] = [text(item, 'attachment', 'attachmentId'), text(item, 'attachment', 'status')];
  return id === undefined || status === 'detached' ? undefined : { id, status, machine: text(item, 'attachment', 'instanceId') };
}
