import { type ImagePattern, imagePatterns } from '../../vendor/image-names.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { type Json, text } from '../../vendor/json.js';
import type { Services } from './services.js';

interface Wanted {
  readonly name: string;
  readonly architecture: string;
  readonly region: string;
}

/**
 * The newest active image of a portable name.
 * @throws VendorError invalid-request when the name is not mapped, not-found when the region has none.
 */
export async function newestImage(cloud: Services, wanted: Wanted): Promise<string> {
  const pattern = imagePatterns[wanted.name];
  if (!pattern)
    throw new VendorError('invalid-request', `the image ${wanted.name} is not mapped here; map it under 'images' of the account`);
  const found = await matching(cloud, wanted, (image) => matches(image, pattern));
  if (found === undefined)
    throw new VendorError('not-found', `no image for ${wanted.name} (${wanted.architecture}) in ${wanted.region}`);
  return found;
}

/**
 * The image that an account's own mapping means: an id, or a name that it looks up.
 * @throws VendorError not-found
 */
export async function mappedImage(cloud: Services, idOrName: string, wanted: Wanted): Promise<string> {
  const found = await matching(cloud, wanted, (image) => text(image, 'id') === idOrName || text(image, 'name') === idOrName);
  if (found === undefined)
    throw new VendorError('not-found', `the account maps ${wanted.name} to '${idOrName}', which ${wanted.region} does not have`);
  return found;
}

async function matching(cloud: Services, wanted: Wanted, wants: (image: Json) => boolean): Promise<string | undefined> {
  const call = { service: 'image', region: wanted.region, method: 'GET', path: '/v2/images?status=active&limit=200' } as const;
  let newest: { id: string; created: string } | undefined;
  for await (const page of cloud.pages(call, 'images')) {
    for (const image of page) {
      const [id, created] = [text(image, 'id'), text(image, 'created_at') ?? ''];
      if (id === undefined || !wants(image) || !fits(image, wanted.architecture)) continue;
      if (!newest || created > newest.created) newest = { id, created };
    }
  }
  return newest?.id;
}

function matches(image: Json, pattern: ImagePattern): boolean {
  if ((text(image, 'status') ?? 'active') !== 'active') return false;
  if (pattern.name.test(text(image, 'name') ?? '')) return true;
  return text(image, 'os_distro')?.toLowerCase() === pattern.distro && pattern.version.test(text(image, 'os_version') ?? '');
}

/** Rackspace has a name of its own for it (Cloud Images API guide, "Image metadata properties"). */
const architectureNames = ['architecture', 'hw_architecture', 'org.openstack__1__architecture', 'name'];

/** By the image's property, else by its name; an image that says nothing is for x64. An account can map one that is not. */
function fits(image: Json, architecture: string): boolean {
  const told = architectureNames.flatMap((name) => text(image, name) ?? [])[0] ?? '';
  return /aarch64|arm64/i.test(told) === (architecture === 'arm64');
}
