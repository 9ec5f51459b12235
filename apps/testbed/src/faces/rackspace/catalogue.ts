import type { Cloud } from '../../cloud/cloud.js';
import type { Dialect, ServiceType } from '../openstack/dialect.js';
import { cataloguedAt } from '../openstack/service.js';

const services: readonly { readonly name: string; readonly type: ServiceType }[] = [
  { name: 'cloudBlockStorage', type: 'volume' },
  { name: 'cloudImages', type: 'image' },
  { name: 'cloudServersOpenStack', type: 'compute' },
  { name: 'cloudNetworks', type: 'network' },
];

/**
 * Cloud Identity v2.0, Annotated authentication response: an endpoint for each region. The service before, cloudServers of the first
 * generation, is of the type `compute` too; nothing is behind it any more. Regions are called as the testbed calls them, not in capitals.
 */
export const catalogueOf = (dialect: Dialect, cloud: Cloud, tenantId: string, origin: string) => [
  {
    name: 'cloudServers',
    type: 'compute',
    endpoints: [
      {
        tenantId,
        publicURL: `${origin}/${cloud.name}/servers/v1.0/${tenantId}`,
        ...versionsOf('1.0', `${origin}/${cloud.name}/servers/v1.0/${tenantId}`, tenantId),
      },
    ],
  },
  ...services.map(({ name, type }) => ({
    name,
    type,
    endpoints: cloud.profile.regions.map(({ region }) => {
      const publicURL = cataloguedAt(dialect, cloud, region, type, origin);
      return { region, tenantId, publicURL, ...(type === 'compute' ? versionsOf('2', publicURL, tenantId) : {}) };
    }),
  })),
];

function versionsOf(versionId: string, publicURL: string, tenantId: string) {
  const versionInfo = publicURL.replace(`/${tenantId}`, '');
  return { versionId, versionInfo, versionList: versionInfo.slice(0, versionInfo.lastIndexOf('/') + 1) };
}
