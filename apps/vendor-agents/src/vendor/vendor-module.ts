import type { Account } from '@cloud-agency/runtime';
import type { VendorHttp } from './http.js';
import type { VendorDriver } from './port.js';

export interface CredentialField {
  readonly name: string;
  readonly title: string;
  readonly required: boolean;
  /** It proves who one is: never to be told to anybody. */
  readonly secret?: true;
}

/** An account with its secrets read. */
export interface OpenAccount extends Omit<Account, 'credentials'> {
  readonly credentials: Readonly<Record<string, string>>;
}

export interface DriverTools {
  readonly http: VendorHttp;
  readonly now: () => number;
}

/** What a vendor's cloud can do and its module does: a word that is not here does not compile. docs/vendors.md says each in a sentence. */
export const abilities = {
  compute: 'machines are created, found again after a crash, and deleted',
  zones: 'a region has zones that a machine can be put in',
  spot: 'machines from the spot market',
  'spot-notice': 'the vendor says before it takes a spot machine back',
  'free-size': 'cores, memory and disk are chosen freely',
  'ssh-key': 'a public key is put on the machine',
  'user-data': 'user data (cloud-init)',
  tags: 'tags of the caller’s own',
  'client-token': 'the vendor itself makes one machine of one token',
  'start-stop': 'stop and start',
  restart: 'restart',
  suspend: 'suspend and resume',
  resize: 'another size for a machine that exists',
  save: 'an image of a machine (snapshot)',
  console: 'what a machine wrote to its console',
  volumes: 'volumes, attached and detached',
  networks: 'networks of the account’s own',
  addresses: 'public addresses, assigned and released',
  quotas: 'what is left of the account’s quota',
  prices: 'prices from the vendor’s own API',
  metrics: 'what the vendor measures of a machine',
} as const;
export type Ability = keyof typeof abilities;

/** The manifest of a vendor: all that the rest of the program knows of it, and all that docs/vendors.md says of it. */
export interface VendorModule {
  /** Lower-case letters and digits: the name of its folder, and `vendor` of an account. */
  readonly name: string;
  readonly title: string;
  /** The protocol family whose driver it uses: a folder of families/, or the vendor's own name. */
  readonly family: string;
  /** The protocol and its version, e.g. `EC2 query API 2016-11-15, Signature Version 4`. */
  readonly protocol: string;
  /** Whose cloud it is, unless the account names an operator. */
  readonly operator: string;
  readonly credentials: readonly CredentialField[];
  /** What `endpoint` of an account is when it is not given; absent: it must be given. */
  readonly endpoint?: string;
  readonly abilities: readonly Ability[];
  /** What it does not do, and whose doing that is: the cloud's, or ours. One sentence each. */
  readonly limits: readonly string[];
  /** What it has been run against. */
  readonly testedAgainst: readonly string[];
  /** Where the facts about the wire come from. Those that could not be checked against the vendor's own documents are named as such. */
  readonly sources: readonly string[];
  connect(account: OpenAccount, tools: DriverTools): VendorDriver;
}
