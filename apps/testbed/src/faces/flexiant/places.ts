import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import { uuidOf } from '../../cloud/digest.js';

/** A virtual data centre: what of a cluster belongs to the customer. Here every zone of a region has one. */
export interface Vdc {
  readonly id: string;
  readonly region: RegionProfile;
  readonly zone: string;
}

/** A region is a cluster. */
export const clusterOf = (cloud: string, region: string): string => uuidOf(`${cloud} ${region} cluster`);

const vdcIdOf = (cloud: string, region: string, zone: string): string => uuidOf(`${cloud} ${region} ${zone} vdc`);

export const customerOf = (cloud: string): string => uuidOf(`${cloud} customer`);
export const billingEntityOf = (cloud: string): string => uuidOf(`${cloud} billing entity`);
/** The public network that every cluster comes with. */
export const publicNetworkOf = (cloud: string, region: string): string => uuidOf(`${cloud} ${region} public network`);

export const vdcsOf = ({ name, profile }: Cloud): Vdc[] =>
  profile.regions.flatMap((region) => region.zones.map((zone) => ({ id: vdcIdOf(name, region.region, zone), region, zone })));

export const vdcCalled = (cloud: Cloud, id: string): Vdc | undefined => vdcsOf(cloud).find((vdc) => vdc.id === id);

export const regionOfCluster = ({ name, profile }: Cloud, id: string): RegionProfile | undefined =>
  profile.regions.find(({ region }) => clusterOf(name, region) === id);

/** Where a resource is, as each of them says it. */
export const whereabouts = (cloud: string, region: string, zone: string) => ({
  clusterUUID: clusterOf(cloud, region),
  clusterName: region,
  vdcUUID: vdcIdOf(cloud, region, zone),
  vdcName: zone,
});
