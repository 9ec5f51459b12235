import type { Dialect } from '../openstack/dialect.js';

/**
 * Nova v2, which has no microversions yet, Glance v2, Cinder v1 and Neutron v2.0 at the addresses of Rackspace's catalogue. There are no
 * floating IPs: every server is in PublicNet and ServiceNet from the beginning (Cloud Networks, Concepts). Too many requests are a 413
 * (Cloud Servers, Rate limits).
 */
export const rackspaceDialect: Dialect = {
  face: 'rackspace',
  services: {
    compute: { name: 'servers', version: '/v2/:project' },
    image: { name: 'images', version: '/v2' },
    network: { name: 'networks', version: '/v2.0' },
    volume: { name: 'blockstorage', version: '/v1/:project' },
  },
  ownNetwork: 'public',
  ownNetworkId: '00000000-0000-0000-0000-000000000000',
  serviceNetwork: { name: 'private', id: '11111111-1111-1111-1111-111111111111' },
  externalNetwork: null,
  microversions: false,
  tooMany: 413,
};
