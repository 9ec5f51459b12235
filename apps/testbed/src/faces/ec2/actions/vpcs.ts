import { prefixOf, rangeOf, textOf } from '../../../cloud/address-range.js';
import type { Network } from '../../../cloud/network.js';
import { inWords } from '../../../cloud/refusal.js';
import { newId } from '../dialect.js';
import { Ec2Error, invalidValue, notThere } from '../ec2-error.js';
import { type FilterFields, filtered, paged } from '../selecting.js';
import type { XmlFields } from '../xml.js';
import type { Ec2Action, Ec2Call } from './action.js';
import { defaultVpc } from './default-vpc.js';
import { tagSetOf } from './volume-view.js';

const fieldsFor = (call: Ec2Call): FilterFields<Network> => ({
  'vpc-id': ({ id }) => id,
  cidr: ({ range }) => range,
  'cidr-block-association.cidr-block': ({ range }) => range,
  state: ({ state }) => state,
  'is-default': ({ id }) => String(id === defaultVpc(call).id),
  'owner-id': () => call.cloud.name,
});

export const describeVpcs: Ec2Action = (call) => {
  const { query } = call;
  const ids = query.list('VpcId');
  const candidates = ids.length > 0 ? ids.map((id) => vpcCalled(call, id)) : vpcsOf(call);
  const asked = filtered(candidates, query, fieldsFor(call), ({ labels }) => labels);
  const { items, nextToken } = paged(asked, call, { least: 5, most: 1000, fallback: 1000 });
  return { vpcSet: items.map((vpc) => vpcView(call, vpc)), nextToken };
};

export const createVpc: Ec2Action = (call) => {
  const { testbed, cloud, region, query } = call;
  const range = cidrOf(call);
  const prefix = prefixOf(range);
  if (prefix < 16 || prefix > 28) throw new Ec2Error('InvalidVpc.Range', `The CIDR '${textOf(range)}' is invalid.`);
  const labels = query.tagsFor('vpc');
  const order = {
    id: newId(call, 'vpc'),
    cloud: cloud.name,
    region: region.region,
    name: labels.Name ?? '',
    description: '',
    labels,
    range: textOf(range),
  };
  const quota = (): Ec2Error => new Ec2Error('VpcLimitExceeded', 'The maximum number of VPCs has been reached.');
  return {
    vpc: vpcView(
      call,
      inWords({ quota }, () => testbed.networks.create(order)),
    ),
  };
};

export const deleteVpc: Ec2Action = (call) => {
  const { networks } = call.testbed;
  const vpc = vpcCalled(call, call.query.require('VpcId'));
  const dependent = (): Ec2Error =>
    new Ec2Error('DependencyViolation', `The vpc '${vpc.id}' has dependencies and cannot be deleted.`);
  if (vpc.id === defaultVpc(call).id || networks.subnetsOf(vpc).length > 0) throw dependent();
  inWords({ 'in-use': dependent }, () => {
    networks.delete(vpc);
  });
  return { return: true };
};

const vpcsOf = (call: Ec2Call): Network[] => [
  defaultVpc(call),
  ...call.testbed.networks.in({ cloud: call.cloud.name, region: call.region.region }),
];

/** @throws Ec2Error InvalidVpcID.NotFound */
export function vpcCalled(call: Ec2Call, id: string): Network {
  const vpc = vpcsOf(call).find((candidate) => candidate.id === id);
  if (!vpc) throw notThere('InvalidVpcID', `The vpc ID '${id}' does not exist`);
  return vpc;
}

/** The range of the parameter CidrBlock; as at EC2, the bits below its prefix are cleared. @throws Ec2Error */
export function cidrOf({ query }: Ec2Call) {
  const text = query.require('CidrBlock');
  const range = rangeOf(text);
  if (!range) throw invalidValue(`Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
  return range;
}

const vpcView = (call: Ec2Call, { id, state, range, labels }: Network): XmlFields => ({
  vpcId: id,
  ownerId: call.cloud.name,
  state,
  cidrBlock: range,
  cidrBlockAssociationSet: [
    { associationId: id.replace('vpc-', 'vpc-cidr-assoc-'), cidrBlock: range, cidrBlockState: { state: 'associated' } },
  ],
  ipv6CidrBlockAssociationSet: [],
  dhcpOptionsId: 'default',
  instanceTenancy: 'default',
  isDefault: id === defaultVpc(call).id,
  tagSet: tagSetOf(labels),
});
