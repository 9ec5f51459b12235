import { type Json, text } from '../../vendor/json.js';
import { asVendorError } from '../../vendor/vendor-error.js';
import type { BrightboxApi } from './brightbox-api.js';
import { serverPath, withHandle } from './resources.js';

/** What the name of a server begins with that was stopped for another size, and is to run again. */
const resuming = 'resuming-';

/** As it was called before. */
export const nameOf = (server: Json): string => {
  const name = text(server, 'name') ?? '';
  return name.startsWith(resuming) ? name.slice(resuming.length) : name;
};

/**
 * `resize`: other processors and memory for a server that is off. Each step finds out again how far it is; that the server is to run again
 * stands in its name, since nothing else of it is ours to write.
 */
export class BrightboxResizing {
  constructor(private readonly api: BrightboxApi) {}

  /** Whether it is there. */
  async step(region: string, vendorId: string, size: string): Promise<boolean> {
    const type = withHandle(await this.api.list(region, '/server_types'), size, 'server type');
    const server = await this.api.call(region, 'GET', serverPath(vendorId));
    if (text(server, 'server_type', 'id') === type) return await this.resumed(region, vendorId, server);
    try {
      await this.api.call(region, 'POST', serverPath(vendorId, '/resize'), { new_type: type });
    } catch (error) {
      await this.refused(error, region, vendorId, server);
    }
    return false;
  }

  /** Not while it runs: then it is stopped. For any other reason: then it runs again if it was stopped for this. */
  private async refused(error: unknown, region: string, vendorId: string, server: Json): Promise<void> {
    if (asVendorError(error).reason !== 'conflict') {
      await this.resumed(region, vendorId, server);
      throw error;
    }
    if (text(server, 'status') !== 'active') return;
    await this.rename(region, vendorId, resuming + nameOf(server));
    await this.api.call(region, 'POST', serverPath(vendorId, '/stop'), {});
  }

  private async resumed(region: string, vendorId: string, server: Json): Promise<boolean> {
    const status = text(server, 'status');
    if (nameOf(server) === text(server, 'name')) return status === 'active' || status === 'inactive';
    if (status === 'inactive') await this.api.call(region, 'POST', serverPath(vendorId, '/start'), {});
    if (status === 'active') await this.rename(region, vendorId, nameOf(server));
    return status === 'active';
  }

  private async rename(region: string, vendorId: string, name: string): Promise<void> {
    await this.api.call(region, 'PUT', serverPath(vendorId), { name });
  }
}
