import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { uuidOf } from '../../cloud/digest.js';
import type { Instance } from '../../cloud/instance.js';
import type { Interface } from '../../cloud/network.js';
import type { PublicAddress } from '../../cloud/public-addresses.js';
import { inWords } from '../../cloud/refusal.js';
import { externalNetwork, isExternal } from './external-network.js';
import type { OpenStackFault } from './fault.js';
import { identityOf } from './identity.js';
import { listOf, malformed, neutronFault, type NeutronView, overQuota, tagsOf } from './neutron-list.js';
import { networkCalled } from './networks.js';
import { portCalled } from './ports.js';
import { primaryPort } from './private-network.js';
import { type Call, type Handler, placeOf } from './service.js';

const OrNull = Type.Union([Type.Null(), Type.String()]);
const Association = Type.Object(
  {
    port_id: Type.Optional(OrNull),
    fixed_ip_address: Type.Optional(OrNull),
    description: Type.Optional(Type.String({ maxLength: 255 })),
  },
  { additionalProperties: false },
);
type Association = Static<typeof Association>;
const FloatingRequest = Type.Object(
  {
    ...Association.properties,
    floating_network_id: Type.String(),
    floating_ip_address: Type.Optional(OrNull),
    subnet_id: Type.Optional(OrNull),
    project_id: Type.Optional(Type.String()),
    tenant_id: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
const CreationBody = Type.Object({ floatingip: FloatingRequest });
const UpdateBody = Type.Object({ floatingip: Association });

/** What an account may have in a region: Neutron's default (neutron/conf/quota.py, quota_floatingip). */
export const mostFloatingIps = 50;

export const listFloatingIps: Handler = (call) =>
  listOf(
    call,
    'floatingips',
    call.testbed.publicAddresses.in(placeOf(call)).map((floating) => view(call, floating)),
  );

export const showFloatingIp: Handler = (call) => ({ body: { floatingip: view(call, floatingIpCalled(call)) } });

/** Networking API reference, Create floating IP. It takes no tags: those are given afterwards. */
export const createFloatingIp: Handler = (call) => {
  const { body, testbed } = call;
  if (!Value.Check(CreationBody, body)) throw malformed(Value.Errors(CreationBody, body).First());
  const wanted = body.floatingip;
  const network = networkCalled(call, wanted.floating_network_id);
  if (!isExternal(call, network)) throw bad(`Network ${network.id} is not a valid external network`);
  if (wanted.floating_ip_address)
    throw neutronFault(403, 'PolicyNotAuthorized', '(rule:create_floatingip:floating_ip_address) is disallowed by policy');
  const port = portFor(call, wanted, null);
  const order = { id: testbed.ids.next(), ...placeOf(call), description: wanted.description ?? '', labels: {} };
  const none = (): OpenStackFault =>
    neutronFault(409, 'IpAddressGenerationFailure', `No more IP addresses available on network ${network.id}.`);
  const words = { quota: overQuota('floatingip'), 'no-capacity': none };
  const floating = inWords(words, () => testbed.publicAddresses.take(order, mostFloatingIps));
  return { status: 201, body: { floatingip: view(call, port ? assigned(call, floating, port) : floating) } };
};

/** A `port_id` of null takes it from its port; without one it stays where it is (neutron/db/l3_db.py, _check_and_get_fip_assoc). */
export const updateFloatingIp: Handler = (call) => {
  const { body, testbed } = call;
  const floating = floatingIpCalled(call);
  if (!Value.Check(UpdateBody, body)) throw malformed(Value.Errors(UpdateBody, body).First());
  const { port_id: portId, description = floating.description } = body.floatingip;
  const port = portFor(call, body.floatingip, floating);
  const described = testbed.publicAddresses.describe(floating, description);
  if (portId === undefined) return { body: { floatingip: view(call, described) } };
  const changed = port ? assigned(call, described, port) : testbed.publicAddresses.unassign(described);
  return { body: { floatingip: view(call, changed) } };
};

export const deleteFloatingIp: Handler = (call) => {
  call.testbed.publicAddresses.giveBack(floatingIpCalled(call));
  return { status: 204 };
};

/** The one of the address asked for. @throws OpenStackFault 404 */
export function floatingIpCalled(call: Call): PublicAddress {
  const id = call.params.id ?? '';
  const floating = call.testbed.publicAddresses.get(placeOf(call), id);
  if (!floating) throw neutronFault(404, 'FloatingIPNotFound', `Floating IP ${id} could not be found`);
  return floating;
}

/** The port that a request gives a floating IP to; null for none. @throws OpenStackFault 400, 404 or 409 */
function portFor(call: Call, wish: Association, floating: PublicAddress | null): Interface | null {
  const { port_id: id, fixed_ip_address: fixed } = wish;
  if (fixed && !id) throw bad('fixed_ip_address cannot be specified without a port_id');
  if (!id) return null;
  const port = portCalled(call, id);
  if (port.address === null) throw bad(`Cannot add floating IP to port ${id} that has no fixed IPv4 addresses`);
  if (fixed && fixed !== port.address) throw bad(`Port ${id} does not have fixed ip ${fixed}`);
  checkReach(call, port);
  checkFree(call, port, floating);
  return port;
}

/** Networks of an account's own have no router here. @throws OpenStackFault 404 */
function checkReach(call: Call, { id, subnet, attachment }: Interface): void {
  if (attachment?.index === 0) return;
  throw neutronFault(
    404,
    'ExternalGatewayForFloatingIPNotFound',
    `External network ${externalIdOf(call)} is not reachable from subnet ${subnet ?? ''}.  Therefore, cannot associate Port ${id} with a Floating IP.`,
  );
}

/** @throws OpenStackFault 409 when the port has another one. */
function checkFree(call: Call, { id, address }: Interface, floating: PublicAddress | null): void {
  const other = call.testbed.publicAddresses.in(placeOf(call)).find(({ holder }) => holder?.id === id);
  if (!other || other.id === floating?.id) return;
  throw neutronFault(
    409,
    'FloatingIPPortAlreadyAssociated',
    `Cannot associate floating IP with port ${id} using fixed IP ${address ?? ''}, as that fixed IP already has a floating IP on external network ${externalIdOf(call)}.`,
  );
}

const externalIdOf = (call: Call): string => externalNetwork(call)?.id ?? '';

function assigned(call: Call, floating: PublicAddress, port: Interface): PublicAddress {
  const server = call.cloud.instance(call.region.region, port.attachment?.instance ?? '');
  return server ? call.testbed.publicAddresses.assign(floating, server, port.id) : floating;
}

const bad = (message: string): OpenStackFault => neutronFault(400, 'BadRequest', `Bad floatingip request: ${message}.`);

function view(call: Call, floating: PublicAddress): NeutronView {
  const { id, address, description, labels, createdAt } = floating;
  const project = identityOf(call.cloud).project.id;
  return {
    id,
    floating_ip_address: address,
    floating_network_id: externalIdOf(call),
    description,
    tags: tagsOf(labels),
    tenant_id: project,
    project_id: project,
    created_at: time(createdAt),
    updated_at: time(floating.holder?.at ?? createdAt),
    ...associationView(call, floating),
  };
}

function associationView(call: Call, { holder }: PublicAddress) {
  const server = holder && call.cloud.instance(call.region.region, holder.instance);
  if (!server) return { port_id: null, fixed_ip_address: null, router_id: null, status: 'DOWN', port_details: null };
  const router = uuidOf(`${externalIdOf(call)} router`);
  return {
    port_id: holder.id,
    fixed_ip_address: holder.target,
    router_id: router,
    status: 'ACTIVE',
    port_details: portDetails(call, server),
  };
}

const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

function portDetails(call: Call, server: Instance) {
  const { name, network, mac } = primaryPort(call, server);
  return {
    name,
    network_id: network,
    mac_address: mac,
    admin_state_up: true,
    status: 'ACTIVE',
    device_id: server.id,
    device_owner: `compute:${server.zone}`,
  };
}
