import { type Json, text } from '../../vendor/json.js';
import { asVendorError, VendorError } from '../../vendor/vendor-error.js';
import { idOf, type OnAppApi } from './onapp-api.js';

/** A zone is a hypervisor zone, by its label. Which there are is for administrators only at some operators: then the region is the one zone. */
export class Zones {
  /** Of each hypervisor that a machine has been seen on; null where the user may not know. */
  private readonly byHypervisor = new Map<string, string | null>();

  constructor(private readonly api: OnAppApi) {}

  async names(region: string): Promise<readonly string[]> {
    const names = [...(await this.groups(region)).values()];
    return names.length === 0 ? [region] : names;
  }

  /** The id of a zone; undefined where there are none to choose from. @throws VendorError invalid-request */
  async group(region: string, zone: string): Promise<number | undefined> {
    const groups = [...(await this.groups(region))];
    if (groups.length === 0 && zone === region) return undefined;
    const [id] = groups.find(([, name]) => name === zone) ?? [];
    if (id === undefined) throw new VendorError('invalid-request', `there is no hypervisor zone '${zone}'`);
    return Number(id);
  }

  /** Where a machine is; null when nobody says. */
  async of(region: string, machine: Json): Promise<string | null> {
    const hypervisor = text(machine, 'hypervisor_id');
    if (hypervisor === undefined) return null;
    if (!this.byHypervisor.has(hypervisor)) await this.learn(region);
    const zone = this.byHypervisor.get(hypervisor) ?? null;
    this.byHypervisor.set(hypervisor, zone);
    return zone;
  }

  private async learn(region: string): Promise<void> {
    const groups = await this.groups(region);
    const hypervisors = await this.readable('settings/hypervisors', 'hypervisor', region);
    for (const hypervisor of hypervisors)
      this.byHypervisor.set(idOf(hypervisor), groups.get(text(hypervisor, 'hypervisor_group_id') ?? '') ?? null);
  }

  private async groups(region: string): Promise<ReadonlyMap<string, string>> {
    const groups = await this.readable('settings/hypervisor_zones', 'hypervisor_group', region);
    return new Map(groups.map((group) => [idOf(group), text(group, 'label') ?? idOf(group)]));
  }

  private async readable(path: string, root: string, region: string): Promise<readonly Json[]> {
    try {
      return await this.api.list(path, root, region);
    } catch (error) {
      if (asVendorError(error).reason === 'forbidden') return [];
      throw error;
    }
  }
}
