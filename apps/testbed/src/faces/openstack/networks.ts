import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Network } from '../../cloud/network.js';
import { inWords } from '../../cloud/refusal.js';
import { externalNetwork, externalSubnetId, isExternal, refuseExternal } from './external-network.js';
import { identityOf } from './identity.js';
import { listOf, malformed, neutronFault, type NeutronView, overQuota, tagsOf } from './neutron-list.js';
import { privateNetwork, privateSubnet } from './private-network.js';
import { type Call, type Handler, placeOf } from './service.js';

/** Tags are given to a network afterwards: Neutron does not take them here. */
const Body = Type.Object({
  network: Type.Object(
    {
      name: Type.Optional(Type.String({ maxLength: 255 })),
      description: Type.Optional(Type.String({ maxLength: 255 })),
      admin_state_up: Type.Optional(Type.Boolean()),
      shared: Type.Optional(Type.Boolean()),
      mtu: Type.Optional(Type.Integer()),
      port_security_enabled: Type.Optional(Type.Boolean()),
      availability_zone_hints: Type.Optional(Type.Array(Type.String())),
      project_id: Type.Optional(Type.String()),
      tenant_id: Type.Optional(Type.String()),
    },
    { additionalProperties: false },
  ),
});

export const listNetworks: Handler = (call) =>
  listOf(
    call,
    'networks',
    networksOf(call).map((network) => networkView(call, network)),
  );

export const showNetwork: Handler = (call) => ({ body: { network: networkView(call, networkCalled(call, call.params.id)) } });

export const createNetwork: Handler = (call) => {
  const { body, testbed } = call;
  if (!Value.Check(Body, body)) throw malformed(Value.Errors(Body, body).First());
  const { name = '', description = '' } = body.network;
  const order = { id: testbed.ids.next(), ...placeOf(call), name, description, labels: {}, range: null };
  const network = inWords({ quota: overQuota('network') }, () => testbed.networks.create(order));
  return { status: 201, body: { network: networkView(call, network) } };
};

export const deleteNetwork: Handler = (call) => {
  const network = networkCalled(call, call.params.id);
  refuseExternal(call, network, 'delete_network');
  const inUse = () =>
    neutronFault(
      409,
      'NetworkInUse',
      `Unable to complete operation on network ${network.id}. There are one or more ports still in use on the network.`,
    );
  if (network.id === privateNetwork(call).id) throw inUse();
  inWords({ 'in-use': inUse }, () => {
    call.testbed.networks.delete(network);
  });
  return { status: 204 };
};

const networksOf = (call: Call): Network[] => [
  privateNetwork(call),
  ...[externalNetwork(call) ?? []].flat(),
  ...call.testbed.networks.in(placeOf(call)),
];

/** @throws OpenStackFault 404 */
export function networkCalled(call: Call, id: string | undefined): Network {
  const network = networksOf(call).find((candidate) => candidate.id === id);
  if (!network) throw neutronFault(404, 'NetworkNotFound', `Network ${id ?? ''} could not be found.`);
  return network;
}

/** A network of Neutron's is active as soon as it is there. */
function networkView(call: Call, network: Network): NeutronView {
  const { id, name, description, labels, createdAt } = network;
  const project = identityOf(call.cloud).project.id;
  return {
    id,
    name,
    description,
    status: 'ACTIVE',
    admin_state_up: true,
    shared: id === privateNetwork(call).id,
    'router:external': isExternal(call, network),
    subnets: subnetIdsOf(call, network),
    mtu: 1500,
    availability_zones: call.region.zones,
    availability_zone_hints: [],
    port_security_enabled: true,
    tags: tagsOf(labels),
    tenant_id: project,
    project_id: project,
    created_at: `${new Date(createdAt).toISOString().slice(0, 19)}Z`,
  };
}

function subnetIdsOf(call: Call, network: Network): string[] {
  if (isExternal(call, network)) return [externalSubnetId(network)];
  if (network.id === privateNetwork(call).id) return [privateSubnet(call).id];
  return call.testbed.networks.subnetsOf(network).map(({ id }) => id);
}
