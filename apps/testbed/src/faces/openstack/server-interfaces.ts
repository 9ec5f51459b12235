import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Instance } from '../../cloud/instance.js';
import type { Interface, Network } from '../../cloud/network.js';
import { inWords, Refusal } from '../../cloud/refusal.js';
import { isExternal } from './external-network.js';
import { badRequest, notFound, OpenStackFault } from './fault.js';
import { findServer } from './find-server.js';
import { networkCalled } from './networks.js';
import { fixedIpsOf, makePort, portCalled, portStatusOf } from './ports.js';
import { primaryPort, privateNetwork } from './private-network.js';
import { inState } from './server-actions.js';
import type { Call, Handler } from './service.js';

const Attachment = Type.Object(
  {
    net_id: Type.Optional(Type.String()),
    port_id: Type.Optional(Type.String()),
    fixed_ips: Type.Optional(Type.Array(Type.Object({ ip_address: Type.String() }), { minItems: 1, maxItems: 1 })),
    tag: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
const Body = Type.Object({ interfaceAttachment: Attachment });

export const listInterfaces: Handler = (call) => ({
  body: { interfaceAttachments: interfacesOf(call, findServer(call)).map((port) => view(call, port)) },
});

export const showInterface: Handler = (call) => ({ body: { interfaceAttachment: view(call, find(call, findServer(call))) } });

/** With a port of the client's own, or with one that Nova makes in a network, and deletes when the server loses it. */
export const attachInterface: Handler = (call) => {
  const { body, testbed } = call;
  const server = findServer(call);
  if (!Value.Check(Body, body)) throw badRequest('Invalid input for field/attribute interfaceAttachment.');
  checkWish(body.interfaceAttachment);
  const attached = inState(server, 'attach_interface', () => {
    expectState(server);
    const port = portFor(call, body.interfaceAttachment);
    const inUse = (): OpenStackFault => new OpenStackFault(409, `Port ${port.id} is still in use.`);
    const attachment = { id: testbed.ids.next(), index: testbed.interfaces.freeIndex(server) };
    return inWords({ 'in-use': inUse }, () => testbed.interfaces.attach(port, server, attachment));
  });
  return { body: { interfaceAttachment: view(call, attached) } };
};

export const detachInterface: Handler = (call) => {
  const server = findServer(call);
  const port = find(call, server);
  if (port.attachment?.index === 0)
    throw new OpenStackFault(409, `Port ${port.id} stays: it is the one at which server ${server.id} answers.`);
  inState(server, 'detach_interface', () => {
    expectState(server);
    call.testbed.interfaces.detach(port);
  });
  return { status: 202 };
};

/** nova/compute/api.py, attach_interface: what it may be asked of. @throws Refusal wrong-state */
function expectState({ id, state }: Instance): void {
  if (['running', 'stopped', 'paused'].includes(state)) return;
  throw new Refusal('wrong-state', `Server ${id} is ${state}.`);
}

/** nova/api/openstack/compute/attach_interfaces.py, create. @throws OpenStackFault 400 */
function checkWish({ net_id: network, port_id: port, fixed_ips: addresses }: Static<typeof Attachment>): void {
  if (network !== undefined && port !== undefined) throw badRequest('Must not input both network_id and port_id');
  if (addresses !== undefined && network === undefined) throw badRequest('Must input network_id when request IP address');
  // One network for all is what Nova would take; with `private` and another it cannot tell which.
  if (network === undefined && port === undefined)
    throw badRequest('More than one possible network found. Specify network ID(s).');
}

/** Neutron's refusals, as Nova passes them on. @throws OpenStackFault 400, 403, 404 or 409 */
function portFor(call: Call, { net_id: id, port_id: port, fixed_ips: addresses }: Static<typeof Attachment>): Interface {
  if (port !== undefined) return portCalled(call, port);
  const network = networkCalled(call, id);
  if (isExternal(call, network)) throw onExternal(network);
  if (network.id !== privateNetwork(call).id && call.testbed.networks.subnetsOf(network).length === 0)
    throw badRequest(`Network ${network.id} requires a subnet in order to boot instances on.`);
  const [wanted = {}] = addresses ?? [];
  const wish = { name: '', description: '', labels: {}, passing: true, wanted };
  try {
    return makePort(call, network, wish);
  } catch (error) {
    throw error instanceof OpenStackFault ? asNova(error) : error;
  }
}

/** nova/exception.py, ExternalNetworkAttachForbidden */
export const onExternal = ({ id }: Pick<Network, 'id'>): OpenStackFault =>
  new OpenStackFault(403, `It is not allowed to create an interface on external network ${id}`);

function asNova({ kind = '', status, message }: OpenStackFault): OpenStackFault {
  if (kind === 'IpAddressAlreadyAllocated') return new OpenStackFault(409, message);
  if (kind === 'OverQuota') return new OpenStackFault(403, 'Maximum number of ports exceeded');
  return kind === 'IpAddressGenerationFailure' ? badRequest(message) : new OpenStackFault(status, message);
}

const interfacesOf = (call: Call, server: Instance): Interface[] => [
  ...(server.address === null || server.state === 'booting' ? [] : [primaryPort(call, server)]),
  ...call.testbed.interfaces.of(server),
];

function find(call: Call, server: Instance): Interface {
  const port = interfacesOf(call, server).find(({ id }) => id === call.params.port);
  if (!port) throw notFound(`Instance ${server.id} does not have port ${call.params.port ?? ''}`);
  return port;
}

const view = ({ microversion }: Call, port: Interface) => ({
  port_id: port.id,
  net_id: port.network,
  mac_addr: port.mac,
  port_state: portStatusOf(port),
  fixed_ips: fixedIpsOf(port),
  ...(microversion >= 70 ? { tag: null } : {}),
});
