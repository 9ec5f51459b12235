import { type Json, text } from '../../vendor/json.js';
import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { BrightboxApi } from './brightbox-api.js';
import { savedImageOf } from './mapping.js';
import { BrightboxResizing } from './resizing.js';
import { idOf, serverPath } from './resources.js';

/** `shutdown` and `reboot` ask the system (ACPI), `stop` and `reset` do not. */
const gentle: Readonly<Partial<Record<PowerAction, string>>> = { start: 'start', stop: 'shutdown', restart: 'reboot' };
const forceful: Readonly<Partial<Record<PowerAction, string>>> = { start: 'start', stop: 'stop', restart: 'reset' };

export class BrightboxOperations implements MachineOperations {
  private readonly resizing: BrightboxResizing;

  constructor(private readonly api: BrightboxApi) {
    this.resizing = new BrightboxResizing(api);
  }

  async act(region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    const verb = (forced ? forceful : gentle)[action];
    if (verb === undefined) throw new VendorError('invalid-request', `Brightbox has no way to ${action} a server`);
    await this.api.call(region, 'POST', serverPath(vendorId, `/${verb}`), {});
  }

  async resize(region: string, vendorId: string, size: string): Promise<boolean> {
    return await this.resizing.step(region, vendorId, size);
  }

  /**
   * A snapshot has no name until it is given one: one that is being made and has none of ours is what an earlier call has begun, and
   * could not name any more.
   */
  async save(region: string, vendorId: string, { name, token }: { name: string; token: string }): Promise<SavedImage> {
    const before = await this.api.list(region, '/images');
    const named = before.find((image) => (text(image, 'name') ?? '').endsWith(token));
    if (named !== undefined) return savedImageOf(named);
    const isNew = (image: Json): boolean =>
      isSnapshotOf(image, vendorId) && text(image, 'status') === 'creating' && !isOurs(image);
    const begun = before.find(isNew) ?? (await this.snapshot(region, vendorId, before));
    const path = `/images/${encodeURIComponent(idOf(begun))}`;
    return savedImageOf(await this.api.call(region, 'PUT', path, { name: `${name}-${token}` }));
  }

  /** The answer tells of the server: which image it became only the list does. */
  private async snapshot(region: string, vendorId: string, before: readonly Json[]): Promise<Json> {
    const known = new Set(before.map(idOf));
    await this.api.call(region, 'POST', serverPath(vendorId, '/snapshot'), {});
    const made = (await this.api.list(region, '/images')).find(
      (image) => isSnapshotOf(image, vendorId) && !known.has(idOf(image)),
    );
    if (made === undefined) throw new VendorError('conflict', 'the snapshot is not listed yet', { underWay: true });
    return made;
  }
}

const isSnapshotOf = (image: Json, server: string): boolean =>
  text(image, 'source_type') === 'snapshot' && text(image, 'source') === server;

const isOurs = (image: Json): boolean => /-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text(image, 'name') ?? '');
