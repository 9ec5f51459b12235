import type { RegionProfile } from '../../../catalogue/profile.js';
import type { Cloud } from '../../../cloud/cloud.js';
import type { Testbed } from '../../../testbed.js';
import type { Query } from '../query.js';
import type { XmlFields } from '../xml.js';

/** One request, its signature checked. */
export interface Ec2Call {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  /** Where the request is meant for, by the scope of its signature. */
  readonly region: RegionProfile;
  readonly query: Query;
}

/** What an action answers, without its envelope. @throws Ec2Error, Refusal */
export type Ec2Action = (call: Ec2Call) => XmlFields;
