import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Network } from '../../cloud/network.js';
import { inWords } from '../../cloud/refusal.js';
import { identityOf } from './keystone.js';
import { listOf, malformed, neutronFault, type NeutronView, overQuota, tagsOf } from './neutron-list.js';
import { privateNetwork, privateSubnet } from './private-network.js';
import type { Call, Handler } from './service.js';
import { placeOf } from './volumes.js';

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

const networksOf = (call: Call): Network[] => [privateNetwork(call), ...call.testbed.networks.in(placeOf(call))];

/** @throws OpenStackFault 404 */
export function networkCalled(call: Call, id: string | undefined): Network {
  const network = networksOf(call).find((candidate) => candidate.id === id);
  if (!network) throw neutronFault(404, 'NetworkNotFound', `Network ${id ?? ''} could not be found.`);
  return network;
}

/** A network of Neutron's is active as soon as it is there. */
function networkView(call: Call, { id, name, description, labels, createdAt }: Network): NeutronView {
  const isPrivate = id === privateNetwork(call).id;
  const subnets = isPrivate ? [privateSubnet(call)] : call.testbed.networks.subnetsIn(placeOf(call));
  const project = identityOf(call.cloud).project.id;
  return {
    id,
    name,
    description,
    status: 'ACTIVE',
    admin_state_up: true,
    shared: isPrivate,
    'router:external': false,
    subnets: subnets.filter(({ network }) => network === id).map((subnet) => subnet.id),
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
