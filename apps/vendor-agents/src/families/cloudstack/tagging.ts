import type { Json } from '../../vendor/json.js';
import { asVendorError } from '../../vendor/vendor-error.js';
import type { CloudStackApi } from './cloudstack-api.js';
import { tagParams } from './machines.js';

/** Kinds of resources that carry tags (API reference, createTags: resourcetype). */
export type Taggable = 'UserVm' | 'Volume' | 'Network' | 'PublicIpAddress';

export interface Tagged {
  readonly type: Taggable;
  readonly id: string;
}

/** Tags by createTags and deleteTags, which are jobs like all that changes anything. */
export class Tagging {
  constructor(private readonly api: CloudStackApi) {}

  /** A tag that a resource has already is refused by name, with all the others of that call: the refusal is no failure. */
  async add(region: string, { type, id }: Tagged, tags: Readonly<Record<string, string>>): Promise<void> {
    if (Object.keys(tags).length === 0) return;
    try {
      await this.change('createTags', region, { type, id }, tags);
    } catch (error) {
      if (!/already|duplicate/i.test(asVendorError(error).message)) throw error;
    }
  }

  async remove(region: string, tagged: Tagged, tags: Readonly<Record<string, string>>): Promise<void> {
    await this.change('deleteTags', region, tagged, tags);
  }

  private async change(
    command: string,
    region: string,
    { type, id }: Tagged,
    tags: Readonly<Record<string, string>>,
  ): Promise<Json> {
    const params = { resourcetype: type, resourceids: id, ...tagParams(tags) };
    return await this.api.finish({ command, params, scope: region });
  }
}
