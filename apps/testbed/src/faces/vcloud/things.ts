/** What the face knows of a vApp beside its instance. The one virtual machine in it has the instance's state, and what is here. */
export interface VApp {
  /** `vapp-` and a UUID: the instance's id too. */
  readonly id: string;
  readonly cloud: string;
  readonly description: string;
  /** Its resources are held, whether it runs or not. */
  readonly deployed: boolean;
  /** The names that its networks have within it; each leads to the organization's. */
  readonly networks: readonly string[];
  /** What its OVF environment tells each machine in it. */
  readonly properties: Properties;
  readonly vm: VirtualMachine;
}

/** The properties of a ProductSection, by their keys. */
export type Properties = Readonly<Record<string, string>>;

export interface VirtualMachine {
  readonly name: string;
  readonly description: string;
  readonly connection: Connection;
  readonly guest: Guest;
  readonly metadata: Readonly<Record<string, string>>;
  /** What its OVF environment tells this machine alone. */
  readonly properties: Properties;
}

export interface Connection {
  /** `none`, or one of the vApp's networks. */
  readonly network: string;
  readonly isConnected: boolean;
  /** POOL, DHCP, MANUAL or NONE. */
  readonly mode: string;
}

/** How the guest is customized when it first boots. */
export interface Guest {
  readonly enabled: boolean;
  readonly script: string;
  readonly computerName: string;
}

/** A task is what its owner is about: it ends when the owner's change does. */
export interface Task {
  readonly id: string;
  readonly cloud: string;
  readonly operation: string;
  readonly operationName: string;
  readonly owner: { readonly id: string; readonly name: string; readonly type: string };
  readonly startedAt: number;
  /** When the change of its owner ends, as the owner says it; null: there was none. */
  readonly changeAt: number | null;
}

/** An item of the account's own catalog. */
export interface CatalogItem {
  readonly id: string;
  readonly cloud: string;
  readonly name: string;
  readonly description: string;
  /** The id of a template. */
  readonly entity: string;
}
