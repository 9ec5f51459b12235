import type { Cloud } from '../../cloud/cloud.js';
import type { RpcStruct } from '../xml-rpc.js';
import type { Methods } from './call.js';
import { many } from './result.js';

export const locationMethods: Methods = {
  'SoftLayer_Location_Datacenter::getDatacenters': (call) =>
    many(
      call,
      'datacenters',
      call.cloud.profile.regions.map(({ region }) => ({ local: datacenterView(call.cloud, region), related: {} })),
    ),
};

const firstId = 100_000;

export function datacenterView(cloud: Cloud, region: string): RpcStruct {
  const index = cloud.profile.regions.findIndex((candidate) => candidate.region === region);
  const { city = region } = cloud.description.places.get(region) ?? {};
  return { id: firstId + index, name: region, longName: `${city} 1` };
}
