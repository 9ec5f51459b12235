import { uuidOf } from '../../cloud/digest.js';
import { newestImages } from '../images.js';
import type { Call } from './call.js';
import type { Shown } from './pairs.js';

/** A pre-installed system: a compressed drive that everybody may image others from. */
interface StandardDrive {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  /** Uncompressed. */
  readonly rawBytes: number;
}

const titles: Readonly<Record<string, string>> = {
  debian: 'Debian Linux',
  ubuntu: 'Ubuntu Linux',
  rocky: 'Rocky Linux',
  alpine: 'Alpine Linux',
};
const everybody = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The same ones in every availability zone of a cloud. */
const standardDrivesOf = ({ cloud }: Call): readonly StandardDrive[] =>
  newestImages
    .filter(({ architecture }) => architecture === 'x86_64')
    .map(({ portable }) => {
      const [system = '', version = ''] = portable.split('-');
      return {
        id: uuidOf(`${cloud.name} standard drive ${portable}`),
        name: `${titles[system] ?? system} ${version}`,
        bytes: 350 * 2 ** 20,
        rawBytes: 1024 * 2 ** 20,
      };
    });

export const standardDrive = (call: Call, id: string): StandardDrive | undefined =>
  standardDrivesOf(call).find((drive) => drive.id === id);

export const listStandardDrives = (call: Call) => ({ names: standardDrivesOf(call).map(({ id }) => id) });
export const showStandardDrives = (call: Call) => ({ things: standardDrivesOf(call).map(standardDriveView) });

export const standardDriveView = ({ id, name, bytes, rawBytes }: StandardDrive): Shown => ({
  'claim:type': 'shared',
  drive: id,
  favourite: 'true',
  format: 'gzip',
  free: 'true',
  media: 'disk',
  name,
  rawsize: rawBytes,
  readers: everybody,
  size: bytes,
  type: 'shared',
});
