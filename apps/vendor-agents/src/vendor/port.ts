import type { QuotaUnit } from '@cloud-agency/sla';

/**
 * What the agent asks of any cloud. One driver serves one account; it holds no state that matters: whatever it remembers it can ask for
 * again. Every method rejects with a `VendorError` and with nothing else. Shape after Karpenter's cloudprovider.
 */
export interface VendorDriver {
  /** Resolves when the cloud answers and the credentials are good. */
  check(): Promise<void>;
  /** The regions that the account may use, by the vendor's own names. */
  regions(): Promise<readonly string[]>;
  /** The availability zones of a region that take machines now; at least one. */
  zones(region: string): Promise<readonly string[]>;
  sizes(region: string): Promise<readonly Size[]>;
  /** What the account may still take in a region, as the vendor tells; what it does not tell, or does not limit, is left out. */
  quotas(region: string): Promise<readonly QuotaLeft[]>;
  /** Whether the profile or the account maps a portable image for an architecture; says nothing of any region. */
  mapsImage(name: string, architecture: string | null): boolean;
  /**
   * The vendor's id of a portable image (`debian-12`) in a region.
   * @throws VendorError invalid-request when the profile does not map it, not-found when the cloud has none.
   */
  image(name: string, architecture: string | null, region: string): Promise<string>;
  /**
   * Asks for one machine and returns as soon as the cloud has taken the order. An error for which `outcomeUnknown` is true may have
   * created it all the same: look with `find` before asking again. Every other error has created nothing.
   */
  create(order: MachineOrder, token: string): Promise<Instance>;
  /** The machine that `create` made for this token, whichever call made it; undefined when the cloud shows none (yet). */
  find(region: string, token: string): Promise<Instance | undefined>;
  /** Undefined when the cloud does not know the machine (any more). */
  get(region: string, vendorId: string): Promise<Instance | undefined>;
  /** Every machine of this installation that may still cost something. */
  list(region: string, installation: string): Promise<readonly TaggedInstance[]>;
  /** Asks for deletion; may be repeated. Gone for good only when this throws `not-found` or `get` says so: keep asking until then. */
  delete(region: string, vendorId: string): Promise<void>;
  /** Undefined where the cloud lets machines only be created and deleted. */
  readonly operations?: MachineOperations;
  readonly volumes?: VolumeDriver;
  readonly networks?: NetworkDriver;
  readonly addresses?: AddressDriver;
  /** Undefined where the cloud tells no prices: then the account's own list is all there is. */
  readonly prices?: VendorPrices;
  readonly metrics?: VendorMetrics;
  /** Spot machines of a region that the vendor will take back, while it still says so; undefined where there is no such notice. */
  notices?(region: string): Promise<readonly InterruptionNotice[]>;
  /** Lets go of connections. */
  close(): void;
}

/** What can be asked of a machine that exists. The abilities of the vendor's manifest name those that its cloud has. */
export interface MachineOperations {
  /**
   * Returns once the cloud has taken it; `get` shows when it is done. `forced` does not wait for the operating system.
   * @throws VendorError conflict when the machine is in no state for it, invalid-request when the cloud has no such operation.
   */
  act(region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void>;
  /**
   * Takes the next step towards another size and says whether it is there: ask again until it is. A machine that ran runs again afterwards.
   * @throws VendorError as `create` would for that size.
   */
  resize(region: string, vendorId: string, size: string): Promise<boolean>;
  /** Begins to make an image of the machine, or finds the one that an earlier call with this token began. */
  save(region: string, vendorId: string, image: { readonly name: string; readonly token: string }): Promise<SavedImage>;
  /** The end of what the machine wrote to its console, empty when it has written nothing; undefined where the cloud does not show it. */
  console?(region: string, vendorId: string): Promise<string>;
}

/** start: from stopped; resume: from suspended. */
export type PowerAction = 'start' | 'stop' | 'restart' | 'suspend' | 'resume';

export interface SavedImage {
  readonly vendorId: string;
  readonly state: 'building' | 'active' | 'error';
}

/** Block storage. A volume lives in one zone and is attached to at most one machine of it. */
export interface VolumeDriver {
  /** Asks for one; an error for which `outcomeUnknown` is true may have created it: look with `find` before asking again. */
  create(order: VolumeOrder, token: string): Promise<Volume>;
  find(region: string, token: string): Promise<Volume | undefined>;
  /** Undefined when the cloud does not know it (any more). */
  get(region: string, vendorId: string): Promise<Volume | undefined>;
  /** `device` is a wish, e.g. `/dev/vdb`; `get` shows what it became, and when it is attached. */
  attach(region: string, vendorId: string, machine: string, device: string | undefined): Promise<void>;
  detach(region: string, vendorId: string, machine: string): Promise<void>;
  /** May be repeated; @throws VendorError conflict while it is attached. */
  delete(region: string, vendorId: string): Promise<void>;
}

export interface VolumeOrder {
  readonly name: string;
  readonly region: string;
  readonly zone: string;
  /** Whole GiB. */
  readonly size: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Volume {
  readonly vendorId: string;
  readonly state: 'building' | 'available' | 'attached' | 'error' | 'gone';
  readonly zone: string | null;
  /** The machine and the device name, while it is attached. */
  readonly machine: string | null;
  readonly device: string | null;
}

/** Networks of the account's own, one in one region. */
export interface NetworkDriver {
  /** Makes it, or finds the one that an earlier call with this token made. */
  ensure(order: NetworkOrder, token: string): Promise<{ readonly vendorId: string }>;
  /** What `ensure` has made of this order so far; undefined when the cloud shows nothing (yet). */
  find(order: Pick<NetworkOrder, 'region' | 'name'>, token: string): Promise<{ readonly vendorId: string } | undefined>;
  /** Gives a machine an interface in the network, or finds the one that an earlier call with this token gave it. */
  join(region: string, network: string, machine: string, interface_: InterfaceOrder): Promise<NetworkInterface>;
  /** The interface that `join` made for this token, attached or not. */
  findInterface(region: string, network: string, token: string): Promise<NetworkInterface | undefined>;
  /** May be repeated; what is gone is gone. */
  leave(region: string, machine: string, vendorId: string): Promise<void>;
  /** May be repeated; @throws VendorError conflict while machines are in it. */
  delete(region: string, vendorId: string): Promise<void>;
}

export interface NetworkOrder {
  readonly name: string;
  readonly region: string;
  /** CIDR; the driver chooses one when it is not given. */
  readonly range?: string;
  readonly gateway?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface InterfaceOrder {
  readonly token: string;
  /** A fixed address; the cloud chooses one when it is not given. */
  readonly address?: string;
}

export interface NetworkInterface {
  readonly vendorId: string;
  readonly mac: string | null;
  readonly address: string | null;
  readonly state: 'building' | 'active' | 'error';
}

/** Public addresses of the account's own, which machines get and give back while they run. */
export interface AddressDriver {
  /** Gives a machine a public address beside its own, or finds the one that an earlier call with this token gave it. */
  assign(region: string, machine: string, token: string): Promise<{ readonly vendorId: string; readonly address: string }>;
  /** Takes it from its machine and gives it back to the cloud; may be repeated. */
  release(region: string, vendorId: string): Promise<void>;
}

export interface VendorPrices {
  /** How often it is worth asking again, ms. */
  readonly everyMs: number;
  /** What the vendor asks for its sizes in these regions now, in its own currency. */
  list(regions: readonly string[]): Promise<readonly VendorPrice[]>;
}

export interface VendorPrice {
  /** Absent: in every region that has no price of its own. */
  readonly region?: string;
  readonly size: string;
  /** An hour, running. 0 is unknown, not free. */
  readonly price: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly market?: 'spot';
}

/** What the vendor itself measures of its machines. */
export interface VendorMetrics {
  /** The latest readings at or after `since` (ms), oldest first; none when it has not measured yet. Undefined when it does not know the machine. */
  read(region: string, vendorId: string, since: number): Promise<readonly Reading[] | undefined>;
}

/** cpu: share of all cores, 0 to 1. memory: GiB in use. The others bytes a second, of all interfaces or disks together. */
export type VendorMetric = 'cpu' | 'memory' | 'network-in' | 'network-out' | 'disk-read' | 'disk-write';

export interface Reading {
  readonly metric: VendorMetric;
  /** When it was measured, ms. */
  readonly at: number;
  readonly value: number;
  /** The value is a total since the machine began to run: bytes, or seconds of one core. Two of them make a rate. */
  readonly total?: true;
}

export interface InterruptionNotice {
  readonly vendorId: string;
  /** When the vendor takes it back, ms; null: it does not say. */
  readonly at: number | null;
  /** In the vendor's words. */
  readonly message: string;
}

/** Tags on every machine: which placement it is for, and which installation of the Agency asked for it. */
export const placementTag = 'agency.placement';
export const installationTag = 'agency.installation';

/** One size in one region. Memory and disk in GiB; null is unknown. */
export interface Size {
  readonly name: string;
  readonly cores: number;
  readonly memory: number;
  readonly disk: number | null;
  readonly gpu: number | null;
  /** `x64` or `arm64`. */
  readonly architecture: string | null;
  /** Only where the region's zones do not all have it. */
  readonly zones?: readonly string[];
  /** It can be had on the vendor's spot market too. */
  readonly spot?: true;
}

/** Of machines, or of what they have in all (memory in GiB). */
export interface QuotaLeft {
  readonly of: QuotaUnit;
  readonly left: number;
}

export interface MachineOrder {
  readonly name: string;
  readonly region: string;
  readonly zone: string;
  readonly size: string;
  /** The vendor's id, from `image`. */
  readonly image: string;
  /** From the spot market, for as long as it costs no more than so many USD an hour; absent: on demand. */
  readonly spot?: { readonly maxPrice: number };
  readonly sshKey?: string;
  readonly userData?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** building: on its way. error: it will not come up. gone: the vendor only remembers it, and charges nothing for it. */
export type InstanceState = 'building' | 'active' | 'inactive' | 'suspended' | 'error' | 'gone';

export interface Instance {
  readonly vendorId: string;
  readonly state: InstanceState;
  /** Where it is reached: public where it has one. */
  readonly address: string | null;
  readonly zone: string | null;
  /** Why it is in error or gone, in the vendor's words. */
  readonly fault: Fault | null;
}

export interface Fault {
  readonly reason: 'no-capacity' | 'quota' | 'boot-failed';
  readonly code: string | null;
  readonly message: string;
}

export interface TaggedInstance extends Instance {
  readonly placement: string;
}
