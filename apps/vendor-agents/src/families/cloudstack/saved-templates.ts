import { createHash } from 'node:crypto';
import { field, type Json, text } from '../../vendor/json.js';
import type { SavedImage } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { CloudStackApi } from './cloudstack-api.js';
import type { Machines } from './machines.js';
import type { Zones } from './zones.js';

/** The longest name that createTemplate takes (TemplateManagerImpl of the source). */
const longestName = 32;
const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

interface Wish {
  readonly name: string;
  readonly token: string;
}

/**
 * Templates of machines. A machine that runs is saved in two steps: a snapshot of its root disk, then a template of the snapshot. The
 * template has no id before the second; until then, and so that it has one name all along, it is known here by its name, which carries our
 * token.
 */
export class SavedTemplates {
  constructor(
    private readonly api: CloudStackApi,
    private readonly zones: Zones,
    private readonly machines: Machines,
  ) {}

  /** Takes the next step, whichever an earlier call with this token has come to. */
  async save(region: string, machine: string, wish: Wish): Promise<SavedImage> {
    const name = templateName(wish);
    const template = await this.called(region, name);
    const snapshot = await this.snapshot(region, name);
    if (template) {
      const saved = savedImageOf(template, name);
      // The snapshot has been copied: it costs for nothing.
      if (saved.state === 'active' && snapshot) await this.deleteSnapshot(region, snapshot);
      return saved;
    }
    if (!snapshot) await this.takeSnapshot(region, machine, name);
    else if (text(snapshot, 'state') === 'BackedUp') await this.makeTemplate(region, machine, wish, snapshot);
    return { vendorId: name, state: text(snapshot, 'state') === 'Error' ? 'error' : 'building' };
  }

  /** The id of a template, given that or the name of one that was saved. @throws VendorError not-found */
  async id(region: string, image: string): Promise<string> {
    if (uuid.test(image) || !savedName.test(image)) return image;
    const id = text(await this.called(region, image), 'id');
    if (id === undefined) throw new VendorError('not-found', `${region} has no template '${image}'`);
    return id;
  }

  private async called(region: string, name: string): Promise<Json | undefined> {
    const params = { templatefilter: 'self', zoneid: await this.zones.id(region), name };
    const templates = await this.api.list({ command: 'listTemplates', params, scope: region }, 'template');
    return templates.find((template) => text(template, 'name') === name);
  }

  private async snapshot(region: string, name: string): Promise<Json | undefined> {
    const snapshots = await this.api.list({ command: 'listSnapshots', params: { name }, scope: region }, 'snapshot');
    return snapshots.find((snapshot) => text(snapshot, 'name') === name);
  }

  private async takeSnapshot(region: string, machine: string, name: string): Promise<void> {
    const params = { virtualmachineid: machine, type: 'ROOT' };
    const volumes = await this.api.list({ command: 'listVolumes', params, scope: region }, 'volume');
    const volumeid = text(volumes[0], 'id');
    if (volumeid === undefined) throw new VendorError('not-found', `the machine ${machine} has no root disk`);
    await this.api.begin({ command: 'createSnapshot', params: { volumeid, name }, scope: region });
  }

  private async makeTemplate(region: string, machine: string, wish: Wish, snapshot: Json): Promise<void> {
    const described = await this.machines.require(region, machine);
    const params = {
      name: templateName(wish),
      displaytext: `${wish.name} ${wish.token}`.trim(),
      snapshotid: text(snapshot, 'id'),
      ostypeid: text(described, 'guestosid') ?? text(described, 'ostypeid'),
    };
    await this.api.begin({ command: 'createTemplate', params, scope: region });
  }

  private async deleteSnapshot(region: string, snapshot: Json): Promise<void> {
    await this.api.begin({ command: 'deleteSnapshot', params: { id: text(snapshot, 'id') }, scope: region });
  }
}

const savedName = /-[0-9a-f]{16}$/;

function templateName({ name, token }: Wish): string {
  const mark = createHash('sha256').update(token).digest('hex').slice(0, 16);
  const wanted = name.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, longestName - mark.length - 1);
  return `${wanted || 'image'}-${mark}`;
}

/** `isready`, and a status in words: `Download Complete`, `Failed to …` (listTemplates). */
function savedImageOf(template: Json, name: string): SavedImage {
  if (field(template, 'isready') === true) return { vendorId: name, state: 'active' };
  return { vendorId: name, state: /error|fail|abandon/i.test(text(template, 'status') ?? '') ? 'error' : 'building' };
}
