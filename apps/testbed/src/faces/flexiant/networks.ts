import { Type } from '@sinclair/typebox';
import { readBody } from './body.js';
import type { Answer, Call, Handler } from './call.js';
import { vdcFor } from './create-server.js';
import { FcoError, notFound } from './fco-error.js';
import { accepted } from './jobs.js';
import { publicNetworkOf, whereabouts } from './places.js';
import { labelsOf, resourceView, skeleton } from './resource.js';
import type { View } from './search.js';

const Body = Type.Object({ skeletonNetwork: Type.Object({ ...skeleton, networkType: Type.String() }) });

export interface KnownNetwork {
  readonly id: string;
  readonly region: string;
  readonly zone: string;
  readonly name: string;
  readonly type: 'IP' | 'PRIVATE';
}

/** The public one of each cluster, and the customer's own. */
function networksOf({ testbed, cloud }: Call): KnownNetwork[] {
  const shared = cloud.profile.regions.map(({ region, zones }) => ({
    id: publicNetworkOf(cloud.name, region),
    region,
    zone: zones[0] ?? '',
    name: 'Default Network',
    type: 'IP' as const,
  }));
  const own = testbed.networks
    .all()
    .filter((network) => network.cloud === cloud.name)
    .map(({ id, region, name, description }) => ({ id, region, zone: description, name, type: 'PRIVATE' as const }));
  return [...shared, ...own];
}

/** @throws FcoError 404 */
export function networkCalled(call: Call, id: string): KnownNetwork {
  const network = networksOf(call).find((candidate) => candidate.id === id);
  if (network) return network;
  throw notFound(`NETWORK ${id}`);
}

export const networkViews = (call: Call): View[] =>
  networksOf(call).map((network) => {
    const own = call.testbed.networks.get({ cloud: call.cloud.name, region: network.region }, network.id);
    return {
      ...resourceView(call.cloud, { ...own, ...network, type: 'NETWORK', creating: own?.state === 'pending' }),
      ...whereabouts(call.cloud.name, network.region, network.zone),
      networkType: network.type,
      subnets: [],
    };
  });

/** Only private ones are made: addresses of the others are the provider's. */
export const createNetwork: Handler = (call) => {
  const { skeletonNetwork: wish } = readBody(Body, call);
  if (wish.networkType !== 'PRIVATE')
    throw new FcoError(403, 'NOT_PERMITTED', `Networks of type ${wish.networkType} are not permitted`);
  const { region, zone } = vdcFor(call, wish);
  const network = call.testbed.networks.create({
    id: call.testbed.ids.next(),
    cloud: call.cloud.name,
    region: region.region,
    name: wish.resourceName,
    description: zone,
    labels: labelsOf(wish.resourceKey),
    range: null,
  });
  return accepted(call, { region: network.region, zone }, 'CREATE_NETWORK', {
    id: network.id,
    type: 'NETWORK',
    name: network.name,
  });
};

export function deleteNetwork(call: Call, id: string): Answer {
  const network = call.testbed.networks.all().find((candidate) => candidate.cloud === call.cloud.name && candidate.id === id);
  if (!network) throw notFound(`NETWORK ${id}`);
  call.testbed.networks.delete(network);
  return accepted(call, { region: network.region, zone: network.description }, 'DELETE_NETWORK', {
    id,
    type: 'NETWORK',
    name: network.name,
  });
}
