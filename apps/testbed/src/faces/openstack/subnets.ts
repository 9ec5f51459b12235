import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type AddressRange, addressOf, numberOf, rangeOf, textOf } from '../../cloud/address-range.js';
import type { Subnet } from '../../cloud/network.js';
import { inWords } from '../../cloud/refusal.js';
import type { OpenStackFault } from './fault.js';
import { refuseExternal } from './external-network.js';
import { identityOf } from './identity.js';
import { listOf, malformed, neutronFault, type NeutronView, overQuota, tagsOf } from './neutron-list.js';
import { networkCalled } from './networks.js';
import { privateNetwork, privateSubnet } from './private-network.js';
import { type Call, type Handler, placeOf } from './service.js';

const SubnetRequest = Type.Object(
  {
    network_id: Type.String(),
    cidr: Type.String(),
    ip_version: Type.Optional(Type.Union([Type.Literal(4), Type.Literal('4')])),
    name: Type.Optional(Type.String({ maxLength: 255 })),
    description: Type.Optional(Type.String({ maxLength: 255 })),
    gateway_ip: Type.Optional(Type.Union([Type.Null(), Type.String()])),
    enable_dhcp: Type.Optional(Type.Boolean()),
    dns_nameservers: Type.Optional(Type.Array(Type.String())),
    host_routes: Type.Optional(Type.Array(Type.Unknown())),
    project_id: Type.Optional(Type.String()),
    tenant_id: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
type SubnetRequest = Static<typeof SubnetRequest>;
const Body = Type.Object({ subnet: SubnetRequest });

export const listSubnets: Handler = (call) =>
  listOf(
    call,
    'subnets',
    subnetsOf(call).map((subnet) => subnetView(call, subnet)),
  );

export const showSubnet: Handler = (call) => ({ body: { subnet: subnetView(call, subnetCalled(call, call.params.id)) } });

export const createSubnet: Handler = (call) => {
  const { body, testbed } = call;
  if (!Value.Check(Body, body)) throw malformed(Value.Errors(Body, body).First());
  const wanted = body.subnet;
  const network = networkCalled(call, wanted.network_id);
  refuseExternal(call, network, 'create_subnet');
  if (network.id === privateNetwork(call).id)
    throw invalidInput(`The addresses of network ${network.name} are given out already.`);
  const range = readRange(wanted);
  const order = {
    id: testbed.ids.next(),
    ...placeOf(call),
    name: wanted.name ?? '',
    description: wanted.description ?? '',
    labels: {},
    network: network.id,
    zone: null,
    range: textOf(range),
    gateway: gatewayOf(wanted, range),
    reserved: 1,
  };
  const words = {
    taken: () =>
      invalidInput(`Requested subnet with cidr: ${order.range} for network: ${network.id} overlaps with another subnet.`),
    quota: overQuota('subnet'),
  };
  const subnet = inWords(words, () => testbed.networks.createSubnet(order, network));
  return { status: 201, body: { subnet: subnetView(call, subnet) } };
};

export const deleteSubnet: Handler = (call) => {
  const subnet = subnetCalled(call, call.params.id);
  const inUse = (): OpenStackFault =>
    neutronFault(
      409,
      'SubnetInUse',
      `Unable to complete operation on subnet ${subnet.id}: One or more ports have an IP allocation from this subnet.`,
    );
  if (subnet.id === privateSubnet(call).id) throw inUse();
  inWords({ 'in-use': inUse }, () => {
    call.testbed.networks.deleteSubnet(subnet);
  });
  return { status: 204 };
};

const subnetsOf = (call: Call): Subnet[] => [privateSubnet(call), ...call.testbed.networks.subnetsIn(placeOf(call))];

/** @throws OpenStackFault 404 */
export function subnetCalled(call: Call, id: string | undefined): Subnet {
  const subnet = subnetsOf(call).find((candidate) => candidate.id === id);
  if (!subnet) throw neutronFault(404, 'SubnetNotFound', `Subnet ${id ?? ''} could not be found.`);
  return subnet;
}

const invalidInput = (message: string): OpenStackFault =>
  neutronFault(400, 'InvalidInput', `Invalid input for operation: ${message}`);

/** Neutron takes a range only as it is written canonically. */
function readRange({ cidr }: SubnetRequest): AddressRange {
  const range = rangeOf(cidr);
  if (!range) throw neutronFault(400, 'HTTPBadRequest', `Invalid input for cidr. Reason: '${cidr}' is not a valid IP subnet.`);
  if (textOf(range) === cidr) return range;
  throw neutronFault(
    400,
    'HTTPBadRequest',
    `Invalid input for cidr. Reason: '${cidr}' isn't a recognized IP subnet cidr, '${textOf(range)}' is recommended.`,
  );
}

/** The first address, unless another is asked for, or none. */
function gatewayOf({ gateway_ip: wanted }: SubnetRequest, { first, length }: AddressRange): string | null {
  if (wanted === undefined) return length > 1 ? addressOf(first + 1) : null;
  if (wanted === null) return null;
  const number = numberOf(wanted);
  if (number !== null && number > first && number < first + length) return wanted;
  throw invalidInput(`Gateway ${wanted} is not valid on the subnet.`);
}

function subnetView({ cloud }: Call, subnet: Subnet): NeutronView {
  const { id, name, description, network, range, gateway, labels, createdAt } = subnet;
  const { first, length } = rangeOf(range) ?? { first: 0, length: 1 };
  const start = gateway === addressOf(first + 1) ? first + 2 : first + 1;
  const project = identityOf(cloud).project.id;
  return {
    id,
    name,
    description,
    network_id: network,
    cidr: range,
    ip_version: 4,
    gateway_ip: gateway,
    enable_dhcp: true,
    allocation_pools: [{ start: addressOf(start), end: addressOf(first + length - 2) }],
    dns_nameservers: [],
    host_routes: [],
    ipv6_address_mode: null,
    ipv6_ra_mode: null,
    tags: tagsOf(labels),
    tenant_id: project,
    project_id: project,
    created_at: `${new Date(createdAt).toISOString().slice(0, 19)}Z`,
  };
}
