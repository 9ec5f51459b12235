import { entries, type Json, text } from '../../vendor/json.js';
import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { instanceOf, savedImageOf } from './mapping.js';
import type { PtcApi } from './ptc-api.js';

type Tags = Readonly<Record<string, string>>;

/** On a machine that ran when its resize began, until it runs again. */
const resizingTag = 'agency.resizing';

export class PtcOperations implements MachineOperations {
  constructor(private readonly api: PtcApi) {}

  /** PTC has one way to stop a machine, and one to restart it. */
  async act(region: string, vendorId: string, action: PowerAction): Promise<void> {
    await this.ask(region, vendorId, { action });
  }

  /** PTC resizes what is stopped. A machine that ran carries a tag meanwhile: PTC remembers for us that it is to be started again. */
  async resize(region: string, vendorId: string, size: string): Promise<boolean> {
    const machine = await this.api.in(region, 'GET', pathOf(vendorId));
    const { state } = instanceOf(machine);
    const { [resizingTag]: ran, ...tags } = tagsOf(machine);
    if (state === 'building') throw new VendorError('conflict', `${vendorId} is changing`, { underWay: true });
    if (text(machine, 'size') !== size) {
      await this.towards(region, vendorId, size, state === 'inactive' ? undefined : tags);
      return false;
    }
    if (ran === undefined) return true;
    if (state === 'active') await this.tag(region, vendorId, tags);
    else await this.ask(region, vendorId, { action: 'start' });
    return state === 'active';
  }

  async save(region: string, vendorId: string, image: { readonly name: string; readonly token: string }): Promise<SavedImage> {
    return savedImageOf(await this.api.in(region, 'POST', `${pathOf(vendorId)}/images`, image));
  }

  async console(region: string, vendorId: string): Promise<string> {
    return text(await this.api.in(region, 'GET', `${pathOf(vendorId)}/console`), 'text') ?? '';
  }

  /** @param tags of a machine that runs, which has to be stopped first. */
  private async towards(region: string, vendorId: string, size: string, tags: Tags | undefined): Promise<void> {
    if (tags) await this.tag(region, vendorId, { ...tags, [resizingTag]: 'yes' });
    await this.ask(region, vendorId, tags ? { action: 'stop' } : { action: 'resize', size });
  }

  private async tag(region: string, vendorId: string, tags: Tags): Promise<void> {
    await this.api.in(region, 'PUT', `${pathOf(vendorId)}/tags`, tags);
  }

  private async ask(region: string, vendorId: string, wish: object): Promise<void> {
    await this.api.in(region, 'POST', `${pathOf(vendorId)}/actions`, wish);
  }
}

const tagsOf = (machine: Json): Tags =>
  Object.fromEntries(entries(machine, 'tags').map(([name, value]) => [name, text(value) ?? '']));

const pathOf = (vendorId: string): string => `/machines/${encodeURIComponent(vendorId)}`;
