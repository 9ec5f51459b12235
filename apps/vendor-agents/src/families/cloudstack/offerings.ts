import { field, type Json, number, text } from '../../vendor/json.js';
import type { Size } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { CloudStackApi } from './cloudstack-api.js';
import type { Zones } from './zones.js';

interface Offering {
  readonly id: string;
  readonly size: Size;
}

/** Service offerings: the sizes of machines, by name. Those whose cores and memory are chosen with each machine are left out. */
export class Offerings {
  /** Ids by region and name, as last listed. */
  private readonly known = new Map<string, ReadonlyMap<string, string>>();

  constructor(
    private readonly api: CloudStackApi,
    private readonly zones: Zones,
  ) {}

  async sizes(region: string): Promise<readonly Size[]> {
    const zoneid = await this.zones.id(region);
    const listed = await this.api.list({ command: 'listServiceOfferings', params: { zoneid }, scope: region }, 'serviceoffering');
    const offerings = new Map<string, Offering>();
    for (const offering of listed.flatMap((item) => offeringOf(item, zoneid) ?? [])) {
      // Two may have one name: the first that is listed has it here.
      if (!offerings.has(offering.size.name)) offerings.set(offering.size.name, offering);
    }
    this.known.set(region, new Map([...offerings].map(([name, { id }]) => [name, id])));
    return [...offerings.values()].map(({ size }) => size);
  }

  /** @throws VendorError not-found when the zone has no offering of that name. */
  async id(region: string, name: string): Promise<string> {
    if (!this.known.get(region)?.has(name)) await this.sizes(region);
    const id = this.known.get(region)?.get(name);
    if (id === undefined) throw new VendorError('not-found', `${region} has no service offering '${name}' any more`);
    return id;
  }

  /** What was remembered may be the reason for a refusal. */
  forget(region: string): void {
    this.known.delete(region);
  }
}

/** listServiceOfferings: memory in MB, rootdisksize in GB where the offering says it. Undefined for one that is no size of that zone. */
function offeringOf(offering: Json, zone: string): Offering | undefined {
  const [id, name] = [text(offering, 'id'), text(offering, 'name')];
  const [cores, memory] = [number(offering, 'cpunumber'), number(offering, 'memory')];
  if (id === undefined || name === undefined || cores === undefined || memory === undefined) return undefined;
  if (!isFor(offering, zone)) return undefined;
  const size = {
    name,
    cores,
    memory: memory / 1024,
    disk: number(offering, 'rootdisksize') || null,
    gpu: field(offering, 'serviceofferingdetails', 'pciDevice') === undefined ? 0 : 1,
    // CloudStack runs on x86_64; that of the template decides where it runs on others too (4.20).
    architecture: 'x64',
  };
  return { id, size };
}

/** Neither for the cloud's own machines, nor chosen with each machine, nor of other zones alone: older releases do not filter by zone. */
function isFor(offering: Json, zone: string): boolean {
  const zones = text(offering, 'zoneid')?.split(',');
  const isOurs = field(offering, 'issystem') !== true && field(offering, 'iscustomized') !== true;
  return isOurs && (zones?.includes(zone) ?? true);
}
