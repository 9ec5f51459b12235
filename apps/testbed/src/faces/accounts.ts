import type { Account } from '@cloud-agency/runtime';
import type { Cloud } from '../cloud/cloud.js';
import { accessKeyOf, domainName, passwordOf, projectName } from './credentials.js';
import { newestImages } from './images.js';
import { networkName } from './openstack/private-network.js';

/** The account that a client of the testbed has at a cloud, ready to be configured. */
export function accountAt(cloud: Cloud, origin: string): Account {
  const { name, profile, description } = cloud;
  return {
    name,
    operator: name,
    title: profile.title,
    regions: Object.fromEntries(profile.regions.map(({ region }) => [region, { ...description.places.get(region) }])),
    prices: `${origin}/prices/${name}.csv`,
    availability: Object.fromEntries(profile.regions.map(({ region, availability }) => [region, availability])),
    egress: profile.egress,
    ...(cloud.face === 'ec2' ? ec2Access(name, origin) : openStackAccess(name, origin)),
  };
}

type Access = Pick<Account, 'vendor' | 'endpoint' | 'credentials' | 'network' | 'images'>;

function ec2Access(cloud: string, origin: string): Access {
  const { id, secret } = accessKeyOf(cloud);
  return { vendor: 'amazon', endpoint: origin, credentials: { access_key_id: id, secret_access_key: secret } };
}

const openStackAccess = (cloud: string, origin: string): Access => ({
  vendor: 'openstack',
  endpoint: `${origin}/${cloud}/identity/v3`,
  credentials: { ...passwordOf(cloud), project: projectName, domain: domainName },
  network: networkName,
  images: Object.fromEntries(newestImages.map(({ portable }) => [portable, portable])),
});
