import { uuidOf } from '../../cloud/digest.js';
import type { Instance } from '../../cloud/instance.js';
import { type Call, type Handler, reference } from './call.js';
import { definitionOf } from './definition.js';
import { notFound } from './fault.js';
import { userOf } from './user.js';

/** Addresses that servers have at present; none is subscribed to, and none can be here. */
export const listIps: Handler = (call) => ({ body: withAddress(call).map((server) => ipView(call, server)) });

export const showIp: Handler = (call) => {
  const server = withAddress(call).find(({ address }) => address === call.uuid);
  if (!server) throw notFound(call.uuid);
  return { body: ipView(call, server) };
};

/** The one VLAN that an account has a subscription for. */
export const listVlans: Handler = (call) => ({ body: [vlanView(call)] });

export const showVlan: Handler = (call) => {
  if (call.uuid !== vlanOf(call)) throw notFound(call.uuid);
  return { body: vlanView(call) };
};

const withAddress = ({ cloud, region }: Call): Instance[] =>
  cloud.instances(region.region).filter(({ state, address }) => state === 'running' && address !== null);

const ipView = (call: Call, { id, address }: Instance) => ({
  ...reference(call, 'ips', address ?? ''),
  gateway: address?.replace(/\d+$/, '1') ?? null,
  netmask: 24,
  nameservers: ['69.194.139.62'],
  server: reference(call, 'servers', id),
  subscription: null,
  owner: userOf(call),
  meta: {},
  tags: [],
  grantees: [],
  permissions: [],
});

const vlanOf = ({ cloud, region }: Call): string => uuidOf(`${cloud.name} ${region.region} vlan`);

const vlanView = (call: Call) => ({
  ...reference(call, 'vlans', vlanOf(call)),
  servers: call.cloud
    .instances(call.region.region)
    .filter((server) => server.state !== 'terminated' && definitionOf(server).nics.some(({ vlan }) => vlan === vlanOf(call)))
    .map(({ id }) => reference(call, 'servers', id)),
  subscription: { id: 7272, resource_uri: `${call.base}/subscriptions/7272/` },
  owner: userOf(call),
  meta: {},
  tags: [],
  grantees: [],
  permissions: [],
});
