import { unlessGone, asVendorError } from '../../vendor/vendor-error.js';
import type { Volume, VolumeDriver, VolumeOrder } from '../../vendor/port.js';
import type { LinodeApi } from './linode-api.js';
import { volumeOf } from './mapping.js';

const pathOf = (vendorId: string, more = ''): string => `/volumes/${encodeURIComponent(vendorId)}${more}`;

/** "Create a volume", `label`: 32 characters at most, unique in the account. A UUID without its hyphens has as many. */
const labelOf = (token: string): string => token.replaceAll('-', '');

/** Block storage of a region; it is of no zone, as Linode has none. */
export class LinodeVolumes implements VolumeDriver {
  constructor(private readonly api: LinodeApi) {}

  async create({ name, region, size }: VolumeOrder, token: string): Promise<Volume> {
    const tag = name.slice(0, 50);
    const wish = { label: labelOf(token), region, size, tags: tag.length < 3 ? [] : [tag] };
    try {
      return volumeOf(await this.api.call(region, 'POST', '/volumes', wish));
    } catch (error) {
      const made = asVendorError(error).reason === 'conflict' ? await this.find(region, token) : undefined;
      if (made) return made;
      throw error;
    }
  }

  async find(region: string, token: string): Promise<Volume | undefined> {
    const [volume] = await this.api.all(region, '/volumes', { label: labelOf(token) });
    return volume === undefined ? undefined : volumeOf(volume);
  }

  async get(region: string, vendorId: string): Promise<Volume | undefined> {
    const volume = await unlessGone(this.api.call(region, 'GET', pathOf(vendorId)));
    return volume === undefined ? undefined : volumeOf(volume);
  }

  /** The device is found below /dev/disk/by-id, whatever is wished for. */
  async attach(region: string, vendorId: string, machine: string): Promise<void> {
    if ((await this.get(region, vendorId))?.machine === machine) return;
    await this.api.call(region, 'POST', pathOf(vendorId, '/attach'), { linode_id: Number(machine), persist_across_boots: true });
  }

  /** Not attached to this machine (any more) is detached. */
  async detach(region: string, vendorId: string, machine: string): Promise<void> {
    if ((await this.get(region, vendorId))?.machine !== machine) return;
    await this.api.call(region, 'POST', pathOf(vendorId, '/detach'));
  }

  async delete(region: string, vendorId: string): Promise<void> {
    await unlessGone(this.api.call(region, 'DELETE', pathOf(vendorId)));
  }
}
