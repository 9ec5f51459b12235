import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import { uuidOf } from '../../cloud/digest.js';
import type { Testbed } from '../../testbed.js';
import { invalid } from './fault.js';
import type { KeptThings } from './kept-things.js';
import type { Params } from './params.js';

/** What the model of a cloud does not have, and CloudStack does. */
export interface Store {
  readonly jobs: KeptThings<Job>;
  readonly addresses: KeptThings<PublicAddress>;
  readonly snapshots: KeptThings<Snapshot>;
  /** What has been destroyed with `expunge`: nobody hears of it again. */
  readonly expunged: KeptThings<Mark>;
  /** Volumes that have been on a storage pool, as they are from their first attachment on. */
  readonly placed: KeptThings<Mark>;
}

export interface Mark {
  readonly id: string;
  readonly cloud: string;
}

export type JobSubject = 'VirtualMachine' | 'Volume' | 'IpAddress' | 'Template' | 'Snapshot' | 'None';

/** An asynchronous command under way, or done. Times are milliseconds since 1970. */
export interface Job {
  readonly id: string;
  readonly cloud: string;
  readonly command: string;
  readonly subject: JobSubject;
  readonly subjectId: string;
  /** When the change of its subject that it waits for is due; null: it is done. */
  readonly until: number | null;
  readonly failure: { readonly code: number; readonly text: string } | null;
  readonly createdAt: number;
}

export interface PublicAddress {
  readonly id: string;
  readonly cloud: string;
  readonly region: string;
  readonly address: string;
  readonly network: string;
  /** The machine it is translated to (static NAT). */
  readonly machine: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: number;
}

export interface Snapshot {
  readonly id: string;
  readonly cloud: string;
  readonly region: string;
  readonly name: string;
  readonly volume: string;
  readonly volumeName: string;
  /** The machine whose root disk it is of. */
  readonly machine: string;
  readonly base: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly readyAt: number;
}

/** A signed request for one command. */
export interface Call {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  readonly store: Store;
  readonly params: Params;
  readonly method: string;
}

/** What stands inside of `<command>response`. */
export type View = Readonly<Record<string, unknown>>;
export type Handler = (call: Call) => View;

/** A CloudStack zone is a data centre with storage and networks of its own: a region of the testbed. */
export const zoneIdOf = (cloud: string, region: string): string => uuidOf(`${cloud} zone ${region}`);

export const account = { account: 'testbed', domainid: uuidOf('domain ROOT'), domain: 'ROOT' };

/** How CloudStack says that an identifier is nobody's (ParamProcessWorker.translateUuidToInternalId). */
export const noSuch = ({ params }: Call, parameter: string, value: string) =>
  invalid(
    `Unable to execute API command ${params.command.toLowerCase()} due to invalid value. Invalid parameter ${parameter} value=${value} due to incorrect long value format, or entity does not exist or due to incorrect parameter annotation for the field in api cmd class.`,
  );

/** The zone that a parameter names; undefined when it is not given. @throws CloudStackFault 431 */
export function zoneAsked(call: Call): RegionProfile | undefined {
  const id = call.params.get('zoneid');
  if (id === undefined) return undefined;
  const region = call.cloud.profile.regions.find((candidate) => zoneIdOf(call.cloud.name, candidate.region) === id);
  if (!region) throw noSuch(call, 'zoneid', id);
  return region;
}

/** @throws CloudStackFault 431 */
export function zoneRequired(call: Call): RegionProfile {
  const id = call.params.require('zoneid');
  const region = zoneAsked(call);
  if (!region) throw noSuch(call, 'zoneid', id);
  return region;
}

export const zoneView = ({ name }: Cloud, region: string) => ({ zoneid: zoneIdOf(name, region), zonename: region });

/** As CloudStack writes times: `2026-10-14T04:00:00+0000`. */
export const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}+0000`;
