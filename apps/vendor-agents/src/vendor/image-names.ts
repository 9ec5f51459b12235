import { VendorError } from './vendor-error.js';

/** How operators name the images of an operating system, and how its publisher describes them. */
export interface ImagePattern {
  readonly name: RegExp;
  /** As Glance's os_distro and os_version have them. */
  readonly distro: string;
  readonly version: RegExp;
}

/**
 * The portable names of calls. There is no common naming: these cover the names of the publishers' own image files and what operators
 * usually make of them (`Debian 12`, `debian-12-genericcloud-amd64`, `linode/debian12`, `Ubuntu Server 22.04 LTS`).
 */
export const imagePatterns: Readonly<Record<string, ImagePattern>> = {
  'debian-11': { name: /^(.*\/)?debian([ _-]*((gnu[ /]?)?linux)?[ _-]*)11(?!\d)/i, distro: 'debian', version: /^11\b/ },
  'debian-12': { name: /^(.*\/)?debian([ _-]*((gnu[ /]?)?linux)?[ _-]*)12(?!\d)/i, distro: 'debian', version: /^12\b/ },
  'debian-13': { name: /^(.*\/)?debian([ _-]*((gnu[ /]?)?linux)?[ _-]*)13(?!\d)/i, distro: 'debian', version: /^13\b/ },
  'ubuntu-22.04': {
    name: /^(.*\/)?ubuntu[ _-]*(server[ _-])?(linux[ _-])?(22\.04|jammy)/i,
    distro: 'ubuntu',
    version: /^22\.04/,
  },
  'ubuntu-24.04': {
    name: /^(.*\/)?ubuntu[ _-]*(server[ _-])?(linux[ _-])?(24\.04|noble)/i,
    distro: 'ubuntu',
    version: /^24\.04/,
  },
  'rocky-8': { name: /^(.*\/)?rocky([ _-]?linux)?[ _-]?8(?!\d)/i, distro: 'rocky', version: /^8\b/ },
  'rocky-9': { name: /^(.*\/)?rocky([ _-]?linux)?[ _-]?9(?!\d)/i, distro: 'rocky', version: /^9\b/ },
  'alpine-3': { name: /^(.*\/)?alpine([ _-]?linux)?[ _-]?3(?!\d)/i, distro: 'alpine', version: /^3\b/ },
  'windows-2022': { name: /^(.*\/)?windows[ _-](server[ _-])?2022\b/i, distro: 'windows', version: /^2022\b/ },
};

/** An image as a cloud lists it. */
export interface ListedImage {
  readonly id: string;
  readonly name: string;
  /** As the cloud writes it; what it says nothing of is for x64. */
  readonly architecture?: string | undefined;
  /** Anything that sorts by age. */
  readonly created?: string | undefined;
}

export interface WantedImage {
  readonly name: string;
  readonly architecture: string | null;
  readonly region: string;
}

export const mapsImageName = (own: Readonly<Record<string, string>>, name: string): boolean =>
  name in own || name in imagePatterns;

/**
 * The image that a portable name means among those that a cloud lists: by the account's own mapping (an id or a name), else the newest
 * whose name says so.
 * @throws VendorError invalid-request when the name is not mapped, not-found when none of them is it.
 */
export function imageAmong(images: readonly ListedImage[], own: Readonly<Record<string, string>>, wanted: WantedImage): string {
  const mapped = own[wanted.name];
  const pattern = imagePatterns[wanted.name];
  if (mapped === undefined && !pattern)
    throw new VendorError('invalid-request', `the image ${wanted.name} is not mapped here; map it under 'images' of the account`);
  const isMeant = ({ id, name }: ListedImage): boolean =>
    mapped === undefined ? pattern?.name.test(name) === true : id === mapped || name === mapped;
  const found = images.filter((image) => isMeant(image) && (image.id === mapped || fits(image, wanted.architecture ?? 'x64')));
  const newest = found.reduce<ListedImage | undefined>(
    (best, image) => (!best || (image.created ?? '') > (best.created ?? '') ? image : best),
    undefined,
  );
  if (newest) return newest.id;
  throw new VendorError(
    'not-found',
    mapped === undefined
      ? `no image for ${wanted.name} (${wanted.architecture ?? 'x64'}) in ${wanted.region}; map one under 'images' of the account`
      : `the account maps ${wanted.name} to '${mapped}', which ${wanted.region} does not have`,
  );
}

const fits = ({ name, architecture = name }: ListedImage, wanted: string): boolean =>
  /aarch64|arm64/i.test(architecture) === (wanted === 'arm64');
