import { type Json, number, text } from '../../vendor/json.js';
import { asVendorError, unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { linodeCalled, pathOf } from './instances.js';
import type { LinodeApi } from './linode-api.js';
import { tagsOf } from './mapping.js';
import { largestOf, mbOf } from './operations.js';

/** On a Linode that was stopped so that its disk could be made smaller, and is to run again. */
const resumeTag = 'agency.resume';

/** What is asked for, and what of. */
interface Asked {
  readonly region: string;
  readonly vendorId: string;
  readonly size: string;
  readonly linode: Json;
}

/**
 * "Resize a Linode": its disk grows with it, but the new type has to hold the disks that there are. So before it becomes smaller its disk
 * does, for which it has to be off. Each step finds out again how far it is.
 */
export class LinodeResizing {
  constructor(private readonly api: LinodeApi) {}

  /** Whether it is there. */
  async step(region: string, vendorId: string, size: string): Promise<boolean> {
    const [disk, linode] = [await this.diskOf(region, size), await linodeCalled(this.api, region, vendorId)];
    const asked = { region, vendorId, size, linode };
    if (!['running', 'offline'].includes(text(linode, 'status') ?? '')) return false;
    if (text(linode, 'type') === size) return await this.resumed(asked);
    try {
      await this.next(asked, disk);
    } catch (error) {
      if (isBusy(error)) return false;
      if (tagsOf(linode).includes(resumeTag)) await this.resumed(asked);
      throw error;
    }
    return false;
  }

  /** MB of disk that a type has. @throws VendorError invalid-request for a type that there is not. */
  private async diskOf(region: string, type: string): Promise<number> {
    const found = await unlessGone(this.api.call(region, 'GET', `/linode/types/${encodeURIComponent(type)}`));
    const disk = number(found, 'disk');
    if (disk === undefined) throw new VendorError('invalid-request', `Linode has no type '${type}'`);
    return disk;
  }

  private async next(asked: Asked, room: number): Promise<void> {
    const { region, vendorId, size } = asked;
    const disks = await this.api.all(region, pathOf(vendorId, '/disks'));
    const excess = disks.reduce<number>((sum, disk) => sum + mbOf(disk), 0) - room;
    if (excess > 0) await this.shrink(asked, largestOf(disks) ?? null, excess);
    else await this.api.call(region, 'POST', pathOf(vendorId, '/resize'), { type: size, allow_auto_disk_resize: true });
  }

  private async shrink({ region, vendorId, linode }: Asked, disk: Json, excess: number): Promise<void> {
    if (text(linode, 'status') === 'running') {
      await this.api.call(region, 'PUT', pathOf(vendorId), { tags: [...new Set([...tagsOf(linode), resumeTag])] });
      await this.api.call(region, 'POST', pathOf(vendorId, '/shutdown'));
      return;
    }
    const path = pathOf(vendorId, `/disks/${encodeURIComponent(text(disk, 'id') ?? '')}/resize`);
    await this.api.call(region, 'POST', path, { size: mbOf(disk) - excess });
  }

  /** It runs again if it was stopped for this; the tag goes once it does. */
  private async resumed({ region, vendorId, linode }: Asked): Promise<boolean> {
    const tags = tagsOf(linode);
    if (!tags.includes(resumeTag)) return true;
    if (text(linode, 'status') === 'offline') {
      await this.api.call(region, 'POST', pathOf(vendorId, '/boot'));
      return false;
    }
    await this.api.call(region, 'PUT', pathOf(vendorId), { tags: tags.filter((tag) => tag !== resumeTag) });
    return true;
  }
}

/** "Linode busy.": something that was begun before has not ended. */
const isBusy = (error: unknown): boolean => {
  const { reason, message } = asVendorError(error);
  return reason === 'conflict' && /\bbusy\b/i.test(message);
};
