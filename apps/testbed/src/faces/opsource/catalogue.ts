import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import { uuidOf } from '../../cloud/digest.js';
import { passwordOf } from '../credentials.js';
import { glanceIdOf, newestImages, type OfferedImage } from '../images.js';
import type { CloudRoutes } from '../protocol.js';
import { invalid } from './failure.js';
import { document, operation, organizationOf } from './protocol.js';

/** The account, data centers, base images and networks of 0.9. */
export function serveCatalogue(routes: CloudRoutes): void {
  routes.add('GET', '/oec/0.9/myaccount', ({ cloud: { name } }) => {
    const { username } = passwordOf(name);
    return document(
      'directory',
      'Account',
      {
        userName: username,
        fullName: 'Test Bed',
        firstName: 'Test',
        lastName: 'Bed',
        emailAddress: `${username}@example.org`,
        orgId: organizationOf(name),
        roles: { role: [{ name: 'server' }, { name: 'network' }] },
      },
      'ns3:',
    );
  });
  routes.add(
    'GET',
    '/oec/0.9/base/image',
    operation('List Base Images', ({ cloud }) =>
      document('server', 'ServerImages', { ServerImage: imagesOf(cloud).map(imageView) }),
    ),
  );
  routes.add(
    'GET',
    '/oec/0.9/:org/datacenter',
    operation('List Data Centers', ({ cloud }) =>
      document('datacenter', 'Datacenters', { datacenter: cloud.profile.regions.map(datacenterView) }, 'ns8:'),
    ),
  );
  routes.add(
    'GET',
    '/oec/0.9/:org/networkWithLocation',
    operation('List Networks', ({ cloud }) =>
      document(
        'network',
        'NetworkWithLocations',
        { network: cloud.profile.regions.map((each) => networkView(cloud, each)) },
        'ns4:',
      ),
    ),
  );
}

export interface BaseImage {
  readonly id: string;
  readonly region: string;
  readonly offered: OfferedImage;
  /** What a server of it has unless something else is asked for. Memory in MiB. */
  readonly cpuCount: number;
  readonly memory: number;
}

export const osStorageGib = 10;

/** Each system in each location, in variants of 1 and 2 CPUs, as OpSource had them. */
export const imagesOf = (cloud: Cloud): readonly BaseImage[] =>
  cloud.profile.regions.flatMap(({ region }) =>
    newestImages
      .filter(({ architecture }) => architecture === 'x86_64')
      .flatMap((offered) =>
        [1, 2].map((cpuCount) => ({
          id:
            cpuCount === 1
              ? glanceIdOf(cloud.name, region, offered)
              : uuidOf(`${cloud.name} ${region} ${offered.portable} 2 CPU`),
          region,
          offered,
          cpuCount,
          memory: cpuCount * 2048,
        })),
      ),
  );

/** @throws OpsourceError invalid */
export function imageCalled(cloud: Cloud, id: string): BaseImage {
  const image = imagesOf(cloud).find((each) => each.id === id);
  if (!image) throw invalid(`Server Image ${id} not found.`);
  return image;
}

const titles: Readonly<Record<string, string>> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  rocky: 'Rocky Linux',
  alpine: 'Alpine Linux',
};

/** `Debian 12`, and `DEBIAN12/64` as the API calls operating systems. */
export function systemOf({ portable }: OfferedImage): { readonly title: string; readonly displayName: string } {
  const [system = '', release = ''] = portable.split('-');
  return { title: `${titles[system] ?? system} ${release}`, displayName: `${system.toUpperCase()}${release}/64` };
}

export const imageName = ({ offered, cpuCount }: BaseImage): string => `${systemOf(offered).title} 64-bit ${cpuCount} CPU`;

function imageView(image: BaseImage) {
  const { id, region, offered, cpuCount, memory } = image;
  const { title, displayName } = systemOf(offered);
  return {
    id,
    resourcePath: `/oec/base/image/${id}`,
    name: imageName(image),
    description: `${title}, 64-bit`,
    operatingSystem: { type: 'UNIX', displayName },
    location: region,
    cpuCount,
    memory,
    osStorage: osStorageGib,
    additionalLocalStorage: 0,
    created: offered.createdAt.replace('Z', '.000Z'),
  };
}

const datacenterView = ({ region, place }: RegionProfile, index: number) => ({
  location: region,
  displayName: `${place.country ?? ''} - ${place.city ?? region}`,
  city: place.city ?? region,
  country: place.country ?? '',
  vpnUrl: `https://${region.toLowerCase()}.cloud-vpn.example/`,
  default: index === 0,
});

/** The account has one network in each data center. */
export const networkOf = (cloud: Cloud, region: string): string => uuidOf(`${cloud.name} ${region} network`);

const networkView = (cloud: Cloud, { region }: RegionProfile) => ({
  id: networkOf(cloud, region),
  name: `network-${region}`,
  description: 'The first network',
  location: region,
  privateNet: '10.162.1.0',
  multicast: false,
});

/** The data center of a network. @throws OpsourceError invalid */
export function regionOfNetwork(cloud: Cloud, id: string): RegionProfile {
  const region = cloud.profile.regions.find((each) => networkOf(cloud, each.region) === id);
  if (!region) throw invalid(`Network ${id} not found.`);
  return region;
}
