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
  /** Lets go of connections. */
  close(): void;
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
}

export interface MachineOrder {
  readonly name: string;
  readonly region: string;
  readonly zone: string;
  readonly size: string;
  /** The vendor's id, from `image`. */
  readonly image: string;
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
