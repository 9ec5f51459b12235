import type { Account } from '@cloud-agency/runtime';
import type { Cloud } from '../cloud/cloud.js';
import { faceNamed } from './registry.js';

/** The account that a client of the testbed has at a cloud, ready to be configured. */
export function accountAt(cloud: Cloud, origin: string): Account {
  const { name, profile, description } = cloud;
  const face = faceNamed(profile.face);
  return {
    name,
    operator: name,
    title: profile.title,
    regions: Object.fromEntries(profile.regions.map(({ region }) => [region, { ...description.places.get(region) }])),
    ...(face.tellsPrices ? {} : { prices: `${origin}/prices/${name}.csv` }),
    availability: Object.fromEntries(profile.regions.map(({ region, availability }) => [region, availability])),
    egress: profile.egress,
    ...(profile.tactic.length === 0 ? {} : { tactic: profile.tactic }),
    ...face.access(cloud, origin),
  };
}
