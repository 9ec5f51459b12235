import { digest, uuidOf } from '../cloud/digest.js';

export type Architecture = 'x86_64' | 'arm64';

/** An operating system image that a simulated cloud offers, under the names its real publishers use. */
export interface OfferedImage {
  /** The name in the vocabulary of calls (CFP.md 1), e.g. `debian-12`. */
  readonly portable: string;
  readonly architecture: Architecture;
  /** The day of the build, e.g. `20261014`. */
  readonly build: string;
  readonly createdAt: string;
  readonly ec2: { readonly owner: string; readonly alias: string | null; readonly name: string };
}

interface Publication {
  readonly portable: string;
  readonly owner: string;
  readonly alias?: string;
  /** The EC2 name of one build; the publishers' own patterns. */
  readonly ec2Name: (architecture: Architecture, build: string) => string;
}

const debianName = (release: number) => (architecture: Architecture, build: string) =>
  `debian-${release}-${architecture === 'arm64' ? 'arm64' : 'amd64'}-${build}-1788`;
const ubuntuName = (path: string) => (architecture: Architecture, build: string) =>
  `ubuntu/images/${path}-${architecture === 'arm64' ? 'arm64' : 'amd64'}-server-${build}`;
const rockyName = (release: number, minor: number) => (architecture: Architecture, build: string) =>
  `Rocky-${release}-EC2-Base-${release}.${minor}-${build}.0.${architecture === 'arm64' ? 'aarch64' : 'x86_64'}`;

const publications: readonly Publication[] = [
  { portable: 'debian-11', owner: '136693071363', ec2Name: debianName(11) },
  { portable: 'debian-12', owner: '136693071363', ec2Name: debianName(12) },
  { portable: 'debian-13', owner: '136693071363', ec2Name: debianName(13) },
  { portable: 'ubuntu-22.04', owner: '099720109477', alias: 'amazon', ec2Name: ubuntuName('hvm-ssd/ubuntu-jammy-22.04') },
  { portable: 'ubuntu-24.04', owner: '099720109477', alias: 'amazon', ec2Name: ubuntuName('hvm-ssd-gp3/ubuntu-noble-24.04') },
  { portable: 'rocky-8', owner: '792107900819', ec2Name: rockyName(8, 10) },
  { portable: 'rocky-9', owner: '792107900819', ec2Name: rockyName(9, 6) },
  {
    portable: 'alpine-3',
    owner: '538276064493',
    ec2Name: (architecture, build) => `alpine-3.22.1-${architecture === 'arm64' ? 'aarch64' : 'x86_64'}-uefi-cloudinit-r${build}`,
  },
];

const newest = '20261014';
const builds = ['20260315', newest];

/** Every image, in an older and a newer build: a client has to pick the newest. */
export const offeredImages: readonly OfferedImage[] = publications.flatMap(({ portable, owner, alias, ec2Name }) =>
  (['x86_64', 'arm64'] as const).flatMap((architecture) =>
    builds.map((build) => ({
      portable,
      architecture,
      build,
      createdAt: `${build.slice(0, 4)}-${build.slice(4, 6)}-${build.slice(6)}T04:00:00Z`,
      ec2: { owner, alias: alias ?? null, name: ec2Name(architecture, build) },
    })),
  ),
);

/** An AMI is a thing of one region. */
export const amiOf = (region: string, { ec2 }: OfferedImage): string => `ami-${digest(`${region} ${ec2.name}`, 17)}`;

export const glanceIdOf = (cloud: string, region: string, { portable, architecture, createdAt }: OfferedImage): string =>
  uuidOf(`${cloud} ${region} ${portable} ${architecture} ${createdAt}`);

/** Glance shows one image for each name and architecture: the newest. */
export const newestImages: readonly OfferedImage[] = offeredImages.filter(({ build }) => build === newest);
