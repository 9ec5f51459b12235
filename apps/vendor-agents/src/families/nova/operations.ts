import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { imageTag } from '../../vendor/tags.js';
import { asVendorError, VendorError } from '../../vendor/vendor-error.js';
import { faultOf } from './errors.js';
import { field, type Json, text } from '../../vendor/json.js';
import type { Services } from './services.js';

/** The id of a flavor by its name. @throws VendorError not-found */
export type FlavorId = (region: string, name: string) => Promise<string>;

/** What an operator may have switched off for everybody. */
export interface NovaAbilities {
  readonly suspends: boolean;
  readonly showsConsole: boolean;
}

/** As much of the end of a console as is worth carrying. */
const consoleLines = 500;

/** Compute API reference, "Servers - run an action". */
export class NovaOperations implements MachineOperations {
  readonly console?: (region: string, vendorId: string) => Promise<string>;

  constructor(
    private readonly cloud: Services,
    private readonly flavorId: FlavorId,
    private readonly abilities: NovaAbilities,
  ) {
    if (abilities.showsConsole) this.console = (region, vendorId) => this.consoleOf(region, vendorId);
  }

  /** Nova stops a machine only one way: it waits for the system for a while, then cuts the power. */
  async act(region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    if (!this.abilities.suspends && (action === 'suspend' || action === 'resume'))
      throw new VendorError('invalid-request', 'this cloud suspends no machines; stop it instead');
    await this.post(region, vendorId, action === 'restart' ? { reboot: { type: forced ? 'HARD' : 'SOFT' } } : plain[action]);
  }

  /**
   * Nova itself leaves a stopped machine stopped and starts one that ran. It tells only some failures of a resize it has taken: after
   * others the machine is as it was, and the next step asks for the resize again. The caller sets an end to that.
   */
  async resize(region: string, vendorId: string, size: string): Promise<boolean> {
    const flavorRef = await this.flavorId(region, size);
    const server = await this.server(region, vendorId);
    const status = text(server, 'status')?.toUpperCase() ?? '';
    if (status === 'VERIFY_RESIZE') return await this.confirm(region, vendorId);
    if (status === 'ERROR') throw broken(server);
    if (!settled.includes(status)) return false;
    if (text(server, 'flavor', 'id') === flavorRef) return true;
    await this.post(region, vendorId, { resize: { flavorRef } });
    return false;
  }

  /** Nova lets two images have one name: it ends in our token, and is looked up before a second try. */
  async save(region: string, vendorId: string, image: { readonly name: string; readonly token: string }): Promise<SavedImage> {
    const name = `${image.name.slice(0, longestName - image.token.length - 1)}-${image.token}`;
    const known = await this.saved(region, name);
    if (known) return known;
    const answer = await this.post(region, vendorId, { createImage: { name, metadata: { [imageTag]: image.token } } });
    // From microversion 2.45 on the answer tells the id; before, Glance has the image by the time that Nova answers.
    const imageId = text(answer, 'image_id');
    const begun = imageId === undefined ? await this.saved(region, name) : { vendorId: imageId, state: 'building' as const };
    if (!begun) throw new VendorError('unknown', `Nova took the order for the image and Glance does not show it yet`);
    return begun;
  }

  /** Compute API reference, "Show Console Output". Not every hypervisor has one (501), and a machine that has not begun to run has none (409). */
  private async consoleOf(region: string, vendorId: string): Promise<string> {
    try {
      const answer = await this.post(region, vendorId, { 'os-getConsoleOutput': { length: consoleLines } });
      return text(answer, 'output') ?? '';
    } catch (error) {
      if (asVendorError(error).reason === 'conflict') return '';
      throw error;
    }
  }

  /** A confirmation that is under way already is refused with a conflict. */
  private async confirm(region: string, vendorId: string): Promise<false> {
    try {
      await this.post(region, vendorId, { confirmResize: null });
    } catch (error) {
      if (asVendorError(error).reason !== 'conflict') throw error;
    }
    return false;
  }

  private async server(region: string, vendorId: string): Promise<Json> {
    const path = `/servers/${encodeURIComponent(vendorId)}`;
    const server = field(await this.cloud.call({ service: 'compute', region, method: 'GET', path }), 'server');
    if (server === undefined || text(server, 'id') === undefined)
      throw new VendorError('unknown', `the answer does not describe the server ${vendorId}`, { code: 'malformed' });
    return server;
  }

  private async post(region: string, vendorId: string, body: object): Promise<Json> {
    const path = `/servers/${encodeURIComponent(vendorId)}/action`;
    return await this.cloud.call({ service: 'compute', region, method: 'POST', path, body });
  }

  private async saved(region: string, name: string): Promise<SavedImage | undefined> {
    const path = `/v2/images?name=${encodeURIComponent(name)}&limit=200`;
    for await (const page of this.cloud.pages({ service: 'image', region, method: 'GET', path }, 'images')) {
      const [image] = page.filter((candidate) => text(candidate, 'name') === name).flatMap((item) => savedImageOf(item) ?? []);
      if (image) return image;
    }
    return undefined;
  }
}

/** The longest name that Nova and Glance take. */
const longestName = 255;

const plain: Readonly<Record<Exclude<PowerAction, 'restart'>, object>> = {
  start: { 'os-start': null },
  stop: { 'os-stop': null },
  suspend: { suspend: null },
  resume: { resume: null },
};

/** In these a resize is refused or taken; in others something is under way. */
const settled = ['ACTIVE', 'SHUTOFF', 'SUSPENDED', 'PAUSED', 'SHELVED', 'SHELVED_OFFLOADED', 'DELETED', 'SOFT_DELETED'];

function broken(server: Json): VendorError {
  const { reason, message, code } = faultOf(server);
  return new VendorError(reason, message, code === null ? {} : { code });
}

/** Image status (Image API reference, "Image status values"). A status that Glance adds one day counts as still building. */
const imageStates: Readonly<Record<string, SavedImage['state']>> = {
  active: 'active',
  killed: 'error',
  deleted: 'error',
  pending_delete: 'error',
  deactivated: 'error',
};

function savedImageOf(image: Json): SavedImage | undefined {
  const vendorId = text(image, 'id');
  return vendorId === undefined ? undefined : { vendorId, state: imageStates[text(image, 'status') ?? ''] ?? 'building' };
}
