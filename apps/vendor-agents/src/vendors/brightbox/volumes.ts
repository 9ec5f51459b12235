import { text } from '../../vendor/json.js';
import type { Volume, VolumeDriver, VolumeOrder } from '../../vendor/port.js';
import { unlessGone } from '../../vendor/vendor-error.js';
import type { BrightboxApi } from './brightbox-api.js';
import { volumeOf } from './mapping.js';

const pathOf = (vendorId: string, more = ''): string => `/volumes/${encodeURIComponent(vendorId)}${more}`;

/** Network block storage ("Volume"), of all zones of the region. Its name ends with the token. */
export class BrightboxVolumes implements VolumeDriver {
  constructor(private readonly api: BrightboxApi) {}

  /** Sizes are MB of 1024 × 1024 bytes. */
  async create({ name, region, size }: VolumeOrder, token: string): Promise<Volume> {
    const wish = { name: `${name}-${token}`, size: size * 1024, delete_with_server: false };
    return volumeOf(await this.api.call(region, 'POST', '/volumes', wish));
  }

  async find(region: string, token: string): Promise<Volume | undefined> {
    const volumes = (await this.api.list(region, '/volumes')).filter((volume) => (text(volume, 'name') ?? '').endsWith(token));
    return volumes.map(volumeOf).find(({ state }) => state !== 'gone');
  }

  async get(region: string, vendorId: string): Promise<Volume | undefined> {
    const volume = await unlessGone(this.api.call(region, 'GET', pathOf(vendorId)));
    return volume === undefined ? undefined : volumeOf(volume);
  }

  /** Its server calls it as its kernel does: Brightbox takes no wish for that. */
  async attach(region: string, vendorId: string, machine: string): Promise<void> {
    if ((await this.get(region, vendorId))?.machine === machine) return;
    await this.api.call(region, 'POST', pathOf(vendorId, '/attach'), { server: machine, boot: false });
  }

  /** Not attached to this machine (any more) is detached. */
  async detach(region: string, vendorId: string, machine: string): Promise<void> {
    if ((await this.get(region, vendorId))?.machine !== machine) return;
    await this.api.call(region, 'POST', pathOf(vendorId, '/detach'), {});
  }

  async delete(region: string, vendorId: string): Promise<void> {
    const state = (await this.get(region, vendorId))?.state ?? 'gone';
    if (state !== 'gone') await unlessGone(this.api.call(region, 'DELETE', pathOf(vendorId)));
  }
}
