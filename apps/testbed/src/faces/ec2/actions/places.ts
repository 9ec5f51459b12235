import { filtered } from '../selecting.js';
import { invalidValue } from '../ec2-error.js';
import type { Ec2Action } from './action.js';

export const describeRegions: Ec2Action = ({ cloud, query, dialect }) => {
  const wanted = query.list('RegionName');
  const known = cloud.profile.regions.map(({ region }) => region);
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalidValue(`Invalid region '${unknown}'`);
  const regions = filtered(known, query, { 'region-name': (name) => name, 'opt-in-status': () => 'opt-in-not-required' })
    .filter((name) => wanted.length === 0 || wanted.includes(name))
    .map((name) => ({ regionName: name, regionEndpoint: dialect.endpointOf(name), optInStatus: 'opt-in-not-required' }));
  return { regionInfo: regions };
};

export const describeAvailabilityZones: Ec2Action = ({ cloud, region, query }) => {
  const wanted = query.list('ZoneName');
  const unknown = wanted.find((name) => !region.zones.includes(name));
  if (unknown !== undefined) throw invalidValue(`Invalid availability zone: [${unknown}]`);
  const zones = filtered(region.zones, query, {
    'zone-name': (name) => name,
    'region-name': () => region.region,
    state: () => 'available',
  })
    .filter((name) => wanted.length === 0 || wanted.includes(name))
    .map((name) => ({
      zoneName: name,
      zoneId: `${region.region}-az${region.zones.indexOf(name) + 1}`,
      zoneState: 'available',
      zoneType: 'availability-zone',
      regionName: region.region,
      groupName: `${region.region}-zg-1`,
      networkBorderGroup: region.region,
      optInStatus: 'opt-in-not-required',
      messageSet: [],
    }));
  return { availabilityZoneInfo: zones, ownerId: cloud.name };
};
