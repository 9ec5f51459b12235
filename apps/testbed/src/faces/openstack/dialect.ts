/** Where the service of a region is: `/<cloud>/<region>/<name><version>`. */
export interface ServiceAddress {
  readonly name: string;
  /** With `:project` where the project is part of every address. */
  readonly version: string;
  /** The catalogue leaves the version out. */
  readonly unversioned?: true;
}

export type ServiceType = 'compute' | 'image' | 'network' | 'volume';

/** What tells the clouds of one face from those of another, where both speak OpenStack. */
export interface Dialect {
  /** The name of the face. */
  readonly face: string;
  readonly services: Readonly<Record<ServiceType, ServiceAddress>>;
  /** The network that servers come with and answer in. */
  readonly ownNetwork: string;
  /** Its id; one of each region's own where it is not given. */
  readonly ownNetworkId?: string;
  /** A second one that servers come with, at whose addresses the outside does not reach them. */
  readonly serviceNetwork?: { readonly name: string; readonly id: string };
  /** The network that floating IPs are of; null where there are none. */
  readonly externalNetwork: string | null;
  /** Whether requests to Nova choose one of its microversions. */
  readonly microversions: boolean;
  /** The status of the answer to too many requests. */
  readonly tooMany: 413 | 429;
}

/** OpenStack as of Zed. */
export const zed: Dialect = {
  face: 'openstack',
  services: {
    compute: { name: 'compute', version: '/v2.1' },
    image: { name: 'image', version: '/v2', unversioned: true },
    network: { name: 'network', version: '/v2.0', unversioned: true },
    volume: { name: 'volume', version: '/v3/:project' },
  },
  ownNetwork: 'private',
  externalNetwork: 'public',
  microversions: true,
  tooMany: 429,
};
