import type { Account } from '@cloud-agency/runtime';
import type { VendorHttp } from './http.js';
import type { VendorDriver } from './port.js';

export interface CredentialField {
  readonly name: string;
  readonly title: string;
  readonly required: boolean;
}

/** An account with its secrets read. */
export interface OpenAccount extends Omit<Account, 'credentials'> {
  readonly credentials: Readonly<Record<string, string>>;
}

export interface DriverTools {
  readonly http: VendorHttp;
  readonly now: () => number;
}

/** What a vendor's cloud can do: a word that is not here does not compile. */
export type Ability =
  | 'compute'
  | 'zones'
  | 'spot'
  | 'ssh-key'
  | 'user-data'
  | 'tags'
  | 'client-token'
  | 'start-stop'
  | 'restart'
  | 'suspend'
  | 'resize'
  | 'save'
  | 'volumes'
  | 'networks';

/** The manifest of a vendor: all that the rest of the program knows of it. */
export interface VendorModule {
  readonly name: string;
  readonly title: string;
  /** The protocol family whose driver it uses: a folder of families/. */
  readonly family: string;
  /** Whose cloud it is, unless the account names an operator. */
  readonly operator: string;
  readonly credentials: readonly CredentialField[];
  readonly abilities: readonly Ability[];
  connect(account: OpenAccount, tools: DriverTools): VendorDriver;
}
