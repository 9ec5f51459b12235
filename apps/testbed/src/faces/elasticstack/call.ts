import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import type { Testbed } from '../../testbed.js';
import type { Pairs, Shown } from './pairs.js';
import type { Stores } from './stores.js';

/** A request to one availability zone, its client known. */
export interface Call {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  readonly region: RegionProfile;
  readonly place: { readonly cloud: string; readonly region: string };
  readonly stores: Stores;
  /** The uuid of the one account at the cloud. */
  readonly user: string;
  readonly params: Readonly<Record<string, string>>;
  /** What came with a POST. */
  readonly pairs: Pairs;
}

/** One thing, several, or the names of several; undefined: done, and nothing to tell. */
export type Answer =
  { readonly thing: Shown } | { readonly things: readonly Shown[] } | { readonly names: readonly string[] } | undefined;

export type Handler = (call: Call) => Answer | Promise<Answer>;
