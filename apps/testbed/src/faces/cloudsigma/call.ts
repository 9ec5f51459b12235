import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import type { Testbed } from '../../testbed.js';
import type { Stores } from './stores.js';

/** A request whose credentials are good. */
export interface Call {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  readonly region: RegionProfile;
  readonly stores: Stores;
  /** The path of the API, which `resource_uri` begins with. */
  readonly base: string;
  /** Where the testbed serves. */
  readonly origin: string;
  readonly uuid: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
}

export type Handler = (call: Call) => Answer;

/** How one thing refers to another. */
export const reference = ({ base }: Pick<Call, 'base'>, kind: string, uuid: string) => ({
  resource_uri: `${base}/${kind}/${uuid}/`,
  uuid,
});
