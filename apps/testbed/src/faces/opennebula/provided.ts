import type { RegionProfile } from '../../catalogue/profile.js';
import type { Size } from '../../catalogue/size.js';
import type { Cloud } from '../../cloud/cloud.js';
import { newestImages } from '../images.js';
import type { Template } from './template.js';

/** What the operator of an OpenNebula has set up before anybody comes: images, templates, a network, clusters and their hosts. */

export interface ProvidedImage {
  readonly id: number;
  readonly name: string;
  /** MiB. */
  readonly size: number;
  readonly createdAt: number;
}

const imageMib = 2048;

const titles: Readonly<Record<string, string>> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  rocky: 'Rocky Linux',
  alpine: 'Alpine Linux',
};

/** Named as OpenNebula's public marketplace names its appliances, e.g. `Debian 12`. */
export const providedImages: readonly ProvidedImage[] = newestImages
  .filter(({ architecture }) => architecture === 'x86_64')
  .map(({ portable, createdAt }, id) => {
    const [system = '', version = ''] = portable.split('-');
    return { id, name: `${titles[system] ?? system} ${version}`, size: imageMib, createdAt: Date.parse(createdAt) };
  });

/** The network that machines reach the world by. */
export const providedNetwork = { id: 0, name: 'public' } as const;

export interface ProvidedTemplate {
  readonly id: number;
  readonly name: string;
  readonly size: Size;
  readonly content: Template;
}

/** One for each size of the cloud: a machine of the oldest image that has it, in the public network. */
export const templatesOf = (cloud: Cloud, region: RegionProfile): readonly ProvidedTemplate[] =>
  cloud.sizes(region.region).map((size, id) => ({ id, name: size.name, size, content: contentOf(size) }));

const contentOf = ({ vcpus, memoryGib, diskGib }: Size): Template => [
  { name: 'CPU', value: String(vcpus) },
  { name: 'VCPU', value: String(vcpus) },
  { name: 'MEMORY', value: String(memoryGib * 1024) },
  { name: 'DISK', value: { IMAGE_ID: '0', SIZE: String((diskGib ?? 10) * 1024) } },
  { name: 'NIC', value: { NETWORK: providedNetwork.name, NETWORK_UNAME: 'oneadmin' } },
  { name: 'CONTEXT', value: { NETWORK: 'YES', SSH_PUBLIC_KEY: '$USER[SSH_PUBLIC_KEY]' } },
  { name: 'GRAPHICS', value: { LISTEN: '0.0.0.0', TYPE: 'VNC' } },
];

/** Those that an operator makes are numbered from 100 on; 0 is `default`. */
const firstCluster = 100;

export interface Cluster {
  readonly id: number;
  /** As the testbed calls the zone. */
  readonly name: string;
  /** It has one. */
  readonly host: { readonly id: number; readonly name: string };
}

export const clustersOf = ({ zones }: RegionProfile): readonly Cluster[] =>
  zones.map((name, index) => ({
    id: firstCluster + index,
    name,
    host: { id: index, name: `node-${name}` },
  }));

/** Datastores that every OpenNebula begins with, which all clusters share. */
export const datastores = [
  { id: 0, name: 'system', type: 1 },
  { id: 1, name: 'default', type: 0 },
  { id: 2, name: 'files', type: 2 },
] as const;
