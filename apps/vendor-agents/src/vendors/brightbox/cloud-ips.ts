import { list, text, type Json } from '../../vendor/json.js';
import { asVendorError, unlessGone, VendorError } from '../../vendor/vendor-error.js';
import type { BrightboxApi } from './brightbox-api.js';
import { idOf } from './resources.js';

/** Public addresses, by the names that we give them: they are all that tells whose one is. */
export class CloudIps {
  constructor(private readonly api: BrightboxApi) {}

  /** The one of this name, or a new one. */
  async named(region: string, name: string): Promise<Json> {
    return (await this.called(region, name))[0] ?? (await this.api.call(region, 'POST', '/cloud_ips', { name }));
  }

  async called(region: string, name: string): Promise<readonly Json[]> {
    return (await this.api.list(region, '/cloud_ips')).filter((cloudIp) => text(cloudIp, 'name') === name);
  }

  /** To the first interface of a server. */
  async map(region: string, cloudIp: Json, server: Json): Promise<void> {
    const destination = text(list(server, 'interfaces')[0], 'id');
    if (destination === undefined) throw new VendorError('conflict', 'the server has no interface yet', { underWay: true });
    await this.api.call(region, 'POST', pathOf(cloudIp, '/map'), { destination });
  }

  /**
   * Takes it from its server and gives it back; may be repeated.
   * @throws VendorError conflict while it still leaves its server: ask again.
   */
  async release(region: string, vendorId: string): Promise<void> {
    const cloudIp = await unlessGone(this.api.call(region, 'GET', `/cloud_ips/${encodeURIComponent(vendorId)}`));
    if (cloudIp === undefined) return;
    if (text(cloudIp, 'status') === 'mapped') await this.api.call(region, 'POST', pathOf(cloudIp, '/unmap'), {});
    try {
      await unlessGone(this.api.call(region, 'DELETE', pathOf(cloudIp)));
    } catch (error) {
      const { reason, message, vendorCode } = asVendorError(error);
      if (reason !== 'conflict') throw error;
      throw new VendorError('conflict', message, { underWay: true, ...(vendorCode === null ? {} : { code: vendorCode }) });
    }
  }
}

const pathOf = (cloudIp: Json, more = ''): string => `/cloud_ips/${encodeURIComponent(idOf(cloudIp))}${more}`;
