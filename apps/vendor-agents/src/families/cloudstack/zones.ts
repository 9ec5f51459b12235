import { type Json, text } from '../../vendor/json.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { CloudStackApi } from './cloudstack-api.js';

/** CloudStack's zones, which are the regions here: networks, volumes and offers are of one zone. */
export class Zones {
  /** Ids by name, as last listed. */
  private ids: ReadonlyMap<string, string> = new Map();

  constructor(private readonly api: CloudStackApi) {}

  async list(): Promise<readonly string[]> {
    const zones = await this.api.list({ command: 'listZones', params: { available: 'true' }, scope: 'zones' }, 'zone');
    this.ids = new Map(zones.filter(isOpen).map((zone) => [text(zone, 'name') ?? '', text(zone, 'id') ?? '']));
    return [...this.ids.keys()].filter((name) => name !== '');
  }

  /** @throws VendorError not-found */
  async id(name: string): Promise<string> {
    if (!this.ids.has(name)) await this.list();
    const id = this.ids.get(name);
    if (!id) throw new VendorError('not-found', `CloudStack has no zone '${name}' that takes machines`);
    return id;
  }
}

const isOpen = (zone: Json): boolean => text(zone, 'allocationstate') !== 'Disabled';
