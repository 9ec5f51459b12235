import { imageAmong, type ListedImage, mapsImageName } from '../../vendor/image-names.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { Ec2Query } from './query.js';
import { items, text, type XmlNode } from '../../vendor/xml.js';

/** How a portable image name is looked up: the publisher's account and the names it gives, `{arch}` being x86_64, amd64 or arm64. */
export interface ImageQuery {
  readonly owner: string;
  readonly name: Readonly<Record<string, string>>;
}

const ec2Architecture: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' };

export interface Ec2Images {
  maps(name: string, architecture: string | null): boolean;
  /** @throws VendorError invalid-request, not-found */
  image(name: string, architecture: string | null, region: string): Promise<string>;
}

/** Images that known publishers make for everybody: the newest of a portable name, unless the account maps it itself. */
export class PublishedImages implements Ec2Images {
  constructor(
    private readonly query: Ec2Query,
    private readonly published: Readonly<Record<string, ImageQuery>>,
    private readonly own: Readonly<Record<string, string>>,
  ) {}

  maps(name: string, architecture: string | null): boolean {
    return name in this.own || this.published[name]?.name[architecture ?? 'x64'] !== undefined;
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    return (
      this.own[name] ?? (await newestImage(this.query, this.published, { name, architecture: architecture ?? 'x64', region }))
    );
  }
}

/** Where every cloud has images of its own: those that the account sees, by what they are called. */
export class ListedImages implements Ec2Images {
  constructor(
    private readonly query: Ec2Query,
    private readonly own: Readonly<Record<string, string>>,
  ) {}

  maps(name: string): boolean {
    return mapsImageName(this.own, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const found = await this.query.all(region, 'DescribeImages', 'imagesSet', {});
    const images = found.filter((item) => (text(item, 'imageType') ?? 'machine') === 'machine');
    return imageAmong(
      images.flatMap((item) => listedImageOf(item) ?? []),
      this.own,
      { name, architecture, region },
    );
  }
}

/** An image without a name is called by the file it was made of, or by its id. */
function listedImageOf(item: XmlNode): ListedImage | undefined {
  const id = text(item, 'imageId');
  if (id === undefined || (text(item, 'imageState') ?? 'available') !== 'available') return undefined;
  const name = text(item, 'name') ?? text(item, 'imageLocation') ?? id;
  return {
    id,
    name: name === `${id}/` ? id : name,
    architecture: text(item, 'architecture'),
    created: text(item, 'creationDate'),
  };
}

/**
 * The newest image of a portable name.
 * @throws VendorError invalid-request when the name or architecture is not mapped, not-found when the region has none.
 */
async function newestImage(
  query: Ec2Query,
  images: Readonly<Record<string, ImageQuery>>,
  wanted: { readonly name: string; readonly architecture: string; readonly region: string },
): Promise<string> {
  const pattern = images[wanted.name]?.name[wanted.architecture];
  const owner = images[wanted.name]?.owner;
  if (pattern === undefined || owner === undefined) {
    throw new VendorError(
      'invalid-request',
      `the image ${wanted.name} for ${wanted.architecture} is not mapped here; map it under 'images' of the account`,
    );
  }
  const found = await query.call(wanted.region, 'DescribeImages', {
    Owner: [owner],
    Filter: [
      { Name: 'name', Value: [pattern] },
      { Name: 'architecture', Value: [ec2Architecture[wanted.architecture] ?? wanted.architecture] },
      { Name: 'state', Value: ['available'] },
    ],
  });
  const [newest] = [...items(found, 'imagesSet')].sort(byCreationDescending);
  const id = newest && text(newest, 'imageId');
  if (id === undefined) throw new VendorError('not-found', `no image ${pattern} of ${owner} in ${wanted.region}`);
  return id;
}

/** ISO 8601 in one zone compares as text. */
const byCreationDescending = (a: XmlNode, b: XmlNode): number =>
  (text(b, 'creationDate') ?? '').localeCompare(text(a, 'creationDate') ?? '');
