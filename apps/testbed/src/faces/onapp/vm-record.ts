/** What a virtual server has that no instance has. */
export interface VmRecord {
  /** Of the instance. */
  readonly id: string;
  readonly hostname: string;
  /** A comment of its owner. */
  readonly note: string;
  readonly cpuShares: number;
  readonly primaryDisk: string;
  readonly swapDisk: { readonly id: string; readonly gib: number } | null;
  readonly interface: string;
  /** Whether an address was to be assigned to it. */
  readonly hasAddress: boolean;
  /** Whether building it has been asked for. */
  readonly toBeBuilt: boolean;
  readonly sshKeys: readonly string[];
}
