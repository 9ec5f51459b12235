import { type Json, list, text } from '../../vendor/json.js';
import type { SavedImage } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { type Guests, isBusy, isThere, systemDiskOf } from './guests.js';
import { idOf, type SoftLayerApi } from './softlayer-api.js';

/** What the Agency calls an image by: the GUID of a template of the account's own, or the code of an operating system. */
export const isTemplate = (image: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(image);

/** Image templates of the account's own; their note is the token that they were made for. */
export class Images {
  constructor(
    private readonly api: SoftLayerApi,
    private readonly guests: Guests,
  ) {}

  /** Archives the disk that the instance boots from (SoftLayer_Virtual_Guest::createArchiveTransaction). */
  async save(vendorId: string, { name, token }: { readonly name: string; readonly token: string }): Promise<SavedImage> {
    const earlier = await this.find(token);
    if (earlier) return earlier;
    const guest = await this.guests.required(vendorId);
    if (isBusy(guest)) throw underWay(vendorId);
    const disk = systemDiskOf(guest);
    if (disk === undefined) throw malformed('the answer tells no disk of the instance');
    await this.guests.do(vendorId, 'createArchiveTransaction', name, [{ id: Number(idOf(disk)), device: '0' }], token);
    const made = await this.find(token);
    if (made) return made;
    throw underWay(vendorId);
  }

  private async find(token: string): Promise<SavedImage | undefined> {
    const templates = await this.api.all({
      service: 'Account',
      method: 'getPrivateBlockDeviceTemplateGroups',
      mask: 'id,name,note,globalIdentifier,status[keyName],transaction[id],children[id,transaction[id]]',
    });
    const template = templates.find((candidate) => text(candidate, 'note') === token);
    return template === undefined ? undefined : savedImageOf(template);
  }
}

/** It is ready once no transaction works on it, or on its copy in any data centre. */
function savedImageOf(template: Json): SavedImage {
  const parts = [template, ...list(template, 'children')];
  const isBeingMade = parts.some((part) => isThere(part, 'transaction'));
  return { vendorId: idOf(template, 'globalIdentifier'), state: isBeingMade ? 'building' : 'active' };
}

const underWay = (vendorId: string): VendorError =>
  new VendorError('conflict', `SoftLayer works on the instance ${vendorId}`, { underWay: true });
