import type { Ec2Dialect } from '../dialect.js';
import type { QueryCall } from '../query-service.js';
import type { XmlFields } from '../xml.js';

/** One request for an action, its signature checked. */
export interface Ec2Call extends QueryCall {
  readonly dialect: Ec2Dialect;
}

/** What an action answers, without its envelope. @throws Ec2Error, Refusal */
export type Ec2Action = (call: Ec2Call) => XmlFields;
