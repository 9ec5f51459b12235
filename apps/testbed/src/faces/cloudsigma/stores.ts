import { KeptThings } from '../../cloud/kept-things.js';
import type { Place } from '../../cloud/shelf.js';
import type { Testbed } from '../../testbed.js';

type Meta = Readonly<Record<string, string>>;

/** A drive of the account's own. */
export interface Drive extends Place {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly media: 'disk' | 'cdrom';
  readonly meta: Meta;
  /** The library drive that its first forefather was cloned of; null: it began empty. */
  readonly image: string | null;
  /** What is being done to it, and until when, ms. */
  readonly busy: { readonly status: 'creating' | 'cloning_dst' | 'resizing'; readonly until: number } | null;
}

export interface Snapshot extends Place {
  readonly id: string;
  readonly name: string;
  readonly drive: string;
  readonly meta: Meta;
  readonly at: number;
}

export interface Tag extends Place {
  readonly id: string;
  readonly name: string;
  readonly meta: Meta;
  /** The uuids of what has it. */
  readonly resources: readonly string[];
}

/** What this face keeps beside the servers. */
export interface Stores {
  readonly drives: KeptThings<Drive>;
  readonly snapshots: KeptThings<Snapshot>;
  readonly tags: KeptThings<Tag>;
}

export const openStores = ({ disk }: Testbed): Stores => ({
  drives: new KeptThings<Drive>(disk, 'cloudsigma-drive'),
  snapshots: new KeptThings<Snapshot>(disk, 'cloudsigma-snapshot'),
  tags: new KeptThings<Tag>(disk, 'cloudsigma-tag'),
});

export const inPlace = <Thing extends Place>(things: readonly Thing[], { cloud, region }: Place): Thing[] =>
  things.filter((thing) => thing.cloud === cloud && thing.region === region);
