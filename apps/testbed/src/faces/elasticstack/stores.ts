import { KeptThings } from '../../cloud/kept-things.js';
import type { Place } from '../../cloud/shelf.js';
import type { Testbed } from '../../testbed.js';
import type { Pairs } from './pairs.js';

/** A drive of the account's own. Times are milliseconds since 1970. */
export interface Drive extends Place {
  readonly id: string;
  readonly bytes: number;
  /** `name` and whatever else its owner has said of it. */
  readonly pairs: Pairs;
  /** The standard drive that its content came of first; null: it is empty. */
  readonly image: string | null;
  /** Content is being written, from when until when. */
  readonly imaging: { readonly from: number; readonly until: number } | null;
}

export interface Vlan extends Place {
  readonly id: string;
  readonly name: string;
}

/** What this face keeps beside servers and addresses. */
export interface Stores {
  readonly drives: KeptThings<Drive>;
  readonly vlans: KeptThings<Vlan>;
}

export const openStores = ({ disk }: Testbed): Stores => ({
  drives: new KeptThings<Drive>(disk, 'elasticstack-drive'),
  vlans: new KeptThings<Vlan>(disk, 'elasticstack-vlan'),
});

export const inPlace = <Thing extends Place>(things: readonly Thing[], { cloud, region }: Place): Thing[] =>
  things.filter((thing) => thing.cloud === cloud && thing.region === region);
