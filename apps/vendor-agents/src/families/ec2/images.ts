import { VendorError } from '../../vendor/vendor-error.js';
import type { Ec2Query } from './query.js';
import { items, text, type XmlNode } from '../../vendor/xml.js';

/** How a portable image name is looked up: the publisher's account and the names it gives, `{arch}` being x86_64, amd64 or arm64. */
export interface ImageQuery {
  readonly owner: string;
  readonly name: Readonly<Record<string, string>>;
}

const ec2Architecture: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' };

/**
 * The newest image of a portable name.
 * @throws VendorError invalid-request when the name or architecture is not mapped, not-found when the region has none.
 */
export async function newestImage(
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
