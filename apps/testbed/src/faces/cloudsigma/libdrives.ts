import { glanceIdOf, newestImages, type OfferedImage } from '../images.js';
import { type Call, type Handler, reference } from './call.js';
import { notFound } from './fault.js';

/** A drive that everybody may clone. */
export interface LibraryDrive {
  readonly uuid: string;
  readonly name: string;
  readonly bytes: number;
  readonly os: OfferedImage['portable'];
  readonly version: string;
}

const bytes = 5 * 2 ** 30;
const titles: Readonly<Record<string, string>> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  rocky: 'Rocky Linux',
  alpine: 'Alpine Linux',
};

/** CloudSigma's hosts are AMD and Intel. */
const libraryOf = ({ cloud, region }: Call): LibraryDrive[] =>
  newestImages
    .filter(({ architecture }) => architecture === 'x86_64')
    .map((image) => {
      const [system = '', version = ''] = image.portable.split('-');
      const name = `${titles[system] ?? system} ${version} Server`;
      return { uuid: glanceIdOf(cloud.name, region.region, image), name, bytes, os: system, version };
    });

export const libraryDrive = (call: Call, uuid: string): LibraryDrive | undefined =>
  libraryOf(call).find((drive) => drive.uuid === uuid);

export const listLibraryDrives: Handler = (call) => {
  const wanted = call.query.get('name__contains')?.toLowerCase();
  return {
    body: libraryOf(call)
      .filter(({ name }) => wanted === undefined || name.toLowerCase().includes(wanted))
      .map((drive) => libraryDriveView(call, drive)),
  };
};

export const showLibraryDrive: Handler = (call) => {
  const drive = libraryDrive(call, call.uuid);
  if (!drive) throw notFound(call.uuid);
  return { body: libraryDriveView(call, drive) };
};

export const libraryDriveView = (call: Call, { uuid, name, bytes: size, os, version }: LibraryDrive) => ({
  ...reference(call, 'libdrives', uuid),
  name,
  description: `${name}, pre-installed, 64bit, with VirtIO drivers and cloud-init.`,
  arch: '64',
  category: ['general'],
  distribution: os,
  version,
  image_type: 'preinst',
  os: 'linux',
  media: 'disk',
  size,
  status: 'unmounted',
  storage_type: null,
  paid: false,
  favourite: false,
  owner: null,
  meta: {},
  tags: [],
  mounted_on: [],
  licenses: [],
  affinities: [],
  allow_multimount: false,
  jobs: [],
});
