import { Decimal } from 'decimal.js';
import { createHash } from 'node:crypto';
import type { VendorHttp } from '../../vendor/http.js';
import {
  type Instance,
  installationTag,
  type MachineOrder,
  type QuotaLeft,
  type Size,
  type TaggedInstance,
  type VendorDriver,
} from '../../vendor/port.js';
import { asVendorError, VendorError } from '../../vendor/vendor-error.js';
import { type ImageQuery, newestImage } from './images.js';
import { instanceOf, openZoneOf, sizeOf, taggedInstanceOf } from './mapping.js';
import { Ec2Networks } from './networks.js';
import { Ec2Operations } from './operations.js';
import { type Ec2Account, Ec2Query, type Params } from './query.js';
import { instancesLeft } from './quotas.js';
import { madeWith } from './tags.js';
import { Ec2Volumes } from './volumes.js';
import { items, text, type XmlElement } from '../../vendor/xml.js';

/** What differs from vendor to vendor of the family. */
export interface Ec2Profile extends Ec2Account {
  /** The region that is asked for the others. */
  readonly homeRegion: string;
  /** Whether the account attribute max-instances is the limit that holds. */
  readonly tellsMaxInstances: boolean;
  readonly images: Readonly<Record<string, ImageQuery>>;
  /** The account's own image ids, by portable name. */
  readonly imageIds: Readonly<Record<string, string>>;
}

/** Pages: the most that each action allows. */
const typesPerPage = 100;
const offeringsPerPage = 1_000;
const instancesPerPage = 1_000;

export class Ec2Driver implements VendorDriver {
  readonly operations: Ec2Operations;
  readonly volumes: Ec2Volumes;
  readonly networks: Ec2Networks;
  private readonly query: Ec2Query;
  /** Undefined for a type that cannot be bought on demand. */
  private readonly types = new Map<string, Size | undefined>();
  /** Types that are being described, with what ends once they are. */
  private readonly describing = new Map<string, Promise<void>>();
  private firstTypes: Promise<void> | undefined;

  constructor(
    private readonly profile: Ec2Profile,
    private readonly http: VendorHttp,
    now: () => number,
  ) {
    this.query = new Ec2Query(profile, http, now);
    this.operations = new Ec2Operations(this.query);
    this.volumes = new Ec2Volumes(this.query);
    this.networks = new Ec2Networks(this.query);
  }

  async check(): Promise<void> {
    await this.regions();
  }

  async regions(): Promise<readonly string[]> {
    const answer = await this.query.call(this.profile.homeRegion, 'DescribeRegions');
    return items(answer, 'regionInfo').flatMap((item) => text(item, 'regionName') ?? []);
  }

  async zones(region: string): Promise<readonly string[]> {
    const answer = await this.query.call(region, 'DescribeAvailabilityZones');
    const zones = items(answer, 'availabilityZoneInfo').flatMap((item) => openZoneOf(item) ?? []);
    if (zones.length === 0) throw new VendorError('unavailable', `${region} has no zone that takes machines now`);
    return zones;
  }

  async sizes(region: string): Promise<readonly Size[]> {
    const zonesOf = await this.zonesByType(region);
    const everywhere = new Set([...zonesOf.values()].flat()).size;
    const known = await this.describe(region, [...zonesOf.keys()]);
    return [...zonesOf].flatMap(([name, zones]) => {
      const size = known.get(name);
      if (!size) return [];
      return zones.length === everywhere ? size : { ...size, zones };
    });
  }

  async quotas(region: string): Promise<readonly QuotaLeft[]> {
    return this.profile.tellsMaxInstances ? await instancesLeft(this.query, region) : [];
  }

  mapsImage(name: string, architecture: string | null): boolean {
    return name in this.profile.imageIds || this.profile.images[name]?.name[architecture ?? 'x64'] !== undefined;
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const own = this.profile.imageIds[name];
    if (own !== undefined) return own;
    return await newestImage(this.query, this.profile.images, { name, architecture: architecture ?? 'x64', region });
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const keyName = order.sshKey === undefined ? undefined : await this.importKey(order.region, order.sshKey);
    const answer = await this.query.call(order.region, 'RunInstances', {
      ImageId: order.image,
      InstanceType: order.size,
      MinCount: 1,
      MaxCount: 1,
      ClientToken: token,
      Placement: { AvailabilityZone: order.zone },
      InstanceMarketOptions: order.spot && { MarketType: 'spot', SpotOptions: { MaxPrice: decimal(order.spot.maxPrice) } },
      KeyName: keyName,
      UserData: order.userData === undefined ? undefined : Buffer.from(order.userData).toString('base64'),
      ...madeWith('instance', { Name: order.name, ...order.tags }),
    });
    const [instance] = items(answer, 'instancesSet').flatMap((item) => instanceOf(item) ?? []);
    if (!instance) throw new VendorError('unknown', 'RunInstances answered without an instance', { code: 'malformed' });
    return instance;
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const answer = await this.query.call(region, 'DescribeInstances', { Filter: [{ Name: 'client-token', Value: [token] }] });
    const [instance] = instancesIn(answer).flatMap((item) => instanceOf(item) ?? []);
    return instance;
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    try {
      const answer = await this.query.call(region, 'DescribeInstances', { InstanceId: [vendorId] });
      return instancesIn(answer)
        .flatMap((item) => instanceOf(item) ?? [])
        .find((instance) => instance.vendorId === vendorId);
    } catch (error) {
      if (asVendorError(error).reason === 'not-found') return undefined;
      throw error;
    }
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const found: TaggedInstance[] = [];
    const params = {
      MaxResults: instancesPerPage,
      Filter: [
        { Name: `tag:${installationTag}`, Value: [installation] },
        { Name: 'instance-state-name', Value: ['pending', 'running', 'stopping', 'stopped'] },
      ],
    };
    for await (const reservations of this.query.pages(region, 'DescribeInstances', 'reservationSet', params)) {
      found.push(...reservations.flatMap((item) => items(item, 'instancesSet')).flatMap((item) => taggedInstanceOf(item) ?? []));
    }
    return found;
  }

  async delete(region: string, vendorId: string): Promise<void> {
    await this.query.call(region, 'TerminateInstances', { InstanceId: [vendorId] });
  }

  close(): void {
    this.http.close();
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

  /** The pair is named by a hash of the key, so that a second machine with the same key finds it there. */
  private async importKey(region: string, key: string): Promise<string> {
    const name = `agency-${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;
    try {
      await this.query.call(region, 'ImportKeyPair', { KeyName: name, PublicKeyMaterial: Buffer.from(key).toString('base64') });
    } catch (error) {
      if (asVendorError(error).vendorCode !== 'InvalidKeyPair.Duplicate') throw error;
    }
    return name;
  }
}

/** A number as EC2 takes it: without an exponent. */
const decimal = (value: number): string => new Decimal(value).toFixed();

const instancesIn = (answer: XmlElement) =>
  items(answer, 'reservationSet').flatMap((reservation) => items(reservation, 'instancesSet'));
