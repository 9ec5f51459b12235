import { type Json, text } from '../../vendor/json.js';
import { malformed } from '../../vendor/refusal.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { FcoApi } from './fco-api.js';

export interface Vdc {
  readonly uuid: string;
  readonly name: string;
  readonly cluster: string;
}

/** A region is a cluster, a zone a virtual data centre of it; both by the names that their operator gave them. */
export class Places {
  /** Their UUIDs never change. */
  private readonly clusters = new Map<string, string>();

  constructor(private readonly api: FcoApi) {}

  async regions(): Promise<readonly string[]> {
    for (const cluster of await this.api.list('cluster', 'flexiant')) this.clusters.set(nameOf(cluster), uuidOf(cluster));
    return [...this.clusters.keys()];
  }

  /** The UUID of a cluster. @throws VendorError invalid-request */
  async cluster(region: string): Promise<string> {
    if (!this.clusters.has(region)) await this.regions();
    const uuid = this.clusters.get(region);
    if (uuid === undefined) throw new VendorError('invalid-request', `the account has no cluster '${region}'`);
    return uuid;
  }

  async vdcs(region: string): Promise<readonly Vdc[]> {
    const cluster = await this.cluster(region);
    const found = await this.api.list('vdc', region, [{ field: 'clusterUUID', condition: 'IS_EQUAL_TO', value: cluster }]);
    return found.map((vdc) => ({ uuid: uuidOf(vdc), name: nameOf(vdc), cluster }));
  }

  /** @throws VendorError invalid-request */
  async vdc(region: string, zone: string): Promise<Vdc> {
    const found = (await this.vdcs(region)).find(({ name }) => name === zone);
    if (!found) throw new VendorError('invalid-request', `cluster ${region} has no virtual data centre '${zone}'`);
    return found;
  }
}

/** @throws VendorError unknown for what is no resource. */
export function uuidOf(resource: Json): string {
  const uuid = text(resource, 'resourceUUID');
  if (uuid === undefined) throw malformed('a resource has no resourceUUID');
  return uuid;
}

export const nameOf = (resource: Json): string => text(resource, 'resourceName') ?? uuidOf(resource);
