import { Type } from '@sinclair/typebox';
import { digest } from '../../cloud/digest.js';
import type { Instance } from '../../cloud/instance.js';
import type { Interface, Subnet } from '../../cloud/network.js';
import { inWords } from '../../cloud/refusal.js';
import { readBody } from './body.js';
import type { Answer, Call, Handler } from './call.js';
import { vdcFor } from './create-server.js';
import { badRequest, notFound } from './fco-error.js';
import { accepted } from './jobs.js';
import { type KnownNetwork, networkCalled } from './networks.js';
import { publicNetworkOf, whereabouts } from './places.js';
import { labelsOf, resourceView, skeleton } from './resource.js';
import type { View } from './search.js';
import { recordOf, serverCalled, serversOf } from './servers.js';

const Address = Type.Object({ ipAddress: Type.String() });
const Body = Type.Object({
  skeletonNIC: Type.Object({
    ...skeleton,
    networkUUID: Type.String(),
    ipAddresses: Type.Optional(Type.Union([Type.Null(), Type.Array(Address, { maxItems: 1 })])),
  }),
});
const Attachment = Type.Object({ index: Type.Integer({ minimum: 0 }) });

export const nicViews = (call: Call): View[] => [
  ...serversOf(call).flatMap((server) => firstNicView(call, server)),
  ...call.testbed.interfaces
    .all()
    .filter(({ cloud }) => cloud === call.cloud.name)
    .map((nic) => nicView(call, nic)),
];

export const nicViewsOf = (call: Call, server: Instance): View[] => [
  ...firstNicView(call, server),
  ...call.testbed.interfaces.of(server).map((nic) => nicView(call, nic)),
];

/** In the public network it gets an address of the provider's; in a private one the address wished for, or none. */
export const createNic: Handler = (call) => {
  const { skeletonNIC: wish } = readBody(Body, call);
  const { region, zone } = vdcFor(call, wish);
  const network = networkCalled(call, wish.networkUUID);
  if (network.region !== region.region) throw badRequest('The network is in another cluster');
  const address = wish.ipAddresses?.[0]?.ipAddress ?? null;
  const id = call.testbed.ids.next();
  const wrong = (message: string) => badRequest(message);
  const nic = inWords({ 'out-of-range': wrong, taken: wrong }, () =>
    call.testbed.interfaces.create({
      id,
      cloud: call.cloud.name,
      region: region.region,
      name: wish.resourceName,
      description: zone,
      labels: labelsOf(wish.resourceKey),
      network: network.id,
      subnet: subnetOf(call, network, address),
      address,
      mac: macOf(id),
      passing: false,
      request: null,
    }),
  );
  return accepted(call, { region: nic.region, zone }, 'CREATE_NIC', itemOf(nic));
};

export const attachNic: Handler = (call) => {
  const { index } = readBody(Attachment, call);
  const { server, nic } = named(call);
  const { interfaces, ids } = call.testbed;
  interfaces.attach(nic, server, { id: ids.next(), index: Math.max(index, interfaces.freeIndex(server)) });
  return accepted(call, server, 'ATTACH_NIC', itemOf(nic));
};

export const detachNic: Handler = (call) => {
  const { server, nic } = named(call);
  if (nic.attachment?.instance !== server.id) throw badRequest(`NIC ${nic.id} is not attached to server ${server.id}`);
  call.testbed.interfaces.detach(nic);
  return accepted(call, server, 'DETACH_NIC', itemOf(nic));
};

export function deleteNic(call: Call, id: string): Answer {
  const nic = nicCalled(call, id);
  call.testbed.interfaces.delete(nic);
  return accepted(call, { region: nic.region, zone: nic.description }, 'DELETE_NIC', itemOf(nic));
}

function named(call: Call): { readonly server: Instance; readonly nic: Interface } {
  return { server: serverCalled(call, call.params.id ?? ''), nic: nicCalled(call, call.params.nic ?? '') };
}

/** @throws FcoError 404 */
function nicCalled({ testbed, cloud }: Call, id: string): Interface {
  const nic = testbed.interfaces.all().find((candidate) => candidate.cloud === cloud.name && candidate.id === id);
  if (nic) return nic;
  throw notFound(`NIC ${id}`);
}

/** Addresses for documentation (RFC 5737) stand for the provider's: those that answer belong to whole servers. */
function subnetOf({ cloud }: Call, network: KnownNetwork, wished: string | null): Subnet | null {
  if (network.type === 'PRIVATE' && wished === null) return null;
  return {
    id: `${network.id} addresses`,
    cloud: cloud.name,
    region: network.region,
    network: network.id,
    name: network.name,
    description: '',
    labels: {},
    zone: null,
    range: network.type === 'IP' ? '198.51.100.0/24' : '0.0.0.0/0',
    gateway: null,
    reserved: 1,
    change: null,
    createdAt: 0,
  };
}

const macOf = (id: string): string => `02:${(digest(id, 10).match(/../g) ?? []).join(':')}`;

const itemOf = ({ id, name }: Interface) => ({ id, type: 'NIC', name });

const ipView = (nic: string, address: string | null) =>
  address === null
    ? []
    : [{ ipAddress: address, type: 'IPV4', auto: true, nicUUID: nic, prefixLength: 24, gatewayAddress: null, subnetUUID: null }];

const nicView = (call: Call, nic: Interface): View => ({
  ...resourceView(call.cloud, { ...nic, type: 'NIC' }),
  ...whereabouts(call.cloud.name, nic.region, nic.description),
  networkUUID: nic.network,
  networkType: networkCalled(call, nic.network).type,
  macAddress: nic.mac,
  // It is the server's once that has it.
  serverUUID: nic.state === 'in-use' || nic.state === 'detaching' ? (nic.attachment?.instance ?? null) : null,
  index: nic.state === 'in-use' ? (nic.attachment?.index ?? null) : null,
  ipAddresses: ipView(nic.id, nic.address),
});

function firstNicView(call: Call, server: Instance): View[] {
  const { nic } = recordOf(call, server);
  const { cloud } = call;
  if (nic === null) return [];
  return [
    {
      ...resourceView(cloud, { id: nic, type: 'NIC', name: `${server.name} nic`, createdAt: server.createdAt }),
      ...whereabouts(cloud.name, server.region, server.zone),
      networkUUID: publicNetworkOf(cloud.name, server.region),
      networkType: 'IP',
      macAddress: macOf(nic),
      serverUUID: server.id,
      index: 0,
      ipAddresses: ipView(nic, server.state === 'booting' ? null : server.address),
    },
  ];
}
