import { type Json, number, text } from '../../vendor/json.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { GandiApi } from './gandi-api.js';

/** Gandi's data centres are the Agency's regions, by their codes in lower-case letters: `fr-sd2`. */
export class Datacenters {
  private known: Promise<ReadonlyMap<string, number>> | undefined;

  constructor(private readonly api: GandiApi) {}

  /** As they are now. */
  async names(): Promise<readonly string[]> {
    this.known = undefined;
    return [...(await this.all()).keys()];
  }

  /** @throws VendorError not-found */
  async id(region: string): Promise<number> {
    const all = await this.all();
    const id = all.get(region.toLowerCase());
    if (id !== undefined) return id;
    throw new VendorError('not-found', `Gandi has no data centre '${region}'; it has ${[...all.keys()].join(', ')}`);
  }

  /** Asked once; again after a failure. */
  private async all(): Promise<ReadonlyMap<string, number>> {
    this.known ??= this.api.all('hosting.datacenter.list').then((rows) => new Map(rows.flatMap(entryOf)));
    try {
      return await this.known;
    } catch (error) {
      this.known = undefined;
      throw error;
    }
  }
}

/** Those without a code, as there were once, are called after their country. */
function entryOf(datacenter: Json): readonly (readonly [string, number])[] {
  const [id, name] = [number(datacenter, 'id'), text(datacenter, 'dc_code') ?? text(datacenter, 'iso')];
  return id === undefined || name === undefined ? [] : [[name.toLowerCase(), id]];
}
