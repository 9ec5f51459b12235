import type { Clock } from '@cloud-agency/runtime';
import type { CloudDescription } from '../catalogue/catalogue.js';
import type { Profile, RegionProfile } from '../catalogue/profile.js';
import { freeSize, type Size } from '../catalogue/size.js';
import type { Disk, KeyPair } from './disk.js';
import type { Faults } from './faults.js';
import type { Fleet, NewInstance } from './fleet.js';
import { type Instance, occupiesRoom } from './instance.js';
import { PriceList } from './price-list.js';
import { Refusal } from './refusal.js';

export interface InstanceOrder {
  /** One for each instance wanted; together they stand in one zone or none does. */
  readonly ids: readonly string[];
  readonly region: RegionProfile;
  /** null: the cloud picks the emptiest. */
  readonly zone: string | null;
  readonly size: Size;
  readonly image: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly keyName: string | null;
  readonly userData?: string | undefined;
  readonly spot?: boolean;
  /** They are made by way of `booting`, and not started. */
  readonly stopped?: boolean;
  /** One that the account has reserved; absent: the testbed chooses. */
  readonly address?: string;
  readonly request: Instance['request'];
}

export interface CloudParts {
  readonly fleet: Fleet;
  readonly disk: Disk;
  readonly faults: Faults;
  readonly clock: Clock;
  /** What an instance that cannot boot ends in. */
  readonly failedBoot: 'terminated' | 'error';
}

/** One simulated cloud: what it has, what it has room for, and whose instances are its own. Faces speak for it. */
export class Cloud {
  readonly profile: Profile;
  readonly prices: PriceList;
  private readonly regions: ReadonlyMap<string, RegionProfile>;

  constructor(
    readonly description: CloudDescription,
    private readonly parts: CloudParts,
  ) {
    this.profile = description.profile;
    this.prices = new PriceList(description.sizes);
    this.regions = new Map(this.profile.regions.map((region) => [region.region, region]));
  }

  get name(): string {
    return this.profile.vendor;
  }

  get face(): string {
    return this.profile.face;
  }

  /** The sizes a volume may have, in whole GiB. */
  get volumeSizes(): { readonly least: number; readonly most: number } {
    const [limits] = this.profile.elasticDisk;
    return { least: Number.parseInt(String(limits?.least ?? '1')), most: Number.parseInt(String(limits?.most ?? '16384')) };
  }

  region(name: string): RegionProfile | undefined {
    return this.regions.get(name);
  }

  sizes(region: string): readonly Size[] {
    return this.description.sizes().get(region) ?? [];
  }

  size(region: string, name: string): Size | undefined {
    return this.sizes(region).find((size) => size.name === name) ?? (this.profile.freeSizes ? freeSize(name) : undefined);
  }

  instances(region: string): Instance[] {
    return this.parts.fleet.all().filter((instance) => instance.cloud === this.name && instance.region === region);
  }

  instance(region: string, id: string): Instance | undefined {
    const instance = this.parts.fleet.get(id);
    return instance?.cloud === this.name && instance.region === region ? instance : undefined;
  }

  /** How many more fit in a zone. */
  room(region: RegionProfile, zone: string): number {
    return (
      region.capacity -
      this.instances(region.region).filter((instance) => instance.zone === zone && occupiesRoom(instance)).length
    );
  }

  /**
   * Starts instances. They are on disk when it returns.
   * @throws Refusal quota or no-capacity; then none is started.
   */
  create(order: InstanceOrder): Instance[] {
    this.checkQuota(order);
    const zone = this.zoneFor(order);
    return this.parts.fleet.place(
      this.wanted(order, zone, this.bootOf(order.region, zone, order.stopped ? 'stopped' : 'running')),
    );
  }

  /** Makes instances that do not run, where a protocol starts them by a request of its own: room and quota are looked at by `boot`. */
  createStopped(order: InstanceOrder): Instance[] {
    const zone = order.zone ?? order.region.zones[0] ?? '';
    return this.parts.fleet.place(this.wanted(order, zone, { state: 'stopped', change: null, fault: null }));
  }

  /** Starts one that was made stopped for the first time. @throws Refusal wrong-state, quota or no-capacity */
  boot(instance: Instance): Instance {
    const region = this.region(instance.region);
    if (!region) throw new Refusal('no-capacity', `There is no region ${instance.region} any more.`);
    this.checkQuota({ region, ids: [] });
    const zone = this.zoneFor({ region, zone: instance.zone, ids: [] });
    return this.parts.fleet.boot(instance, this.bootOf(region, zone, 'running'));
  }

  /** Keeps a record of instances that could not be started, where a protocol answers before it knows. */
  createFailed(order: InstanceOrder, message: string): Instance[] {
    const zone = order.zone ?? order.region.zones[0] ?? '';
    return this.parts.fleet.place(
      this.wanted(order, zone, { state: 'error', change: null, fault: { code: 500, message, at: this.parts.clock.now() } }),
    );
  }

  keyPairs(region: string): KeyPair[] {
    return this.parts.disk.keyPairs(this.name, region);
  }

  keyPair(region: string, name: string): KeyPair | undefined {
    return this.keyPairs(region).find((pair) => pair.name === name);
  }

  saveKeyPair(region: string, pair: KeyPair): void {
    this.parts.disk.saveKeyPair(this.name, region, pair);
  }

  forgetKeyPair(region: string, name: string): void {
    this.parts.disk.forgetKeyPair(this.name, region, name);
  }

  /** How a boot that begins now will go. */
  private bootOf({ region, bootMs }: RegionProfile, zone: string, end: 'running' | 'stopped'): Course {
    const place = { cloud: this.name, region };
    const fails = this.parts.faults.strike('boot-error', place) ?? this.parts.faults.strike('boot-error', { ...place, zone });
    const to = fails ? this.parts.failedBoot : end;
    const slow = this.parts.faults.strike('slow-boot', place);
    const now = this.parts.clock.now();
    return {
      state: 'booting',
      change: { to, at: now + bootMs + (slow?.delay_ms ?? 0) },
      fault: fails ? { ...bootFault, at: now } : null,
    };
  }

  private wanted(order: InstanceOrder, zone: string, course: Course): NewInstance[] {
    const { region, size, image, name, labels, keyName, userData, spot = false, address, request } = order;
    const bought = {
      ...(userData === undefined ? {} : { userData }),
      ...(spot ? { spot } : {}),
      ...(address === undefined ? {} : { address }),
    };
    const common = { cloud: this.name, region: region.region, zone, size: size.name, image, name, labels, keyName, request };
    return order.ids.map((id) => ({ id, ...common, ...bought, ...course, createdAt: this.parts.clock.now() }));
  }

  private checkQuota({ region, ids }: Pick<InstanceOrder, 'region' | 'ids'>): void {
    const used = this.instances(region.region).filter(({ state }) => state !== 'terminated').length;
    const struck = this.parts.faults.strike('quota', { cloud: this.name, region: region.region });
    if (struck || used + ids.length > region.quota) {
      throw new Refusal(
        'quota',
        `Requested ${ids.length}, but already used ${used} of ${struck ? used : region.quota} instances`,
      );
    }
  }

  private zoneFor({ region, zone, ids }: Pick<InstanceOrder, 'region' | 'zone' | 'ids'>): string {
    const place = { cloud: this.name, region: region.region };
    const roomy = this.parts.faults.strike('no-capacity', place) ? [] : this.roomyZones(region, zone, ids.length);
    const open = roomy.find((name) => !this.parts.faults.strike('no-capacity', { ...place, zone: name }));
    if (open === undefined)
      throw new Refusal('no-capacity', `There is no room for ${ids.length} more in ${zone ?? region.region}.`);
    return open;
  }

  /** The zones that hold so many more, the emptiest first. */
  private roomyZones(region: RegionProfile, zone: string | null, count: number): string[] {
    const candidates = zone === null ? region.zones : [zone];
    return candidates
      .map((name) => ({
        name,
        room: this.parts.faults.isDown({ cloud: this.name, region: region.region, zone: name }) ? 0 : this.room(region, name),
      }))
      .filter(({ room }) => room >= count)
      .sort((a, b) => b.room - a.room)
      .map(({ name }) => name);
  }
}

type Course = Pick<Instance, 'state' | 'change' | 'fault'>;

const bootFault = { code: 500, message: 'The instance failed to boot.' };
