import type { Kysely } from 'kysely';
import type { MonitorTables } from '../store/tables.js';

/** One thing that was measured, or could not be. */
export interface RawSample {
  readonly resource: string;
  /** '' where it is not known which machine carried the resource. */
  readonly placement: string;
  readonly metric: string;
  /** Who measured it: `probe`, `vendor`, `resource`, `business`. */
  readonly source: string;
  readonly at: number;
  /** Null when nothing could be measured. */
  readonly value: number | null;
}

/** What happened with one machine at one time: whether it answered, whatever it said. */
export interface Sign {
  readonly placement: string;
  readonly at: number;
  readonly answered: boolean;
}

/**
 * A table of samples as they came in. Whatever is made of samples is made over this, so a further table is one file and one line in the
 * registry (raw-sources.ts). Times are half open, [from, until), in ms.
 */
export interface RawSource {
  /** Names it in the store: never to be changed. */
  readonly name: string;
  /** The earliest sample from then on. */
  first(tables: Kysely<MonitorTables>, from: number): Promise<number | undefined>;
  /** Where so many samples end, so that they can be read in portions; `until` when there are fewer. */
  portion(tables: Kysely<MonitorTables>, from: number, until: number, most: number): Promise<number>;
  read(tables: Kysely<MonitorTables>, from: number, until: number): Promise<readonly RawSample[]>;
  /** Those of one metric of one resource, the newest `most`. */
  readOf(tables: Kysely<MonitorTables>, of: Asked, most: number): Promise<readonly RawSample[]>;
  /** What shows whether machines are there, by placement and time; absent: it has nothing to say about that. */
  signs?(tables: Kysely<MonitorTables>, from: number, until: number): Promise<readonly Sign[]>;
  /** Removes the oldest that are before a time, so many at most; how many there were. */
  remove(tables: Kysely<MonitorTables>, before: number, most: number): Promise<number>;
}

export interface Asked {
  readonly resource: string;
  readonly metric: string;
  readonly from: number;
  readonly until: number;
}
