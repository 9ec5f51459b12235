import type { Volume, VolumeDriver, VolumeOrder } from '../../vendor/port.js';
import { asVendorError, unlessGone } from '../../vendor/vendor-error.js';
import { volumeOf } from './mapping.js';
import type { PtcApi } from './ptc-api.js';

export class PtcVolumes implements VolumeDriver {
  constructor(private readonly api: PtcApi) {}

  async create({ name, region, zone, size, tags }: VolumeOrder, token: string): Promise<Volume> {
    return volumeOf(await this.api.in(region, 'POST', '/volumes', { name, zone, size_gib: size, tags, token }));
  }

  async find(region: string, token: string): Promise<Volume | undefined> {
    const [volume] = await this.api.all(region, 'volumes', `token=${encodeURIComponent(token)}`);
    return volume === undefined ? undefined : volumeOf(volume);
  }

  async get(region: string, vendorId: string): Promise<Volume | undefined> {
    const volume = await unlessGone(this.api.in(region, 'GET', pathOf(vendorId)));
    return volume === undefined ? undefined : volumeOf(volume);
  }

  /** What is attached where it is wanted has been asked for before. */
  async attach(region: string, vendorId: string, machine: string, device: string | undefined): Promise<void> {
    try {
      await this.api.in(region, 'POST', `${pathOf(vendorId)}/attach`, { machine, device });
    } catch (error) {
      if (asVendorError(error).reason !== 'conflict' || (await this.get(region, vendorId))?.machine !== machine) throw error;
    }
  }

  async detach(region: string, vendorId: string, machine: string): Promise<void> {
    if ((await this.get(region, vendorId))?.machine !== machine) return;
    await this.api.in(region, 'POST', `${pathOf(vendorId)}/detach`, {});
  }

  async delete(region: string, vendorId: string): Promise<void> {
    await unlessGone(this.api.in(region, 'DELETE', pathOf(vendorId)));
  }
}

const pathOf = (vendorId: string): string => `/volumes/${encodeURIComponent(vendorId)}`;
