import { imageAmong, type ListedImage, type WantedImage } from '../../vendor/image-names.js';
import { field, type Json, text } from '../../vendor/json.js';
import { machineLabel } from '../../vendor/machine-label.js';
import type { SavedImage } from '../../vendor/port.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { primaryDisk } from './disks.js';
import { pathOf } from './machines.js';
import { idOf, type OnAppApi } from './onapp-api.js';

export interface ImageWish {
  readonly name: string;
  readonly token: string;
}

/** MB: as much as the smallest machine has. */
const leastMemory = 256;

/** Images are templates; one is saved by converting a backup of a disk. */
export class Templates {
  constructor(
    private readonly api: OnAppApi,
    private readonly own: Readonly<Record<string, string>>,
  ) {}

  async named(wanted: WantedImage): Promise<string> {
    const active = (await this.all(wanted.region)).filter(isActive);
    const images = active.map((template): ListedImage => ({
      id: idOf(template),
      name: labelOf(template),
      architecture: text(template, 'operating_system_arch'),
      created: text(template, 'created_at'),
    }));
    return imageAmong(images, this.own, wanted);
  }

  /** The number of a template by its number, or by the label that `save` gave it. @throws VendorError not-found */
  async id(region: string, image: string): Promise<number> {
    if (/^\d+$/.test(image)) return Number(image);
    const template = await this.labelled(region, image);
    if (template === undefined) throw new VendorError('not-found', `there is no template '${image}'`);
    return Number(idOf(template));
  }

  /**
   * A backup of the primary disk, then the template made of it, which needs no backup any more. Each step finds what an earlier call has
   * made by its label; the image is known by it too, since it has a number only when the backup is done.
   */
  async save(region: string, machine: string, { name, token }: ImageWish): Promise<SavedImage> {
    const label = machineLabel(name, '', token);
    const [template, backup] = [await this.labelled(region, label), await this.backup(region, machine, label)];
    if (template !== undefined && isActive(template)) {
      if (backup !== undefined) await unlessGone(this.api.delete(backupPath(backup), region));
      return { vendorId: label, state: 'active' };
    }
    if (template === undefined) await this.goOn(region, machine, { label, backup });
    return { vendorId: label, state: 'building' };
  }

  private async goOn(region: string, machine: string, { label, backup }: { label: string; backup: Json | undefined }) {
    const disk = await primaryDisk(this.api, region, machine);
    if (backup === undefined) {
      const path = `settings/disks/${encodeURIComponent(disk.id)}/backups`;
      await this.api.act(path, { backup: { note: label } }, region);
    } else if (field(backup, 'built') === true) {
      const wish = { label, min_disk_size: disk.gb, min_memory_size: leastMemory };
      await this.api.act(`${backupPath(backup)}/convert`, { backup: wish }, region);
    }
  }

  private async backup(region: string, machine: string, note: string): Promise<Json | undefined> {
    const backups = await unlessGone(this.api.list(`${pathOf(machine)}/backups`, 'backup', region));
    return backups?.find((backup) => text(backup, 'note') === note);
  }

  private async labelled(region: string, label: string): Promise<Json | undefined> {
    return (await this.all(region)).find((template) => labelOf(template) === label);
  }

  private async all(region: string): Promise<readonly Json[]> {
    return await this.api.list('templates', 'image_template', region);
  }
}

const isActive = (template: Json): boolean => text(template, 'state') === 'active';
const labelOf = (template: Json): string => text(template, 'label') ?? '';
const backupPath = (backup: Json): string => `backups/${encodeURIComponent(idOf(backup))}`;
