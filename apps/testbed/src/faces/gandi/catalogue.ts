import type { Cloud } from '../../cloud/cloud.js';
import { newestImages } from '../images.js';
import type { RpcStruct } from '../xml-rpc.js';
import { datacenterIdOf, type GandiCall, instancesOf, type Methods, optionsAt } from './call.js';
import { listed } from './filter.js';

export const catalogueMethods: Methods = {
  'version.info': () => ({ api_version: '3.3.42' }),
  'hosting.account.info': account,
  'hosting.datacenter.list': (call) =>
    listed(call, optionsAt(call, 0), call.cloud.profile.regions.map(datacenterView(call.cloud))),
  'hosting.image.list': (call) => listed(call, optionsAt(call, 0), images(call.cloud)),
};

const datacenterView =
  (cloud: Cloud) =>
  ({ region }: { readonly region: string }) => {
    const { city = region, country = '' } = cloud.description.places.get(region) ?? {};
    return {
      id: datacenterIdOf(cloud, region),
      dc_code: region.toUpperCase(),
      name: `${city}, ${country}`,
      country,
      iso: country,
      iaas_closed_for: 'NONE',
      paas_closed_for: 'NONE',
      deactivate_at: null,
      can_migrate_to: [],
    };
  };

const labels: Readonly<Record<string, string>> = { debian: 'Debian', ubuntu: 'Ubuntu', rocky: 'Rocky Linux', alpine: 'Alpine' };
const imagesPerDatacenter = 1_000;
const systemDiskMib = 3_072;

/** An image is a disk of one data centre that machines' own are copied from. */
export const images = (cloud: Cloud): readonly (RpcStruct & { readonly disk_id: number; readonly datacenter_id: number })[] =>
  cloud.profile.regions.flatMap(({ region }) => {
    const datacenter = datacenterIdOf(cloud, region);
    return newestImages
      .filter(({ architecture }) => architecture === 'x86_64')
      .map(({ portable, createdAt }, index) => ({
        id: datacenter * imagesPerDatacenter + index,
        disk_id: datacenter * imagesPerDatacenter * 10 + index,
        datacenter_id: datacenter,
        label: labelOf(portable),
        os_arch: 'x86-64',
        kernel_version: '6.1-x86_64 (hvm)',
        size: systemDiskMib,
        visibility: 'all',
        author_id: 248_842,
        date_created: new Date(createdAt),
        date_updated: new Date(createdAt),
      }));
  });

function labelOf(portable: string): string {
  const [name = '', release = ''] = portable.split('-');
  return `${labels[name] ?? name} ${release} 64 bits${name === 'ubuntu' ? ' LTS' : ''} (HVM)`;
}

/** Servers are what the profile's quotas are of. */
function account({ cloud, testbed }: GandiCall): RpcStruct {
  const granted = cloud.profile.regions.reduce((sum, { quota }) => sum + quota, 0);
  const used = instancesOf(cloud).length;
  const disks = cloud.profile.regions.flatMap(({ region }) => testbed.volumes.in({ cloud: cloud.name, region })).length;
  return {
    id: 1,
    handle: 'TB1-GANDI',
    fullname: 'Testbed',
    rating_enabled: true,
    resources: {
      available: { servers: Math.max(0, granted - used) },
      granted: { servers: granted },
      used: { servers: used, disks: used + disks },
      expired: null,
    },
  };
}
