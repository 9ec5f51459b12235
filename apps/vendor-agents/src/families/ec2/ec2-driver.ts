import { Decimal } from 'decimal.js';
import { createHash } from 'node:crypto';
import type { VendorHttp } from '../../vendor/http.js';
import type {
  AddressDriver,
  Instance,
  MachineOrder,
  NetworkDriver,
  QuotaLeft,
  Size,
  TaggedInstance,
  VendorDriver,
  VendorMetrics,
  VendorPrices,
  VolumeDriver,
} from '../../vendor/port.js';
import { asVendorError, VendorError } from '../../vendor/vendor-error.js';
import { items, text } from '../../vendor/xml.js';
import { type Ec2Finding, instancesIn } from './finding.js';
import type { Ec2Images } from './images.js';
import { instanceOf, openZoneOf } from './mapping.js';
import type { Ec2Operations } from './operations.js';
import type { Ec2Query, Params } from './query.js';
import { instancesLeft } from './quotas.js';
import type { Ec2Sizes } from './sizes.js';

/** What a cloud of the family consists of: each vendor puts it together of what this folder has. */
export interface Ec2Parts {
  readonly sizes: Ec2Sizes;
  readonly images: Ec2Images;
  readonly finding: Ec2Finding;
  readonly operations: Ec2Operations;
  readonly volumes?: VolumeDriver;
  readonly networks?: NetworkDriver;
  readonly addresses?: AddressDriver;
  readonly prices?: VendorPrices;
  readonly metrics?: VendorMetrics;
  readonly notices?: NonNullable<VendorDriver['notices']>;
}

/** What differs from vendor to vendor beside that. */
export interface Ec2Profile {
  /** The account's; the first is asked for the others, and where the cloud tells of none these are all. */
  readonly regions: readonly string[];
  /** Whether the account attribute max-instances is the limit that holds. */
  readonly tellsMaxInstances: boolean;
  /** What every machine is ordered with. */
  readonly runsWith?: Params;
}

export class Ec2Driver implements VendorDriver {
  readonly operations: Ec2Operations;
  readonly volumes?: VolumeDriver;
  readonly networks?: NetworkDriver;
  readonly addresses?: AddressDriver;
  readonly prices?: VendorPrices;
  readonly metrics?: VendorMetrics;
  readonly notices?: NonNullable<VendorDriver['notices']>;

  constructor(
    private readonly profile: Ec2Profile,
    private readonly query: Ec2Query,
    private readonly parts: Ec2Parts,
    private readonly http: VendorHttp,
  ) {
    const { operations, volumes, networks, addresses, prices, metrics, notices } = parts;
    this.operations = operations;
    if (volumes) this.volumes = volumes;
    if (networks) this.networks = networks;
    if (addresses) this.addresses = addresses;
    if (prices) this.prices = prices;
    if (metrics) this.metrics = metrics;
    if (notices) this.notices = notices;
  }

  async check(): Promise<void> {
    await this.regions();
  }

  async regions(): Promise<readonly string[]> {
    const [home = ''] = this.profile.regions;
    const answer = await this.query.call(home, 'DescribeRegions');
    const told = items(answer, 'regionInfo').flatMap((item) => text(item, 'regionName') ?? []);
    return told.length > 0 ? told : this.profile.regions;
  }

  async zones(region: string): Promise<readonly string[]> {
    const answer = await this.query.call(region, 'DescribeAvailabilityZones');
    const zones = items(answer, 'availabilityZoneInfo').flatMap((item) => openZoneOf(item) ?? []);
    if (zones.length === 0) throw new VendorError('unavailable', `${region} has no zone that takes machines now`);
    return zones;
  }

  async sizes(region: string): Promise<readonly Size[]> {
    return await this.parts.sizes.in(region);
  }

  async quotas(region: string): Promise<readonly QuotaLeft[]> {
    return this.profile.tellsMaxInstances ? await instancesLeft(this.query, region) : [];
  }

  mapsImage(name: string, architecture: string | null): boolean {
    return this.parts.images.maps(name, architecture);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    return await this.parts.images.image(name, architecture, region);
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const keyName = order.sshKey === undefined ? undefined : await this.importKey(order.region, order.sshKey);
    const answer = await this.query.call(order.region, 'RunInstances', {
      ImageId: order.image,
      InstanceType: order.size,
      MinCount: 1,
      MaxCount: 1,
      Placement: { AvailabilityZone: order.zone },
      InstanceMarketOptions: order.spot && { MarketType: 'spot', SpotOptions: { MaxPrice: decimal(order.spot.maxPrice) } },
      KeyName: keyName,
      UserData: order.userData === undefined ? undefined : Buffer.from(order.userData).toString('base64'),
      ...this.profile.runsWith,
      ...this.parts.finding.marks(order, token),
    });
    const [instance] = items(answer, 'instancesSet').flatMap((item) => instanceOf(item) ?? []);
    if (!instance) throw new VendorError('unknown', 'RunInstances answered without an instance', { code: 'malformed' });
    await this.parts.finding.made(order, instance);
    return instance;
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    return await this.parts.finding.find(region, token);
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    try {
      const answer = await this.query.call(region, 'DescribeInstances', { InstanceId: [vendorId] });
      return instancesIn(items(answer, 'reservationSet'))
        .flatMap((item) => instanceOf(item) ?? [])
        .find((instance) => instance.vendorId === vendorId);
    } catch (error) {
      if (asVendorError(error).reason === 'not-found') return undefined;
      throw error;
    }
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    return await this.parts.finding.list(region, installation);
  }

  /** Where a machine that nobody knows is no error it is left out of the answer. */
  async delete(region: string, vendorId: string): Promise<void> {
    const answer = await this.query.call(region, 'TerminateInstances', { InstanceId: [vendorId] });
    if (!items(answer, 'instancesSet').some((item) => text(item, 'instanceId') === vendorId))
      throw new VendorError('not-found', `${region} has no machine ${vendorId}`);
  }

  close(): void {
    this.http.close();
  }

  /** The pair is named by a hash of the key, so that a second machine with the same key finds it there. */
  private async importKey(region: string, key: string): Promise<string> {
    const name = `agency-${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;
    try {
      await this.query.call(region, 'ImportKeyPair', { KeyName: name, PublicKeyMaterial: Buffer.from(key).toString('base64') });
    } catch (error) {
      const { vendorCode } = asVendorError(error);
      const isThere =
        vendorCode === 'InvalidKeyPair.Duplicate' || (vendorCode === 'GeneralError' && (await this.hasKey(region, name)));
      if (!isThere) throw error;
    }
    return name;
  }

  /** Nimbus does not say why it refuses a key. */
  private async hasKey(region: string, name: string): Promise<boolean> {
    const answer = await this.query.call(region, 'DescribeKeyPairs', { KeyName: [name] });
    return items(answer, 'keySet').some((item) => text(item, 'keyName') === name);
  }
}

/** A number as EC2 takes it: without an exponent. */
const decimal = (value: number): string => new Decimal(value).toFixed();
