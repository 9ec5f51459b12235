import { prefixOf, textOf } from '../../../cloud/address-range.js';
import type { Network, Subnet } from '../../../cloud/network.js';
import { inWords } from '../../../cloud/refusal.js';
import { newId } from '../dialect.js';
import { Ec2Error, invalidValue, notThere } from '../ec2-error.js';
import { type FilterFields, filtered, paged } from '../selecting.js';
import type { XmlFields } from '../xml.js';
import type { Ec2Action, Ec2Call } from './action.js';
import { defaultSubnets } from './default-vpc.js';
import { tagSetOf } from './volume-view.js';
import { cidrOf, vpcCalled } from './vpcs.js';

const subnetFilters: FilterFields<Subnet> = {
  'subnet-id': ({ id }) => id,
  'vpc-id': ({ network }) => network,
  'availability-zone': ({ zone }) => zone,
  availabilityZone: ({ zone }) => zone,
  'cidr-block': ({ range }) => range,
  cidr: ({ range }) => range,
  state: () => 'available',
};

export const describeSubnets: Ec2Action = (call) => {
  const { query } = call;
  const ids = query.list('SubnetId');
  const candidates = ids.length > 0 ? ids.map((id) => subnetCalled(call, id)) : subnetsOf(call);
  const isDefault = ({ id }: Subnet): string => String(defaultSubnets(call).some((subnet) => subnet.id === id));
  const fields = { ...subnetFilters, 'default-for-az': isDefault, defaultForAz: isDefault };
  const asked = filtered(candidates, query, fields, ({ labels }) => labels);
  const { items, nextToken } = paged(asked, call, { least: 5, most: 1000, fallback: 1000 });
  return { subnetSet: items.map((subnet) => subnetView(call, subnet)), nextToken };
};

export const createSubnet: Ec2Action = (call) => {
  const { testbed, cloud, region, query } = call;
  const vpc = vpcCalled(call, query.require('VpcId'));
  const cidr = cidrOf(call);
  const range = textOf(cidr);
  const outside = (): Ec2Error => new Ec2Error('InvalidSubnet.Range', `The CIDR '${range}' is invalid.`);
  if (prefixOf(cidr) < 16 || prefixOf(cidr) > 28) throw outside();
  const labels = query.tagsFor('subnet');
  const order = {
    id: newId(call, 'subnet'),
    cloud: cloud.name,
    region: region.region,
    name: labels.Name ?? '',
    description: '',
    labels,
    network: vpc.id,
    zone: zoneOf(call),
    range,
    gateway: null,
    // EC2 keeps the first four addresses and the last (VPC guide, Subnet sizing).
    reserved: 4,
  };
  const words = {
    'out-of-range': outside,
    taken: () => new Ec2Error('InvalidSubnet.Conflict', `The CIDR '${range}' conflicts with another subnet`),
    quota: () => new Ec2Error('SubnetLimitExceeded', 'The maximum number of subnets has been reached.'),
  };
  return {
    subnet: subnetView(
      call,
      inWords(words, () => testbed.networks.createSubnet(order, vpc, siblingsOf(call, vpc))),
    ),
  };
};

export const deleteSubnet: Ec2Action = (call) => {
  const subnet = subnetCalled(call, call.query.require('SubnetId'));
  const dependent = (): Ec2Error =>
    new Ec2Error('DependencyViolation', `The subnet '${subnet.id}' has dependencies and cannot be deleted.`);
  if (defaultSubnets(call).some(({ id }) => id === subnet.id)) throw dependent();
  inWords({ 'in-use': dependent }, () => {
    call.testbed.networks.deleteSubnet(subnet);
  });
  return { return: true };
};

const subnetsOf = (call: Ec2Call): Subnet[] => [
  ...defaultSubnets(call),
  ...call.testbed.networks.subnetsIn({ cloud: call.cloud.name, region: call.region.region }),
];

const siblingsOf = (call: Ec2Call, vpc: Network): Subnet[] => subnetsOf(call).filter(({ network }) => network === vpc.id);

/** @throws Ec2Error InvalidSubnetID.NotFound */
export function subnetCalled(call: Ec2Call, id: string): Subnet {
  const subnet = subnetsOf(call).find((candidate) => candidate.id === id);
  if (!subnet) throw notThere('InvalidSubnetID', `The subnet ID '${id}' does not exist`);
  return subnet;
}

function zoneOf({ region, query }: Ec2Call): string {
  const zone = query.get('AvailabilityZone') ?? region.zones[0] ?? '';
  if (region.zones.includes(zone)) return zone;
  throw invalidValue(
    `Value (${zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${region.zones.join(', ')}.`,
  );
}

const subnetView = (call: Ec2Call, subnet: Subnet): XmlFields => ({
  subnetId: subnet.id,
  subnetArn: `arn:aws:ec2:${subnet.region}:${call.cloud.name}:subnet/${subnet.id}`,
  ownerId: call.cloud.name,
  state: 'available',
  vpcId: subnet.network,
  cidrBlock: subnet.range,
  ipv6CidrBlockAssociationSet: [],
  availableIpAddressCount: call.testbed.interfaces.room(subnet),
  availabilityZone: subnet.zone,
  defaultForAz: defaultSubnets(call).some(({ id }) => id === subnet.id),
  mapPublicIpOnLaunch: false,
  tagSet: tagSetOf(subnet.labels),
});
