import type { AddressDriver } from '../../vendor/port.js';
import { addressTag } from '../../vendor/tags.js';
import { asVendorError, unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { items, text, type XmlNode } from '../../vendor/xml.js';
import type { Ec2Query } from './query.js';
import { madeWith, tagList, withTag } from './tags.js';

type Assigned = Awaited<ReturnType<AddressDriver['assign']>>;

/** Elastic IP addresses of a VPC: each has an id, and is made with the tag it is found by. */
export class Ec2Addresses implements AddressDriver {
  constructor(private readonly query: Ec2Query) {}

  /** AllocateAddress has no client token: what is found first by its tag is the address. AssociateAddress may be repeated. */
  async assign(region: string, machine: string, token: string): Promise<Assigned> {
    const found = await this.found(region, token);
    const address = found ?? (await this.allocate(region, token));
    if (text(address, 'instanceId') !== machine) {
      const params = { AllocationId: idOf(address), InstanceId: machine, AllowReassociation: 'false' };
      await this.query.call(region, 'AssociateAddress', params);
    }
    return { vendorId: idOf(address), address: ipOf(address) };
  }

  async release(region: string, vendorId: string): Promise<void> {
    const answer = await unlessGone(this.query.call(region, 'DescribeAddresses', { AllocationId: [vendorId] }));
    const [address] = answer ? items(answer, 'addressesSet') : [];
    if (address === undefined) return;
    const association = text(address, 'associationId');
    if (association !== undefined)
      await unlessGone(this.query.call(region, 'DisassociateAddress', { AssociationId: association }));
    await unlessGone(this.query.call(region, 'ReleaseAddress', { AllocationId: vendorId }));
  }

  private async found(region: string, token: string): Promise<XmlNode | undefined> {
    const answer = await this.query.call(region, 'DescribeAddresses', withTag(addressTag, token));
    const [first] = [...items(answer, 'addressesSet')].sort((a, b) => idOf(a).localeCompare(idOf(b)));
    return first;
  }

  private async allocate(region: string, token: string): Promise<XmlNode> {
    return await this.query.call(region, 'AllocateAddress', {
      Domain: 'vpc',
      ...madeWith('elastic-ip', { [addressTag]: token }),
    });
  }
}

/**
 * Elastic IP addresses without a VPC: they are their own ids, and bear no tags. So the machine does: it is told which address is for which
 * token before it gets it. An address whose AllocateAddress was never answered is nobody's, and stays the account's.
 */
export class PlainAddresses implements AddressDriver {
  constructor(private readonly query: Ec2Query) {}

  async assign(region: string, machine: string, token: string): Promise<Assigned> {
    const known = await this.known(region, machine, token);
    const [own] = known === undefined ? [] : await this.described(region, known);
    const address = own === undefined ? await this.allocate(region, machine, token) : ipOf(own);
    if (own === undefined || !holds(own, machine))
      await this.query.call(region, 'AssociateAddress', { PublicIp: address, InstanceId: machine });
    return { vendorId: address, address };
  }

  async release(region: string, vendorId: string): Promise<void> {
    const [shown] = await this.described(region, vendorId);
    if (shown === undefined) return;
    if (/^i-/.test(text(shown, 'instanceId') ?? ''))
      await unlessGone(this.query.call(region, 'DisassociateAddress', { PublicIp: vendorId }));
    await unlessGone(this.query.call(region, 'ReleaseAddress', { PublicIp: vendorId }));
  }

  private async known(region: string, machine: string, token: string): Promise<string | undefined> {
    const answer = await this.query.call(region, 'DescribeInstances', { InstanceId: [machine] });
    const tags = items(answer, 'reservationSet')
      .flatMap((reservation) => items(reservation, 'instancesSet'))
      .flatMap((instance) => items(instance, 'tagSet'));
    const tag = tags.find((entry) => text(entry, 'key') === keyFor(token));
    return tag && text(tag, 'value');
  }

  private async allocate(region: string, machine: string, token: string): Promise<string> {
    const address = ipOf(await this.query.call(region, 'AllocateAddress'));
    try {
      await this.query.call(region, 'CreateTags', { ResourceId: [machine], Tag: tagList({ [keyFor(token)]: address }) });
    } catch (error) {
      await this.release(region, address).catch(asVendorError);
      throw error;
    }
    return address;
  }

  /** One that is not the account's is left out, or refused. */
  private async described(region: string, address: string): Promise<readonly XmlNode[]> {
    const answer = await unlessGone(this.query.call(region, 'DescribeAddresses', { PublicIp: [address] }));
    return answer ? items(answer, 'addressesSet').filter((item) => text(item, 'publicIp') === address) : [];
  }
}

const keyFor = (token: string): string => `${addressTag}.${token}`;

/** Eucalyptus writes `i-1234 (arn:…)`, and words for an address that no machine has. */
const holds = (address: XmlNode, machine: string): boolean => text(address, 'instanceId')?.split(' ')[0] === machine;

function idOf(address: XmlNode): string {
  const id = text(address, 'allocationId');
  if (id === undefined) throw new VendorError('unknown', 'an address came without an id', { code: 'malformed' });
  return id;
}

function ipOf(address: XmlNode): string {
  const ip = text(address, 'publicIp');
  if (ip === undefined) throw new VendorError('unknown', 'an address came without an IP', { code: 'malformed' });
  return ip;
}
