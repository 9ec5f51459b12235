import { field, list, number, text, type Json } from '../../vendor/json.js';
import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { pathOf } from './instances.js';
import type { LinodeApi } from './linode-api.js';
import { savedImageOf } from './mapping.js';
import { LinodeResizing } from './resizing.js';

const actions: Readonly<Partial<Record<PowerAction, string>>> = { start: '/boot', stop: '/shutdown', restart: '/reboot' };

/** "Create an image", `label`: 50 characters at most, 36 of which are the token's. */
const roomForName = 50 - 36 - 1;

export class LinodeOperations implements MachineOperations {
  private readonly resizing: LinodeResizing;

  constructor(private readonly api: LinodeApi) {
    this.resizing = new LinodeResizing(api);
  }

  /** Linode itself waits for a system that does not stop for two minutes, and then stops it: there is no other way to force it. */
  async act(region: string, vendorId: string, action: PowerAction): Promise<void> {
    const path = actions[action];
    if (path === undefined) throw new VendorError('invalid-request', `Linode has no way to ${action} a machine`);
    await this.api.call(region, 'POST', pathOf(vendorId, path));
  }

  async resize(region: string, vendorId: string, size: string): Promise<boolean> {
    return await this.resizing.step(region, vendorId, size);
  }

  /** An image is made of a disk: of the largest one that is no swap space. Its label carries the token. */
  async save(region: string, vendorId: string, { name, token }: { name: string; token: string }): Promise<SavedImage> {
    const [made] = await this.api.all(region, '/images', { is_public: false, label: { '+contains': token } });
    if (made !== undefined) return savedImageOf(made);
    const disk = largestOf(await this.api.all(region, pathOf(vendorId, '/disks')));
    if (disk === undefined)
      throw new VendorError('invalid-request', `Linode ${vendorId} has no disk that an image can be made of`);
    const label = `${name.replace(/[^\w.-]+/g, '-').slice(0, roomForName)}-${token}`;
    const body = { disk_id: field(disk, 'id'), label, cloud_init: await this.usesCloudInit(region, vendorId) };
    return savedImageOf(await this.api.call(region, 'POST', '/images', body));
  }

  /** Whether machines of the image will read user data: those of the image that this one was made of do. */
  private async usesCloudInit(region: string, vendorId: string): Promise<boolean> {
    const image = text(await this.api.call(region, 'GET', pathOf(vendorId)), 'image');
    if (image === undefined) return false;
    const path = `/images/${image.split('/').map(encodeURIComponent).join('/')}`;
    return list(await this.api.call(region, 'GET', path), 'capabilities').includes('cloud-init');
  }
}

/** The disk that holds the system. */
export const largestOf = (disks: readonly Json[]): Json | undefined =>
  disks
    .filter((disk) => text(disk, 'filesystem') !== 'swap')
    .reduce<Json | undefined>((best, disk) => (mbOf(disk) > mbOf(best) ? disk : (best ?? disk)), undefined);

export const mbOf = (disk: Json | undefined): number => number(disk, 'size') ?? 0;
