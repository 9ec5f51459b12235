import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Interface, InterfaceState, Network, Subnet } from '../../cloud/network.js';
import { inWords } from '../../cloud/refusal.js';
import { refuseExternal } from './external-network.js';
import { identityOf } from './identity.js';
import { labelsOf, listOf, malformed, neutronFault, type NeutronView, overQuota, tagsOf } from './neutron-list.js';
import { networkCalled } from './networks.js';
import { macOf, primaryPorts, privateNetwork } from './private-network.js';
import { type Call, type Handler, placeOf } from './service.js';

const Address = Type.Object({ subnet_id: Type.Optional(Type.String()), ip_address: Type.Optional(Type.String()) });
/** Ports, unlike networks, take their tags here (API extension tag-ports-during-bulk-creation). */
const PortRequest = Type.Object({
  network_id: Type.String(),
  name: Type.Optional(Type.String({ maxLength: 255 })),
  description: Type.Optional(Type.String({ maxLength: 255 })),
  fixed_ips: Type.Optional(Type.Array(Address, { maxItems: 1 })),
  tags: Type.Optional(Type.Array(Type.String({ maxLength: 255 }))),
});
const Body = Type.Object({ port: PortRequest });

export const listPorts: Handler = (call) =>
  listOf(
    call,
    'ports',
    portsOf(call).map((port) => portView(call, port)),
  );

export const showPort: Handler = (call) => ({ body: { port: portView(call, portCalled(call, call.params.id)) } });

export const createPort: Handler = (call) => {
  const { body } = call;
  if (!Value.Check(Body, body)) throw malformed(Value.Errors(Body, body).First());
  const { name = '', description = '', tags = [], fixed_ips: addresses = [] } = body.port;
  const network = networkCalled(call, body.port.network_id);
  refuseExternal(call, network, 'create_port');
  const port = makePort(call, network, { name, description, labels: labelsOf(tags), passing: false, wanted: addresses[0] ?? {} });
  return { status: 201, body: { port: portView(call, port) } };
};

/** A port that a server has is deleted too: Nova hears of it, and takes it from the server. Only the one a server came with stays. */
export const deletePort: Handler = (call) => {
  const port = portCalled(call, call.params.id);
  if (port.attachment?.index === 0)
    throw neutronFault(
      409,
      'PortInUse',
      `Unable to complete operation on port ${port.id} for network ${port.network}. Port already has an attached device ${port.attachment.instance}.`,
    );
  call.testbed.interfaces.forget(port);
  return { status: 204 };
};

export interface PortWish extends Pick<Interface, 'name' | 'description' | 'labels' | 'passing'> {
  readonly wanted: Static<typeof Address>;
}

/** @throws OpenStackFault 400 or 409 */
export function makePort(call: Call, network: Network, { wanted, ...wish }: PortWish): Interface {
  const { testbed } = call;
  const id = testbed.ids.next();
  const subnet = subnetFor(call, network, wanted);
  const address = wanted.ip_address ?? null;
  const words = {
    quota: overQuota('port'),
    'no-capacity': () => noAddress(network),
    'out-of-range': () =>
      neutronFault(400, 'InvalidIpForSubnet', `IP address ${address ?? ''} is not a valid IP for the specified subnet.`),
    taken: () =>
      neutronFault(
        409,
        'IpAddressAlreadyAllocated',
        `IP address ${address ?? ''} already allocated in subnet ${subnet?.id ?? ''}`,
      ),
  };
  const order = { id, ...placeOf(call), ...wish, network: network.id, subnet, address, mac: macOf(id), request: null };
  return inWords(words, () => testbed.interfaces.create(order));
}

const noAddress = ({ id }: Network) =>
  neutronFault(409, 'IpAddressGenerationFailure', `No more IP addresses available on network ${id}.`);

/** The subnet asked for, else the first of the network; a network without any gives ports without an address. */
function subnetFor(call: Call, network: Network, { subnet_id: id, ip_address: address }: PortWish['wanted']): Subnet | null {
  if (network.id === privateNetwork(call).id) throw noAddress(network);
  const subnets = call.testbed.networks.subnetsOf(network);
  const subnet = id === undefined ? subnets[0] : subnets.find((candidate) => candidate.id === id);
  if (!subnet && (id !== undefined || address !== undefined))
    throw neutronFault(
      400,
      'InvalidInput',
      `Invalid input for operation: Failed to create port on network ${network.id}, because fixed_ips included invalid subnet ${id ?? ''}.`,
    );
  return subnet ?? null;
}

export const portsOf = (call: Call): Interface[] => [...primaryPorts(call), ...call.testbed.interfaces.in(placeOf(call))];

/** @throws OpenStackFault 404 */
export function portCalled(call: Call, id: string | undefined): Interface {
  const port = portsOf(call).find((candidate) => candidate.id === id);
  if (!port) throw neutronFault(404, 'PortNotFound', `Port ${id ?? ''} could not be found.`);
  return port;
}

const statuses: Readonly<Record<InterfaceState, string>> = {
  available: 'DOWN',
  attaching: 'DOWN',
  'in-use': 'ACTIVE',
  detaching: 'ACTIVE',
};

export const portStatusOf = ({ state }: Interface): string => statuses[state];

export const fixedIpsOf = ({ address, subnet }: Interface) =>
  address === null ? [] : [{ subnet_id: subnet, ip_address: address }];

function portView(call: Call, port: Interface): NeutronView {
  const { attachment } = port;
  const server = attachment && call.cloud.instance(call.region.region, attachment.instance);
  const project = identityOf(call.cloud).project.id;
  return {
    id: port.id,
    name: port.name,
    description: port.description,
    network_id: port.network,
    status: portStatusOf(port),
    admin_state_up: true,
    mac_address: port.mac,
    fixed_ips: fixedIpsOf(port),
    device_id: attachment?.instance ?? '',
    device_owner: server ? `compute:${server.zone}` : '',
    'binding:vnic_type': 'normal',
    port_security_enabled: true,
    security_groups: [],
    allowed_address_pairs: [],
    tags: tagsOf(port.labels),
    tenant_id: project,
    project_id: project,
    created_at: `${new Date(port.createdAt).toISOString().slice(0, 19)}Z`,
  };
}
