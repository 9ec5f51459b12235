import { contains, formatRange, hash, type Ipv4Range, overlap, parseRange, slices } from '../../vendor/ipv4-range.js';
import { asVendorError, unlessGone, VendorError } from '../../vendor/vendor-error.js';
import type { Ec2Query } from './query.js';
import { madeWith } from './tags.js';
import { items, number, text, type XmlNode } from '../../vendor/xml.js';

interface Subnet {
  readonly vendorId: string;
  readonly zone: string | undefined;
  readonly range: Ipv4Range;
  /** Addresses that it still has. */
  readonly free: number;
}

/** A VPC spans the zones of its region; each subnet is in one of them. */
interface Place {
  readonly region: string;
  readonly vpc: string;
  readonly zone: string;
  /** One that the subnet must have. */
  readonly address: string | undefined;
}

/** A subnet has a sixteenth of its VPC's range, and no less than EC2 allows. */
const sharePrefix = 4;
const longestPrefix = 28;

/** The parts of a network, one or more in each zone with machines, made when the first machine needs one. */
export class Ec2Subnets {
  constructor(private readonly query: Ec2Query) {}

  /** @throws VendorError no-capacity when the range is used up, invalid-request when the address cannot be had in the zone. */
  async in(place: Place): Promise<string> {
    const found = await this.fitting(place);
    return found.subnet?.vendorId ?? (await this.create(place, found.others));
  }

  async delete(region: string, vpc: string): Promise<void> {
    for (const { vendorId } of await this.of(region, vpc))
      await unlessGone(this.query.call(region, 'DeleteSubnet', { SubnetId: vendorId }));
  }

  private async fitting(place: Place): Promise<{ subnet: Subnet | undefined; others: readonly Subnet[] }> {
    const { address, zone } = place;
    const others = await this.of(place.region, place.vpc);
    const fits = (subnet: Subnet): boolean => (address === undefined ? subnet.free > 0 : contains(subnet.range, address));
    return { subnet: others.find((subnet) => subnet.zone === zone && fits(subnet)), others };
  }

  /** Whoever makes a subnet for the zone at the same time chooses the same range: one of them is refused, and finds the other's. */
  private async create(place: Place, others: readonly Subnet[]): Promise<string> {
    const { region, vpc, zone } = place;
    const range = chosen(await this.rangeOf(region, vpc), place, others);
    try {
      const answer = await this.query.call(region, 'CreateSubnet', {
        VpcId: vpc,
        AvailabilityZone: zone,
        CidrBlock: formatRange(range),
        ...madeWith('subnet', { Name: `${vpc} ${zone}` }),
      });
      const vendorId = text(answer, 'subnet', 'subnetId');
      if (vendorId === undefined)
        throw new VendorError('unknown', 'CreateSubnet answered without a subnet', { code: 'malformed' });
      return vendorId;
    } catch (error) {
      const refusal = asVendorError(error);
      const { subnet } = refusal.reason === 'conflict' ? await this.fitting(place) : { subnet: undefined };
      if (!subnet) throw refusal;
      return subnet.vendorId;
    }
  }

  private async of(region: string, vpc: string): Promise<readonly Subnet[]> {
    const params = { Filter: [{ Name: 'vpc-id', Value: [vpc] }] };
    return (await this.query.all(region, 'DescribeSubnets', 'subnetSet', params)).flatMap((item) => subnetOf(item) ?? []);
  }

  private async rangeOf(region: string, vpc: string): Promise<Ipv4Range> {
    const answer = await this.query.call(region, 'DescribeVpcs', { VpcId: [vpc] });
    const found = items(answer, 'vpcSet').find((item) => text(item, 'vpcId') === vpc);
    const range = found && text(found, 'cidrBlock');
    if (range === undefined) throw new VendorError('not-found', `${region} has no network ${vpc}`);
    return parseRange(range);
  }
}

function chosen(range: Ipv4Range, { zone, address }: Place, others: readonly Subnet[]): Ipv4Range {
  const parts = slices(range, Math.max(range.prefix, Math.min(longestPrefix, range.prefix + sharePrefix)));
  const taken = (part: Ipv4Range): boolean => others.some((other) => overlap(other.range, part));
  if (address === undefined) {
    const start = preferred(zone) % parts.length;
    const free = [...parts.slice(start), ...parts.slice(0, start)].find((part) => !taken(part));
    if (free === undefined)
      throw new VendorError('no-capacity', `${formatRange(range)} is used up: there is no room for machines in ${zone}`);
    return free;
  }
  const part = parts.find((candidate) => contains(candidate, address));
  if (part === undefined) throw new VendorError('invalid-request', `${address} is not in ${formatRange(range)}`);
  if (taken(part))
    throw new VendorError(
      'invalid-request',
      `${address} cannot be had in ${zone}: that part of ${formatRange(range)} is another zone's`,
    );
  return part;
}

/** `eu-west-1b` gets the second part; a zone of another form one by its name. */
function preferred(zone: string): number {
  const [, letter] = /\d([a-z])$/.exec(zone) ?? [];
  return letter === undefined ? hash(zone) : letter.charCodeAt(0) - 'a'.charCodeAt(0);
}

function subnetOf(item: XmlNode): Subnet | undefined {
  const [vendorId, range] = [text(item, 'subnetId'), text(item, 'cidrBlock')];
  if (vendorId === undefined || range === undefined) return undefined;
  return {
    vendorId,
    zone: text(item, 'availabilityZone'),
    range: parseRange(range),
    free: number(item, 'availableIpAddressCount') ?? 1,
  };
}
