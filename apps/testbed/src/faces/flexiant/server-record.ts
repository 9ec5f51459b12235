/** What a server has that no instance has. */
export interface ServerRecord {
  /** Of the instance. */
  readonly id: string;
  /** Of its first interface; null: it was made without one, and has no address. */
  readonly nic: string | null;
  /** Its boot disk. GB. */
  readonly disk: { readonly id: string; readonly offer: string; readonly gib: number };
  readonly sshKeys: readonly string[];
  /** What the machine itself can read, user data included. */
  readonly publicMetadata: string;
}
