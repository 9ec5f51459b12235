import type { Account } from '@cloud-agency/runtime';
import type { FastifyInstance } from 'fastify';
import type { Cloud } from '../cloud/cloud.js';
import type { Testbed } from '../testbed.js';

/** What an account at a cloud needs beside its places and prices: the vendor module, the endpoint, credentials, … */
export type Access = Pick<Account, 'vendor' | 'credentials'> & Partial<Account>;

/** A wire protocol that simulated clouds speak: one folder each, from the protocol's own documents alone. */
export interface Face {
  /** As `face` of data/testbed says it: the name of its folder. */
  readonly name: string;
  /** What an instance that cannot boot ends in: the cloud takes it away, or keeps it for its owner to delete. */
  readonly failedBoot: 'terminated' | 'error';
  /** Its vendor module asks the cloud itself for prices: its accounts need no price list. */
  readonly tellsPrices?: true;
  /** Serves the protocol for every cloud that wears the face. The app is the face's own: its parsers are nobody else's. */
  serve(app: FastifyInstance, testbed: Testbed): void;
  /** How a client gets in, `origin` being where the testbed serves. */
  access(cloud: Cloud, origin: string): Access;
}
