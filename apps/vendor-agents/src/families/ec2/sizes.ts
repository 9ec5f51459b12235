import type { Size } from '../../vendor/port.js';
import { items, number, text, type XmlNode } from '../../vendor/xml.js';
import { sizeOf } from './mapping.js';
import type { Ec2Query, Params } from './query.js';

/** What a region sells. */
export interface Ec2Sizes {
  in(region: string): Promise<readonly Size[]>;
}

/** Pages: the most that each action allows. */
const typesPerPage = 100;
const offeringsPerPage = 1_000;

/** Amazon's types: what they are, and which zones have them. */
export class OfferedSizes implements Ec2Sizes {
  /** Undefined for a type that cannot be bought on demand. */
  private readonly types = new Map<string, Size | undefined>();
  /** Types that are being described, with what ends once they are. */
  private readonly describing = new Map<string, Promise<void>>();
  private firstTypes: Promise<void> | undefined;

  constructor(private readonly query: Ec2Query) {}

  async in(region: string): Promise<readonly Size[]> {
    const zonesOf = await this.zonesByType(region);
    const everywhere = new Set([...zonesOf.values()].flat()).size;
    const known = await this.describe(region, [...zonesOf.keys()]);
    return [...zonesOf].flatMap(([name, zones]) => {
      const size = known.get(name);
      if (!size) return [];
      return zones.length === everywhere ? size : { ...size, zones };
    });
  }

  /** A type is the same in every region that has it: each is described once, all of one region's in pages, what others add by name. */
  private async describe(region: string, names: readonly string[]): Promise<ReadonlyMap<string, Size | undefined>> {
    await (this.firstTypes ??= this.describePages(region, {}).catch((error: unknown) => {
      this.firstTypes = undefined;
      throw error;
    }));
    const missing = names.filter((name) => !this.types.has(name) && !this.describing.has(name));
    for (let start = 0; start < missing.length; start += typesPerPage)
      this.describeNamed(region, missing.slice(start, start + typesPerPage));
    await Promise.all(names.flatMap((name) => this.describing.get(name) ?? []));
    return this.types;
  }

  /** What another region asks for meanwhile waits for the same answer. */
  private describeNamed(region: string, names: readonly string[]): void {
    const described = this.describePages(region, { InstanceType: names })
      .then(() => {
        for (const name of names) if (!this.types.has(name)) this.types.set(name, undefined);
      })
      .finally(() => {
        for (const name of names) this.describing.delete(name);
      });
    for (const name of names) this.describing.set(name, described);
  }

  private async describePages(region: string, which: Params): Promise<void> {
    const params = 'InstanceType' in which ? which : { MaxResults: typesPerPage };
    for await (const page of this.query.pages(region, 'DescribeInstanceTypes', 'instanceTypeSet', params)) {
      for (const item of page) {
        const name = text(item, 'instanceType');
        if (name !== undefined) this.types.set(name, sizeOf(item));
      }
    }
  }

  /** Not every zone of a region has every type. */
  private async zonesByType(region: string): Promise<Map<string, string[]>> {
    const zones = new Map<string, string[]>();
    const params = { LocationType: 'availability-zone', MaxResults: offeringsPerPage };
    for await (const page of this.query.pages(region, 'DescribeInstanceTypeOfferings', 'instanceTypeOfferingSet', params)) {
      for (const item of page) {
        const [type, zone] = [text(item, 'instanceType'), text(item, 'location')];
        if (type === undefined || zone === undefined) continue;
        const known = zones.get(type);
        if (known) known.push(zone);
        else zones.set(type, [zone]);
      }
    }
    return zones;
  }
}

/**
 * Eucalyptus has an action of the same name and another shape (euca-describe-instance-types, from 3.3 on): name, cores, and in MB and GB
 * memory and disk. Every zone has every type.
 */
export class EucalyptusSizes implements Ec2Sizes {
  constructor(private readonly query: Ec2Query) {}

  async in(region: string): Promise<readonly Size[]> {
    const answer = await this.query.call(region, 'DescribeInstanceTypes');
    return items(answer, 'instanceTypeDetails').flatMap((item) => eucalyptusSizeOf(item) ?? []);
  }
}

function eucalyptusSizeOf(item: XmlNode): Size | undefined {
  const [name, cores, memory] = [text(item, 'name'), number(item, 'cpu'), number(item, 'memory')];
  if (name === undefined || cores === undefined || memory === undefined) return undefined;
  return { name, cores, memory: memory / 1024, disk: number(item, 'disk') ?? null, gpu: 0, architecture: 'x64' };
}

/** Where the vendor tells none: the same everywhere. */
export class FixedSizes implements Ec2Sizes {
  constructor(
    private readonly query: Ec2Query,
    private readonly sizes: readonly Size[],
  ) {}

  /** Only of a cloud that answers. */
  async in(region: string): Promise<readonly Size[]> {
    await this.query.call(region, 'DescribeAvailabilityZones');
    return this.sizes;
  }
}
