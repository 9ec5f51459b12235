import type { Clock, Log } from '@cloud-agency/runtime';
import { type Kysely, sql } from 'kysely';
import type { MonitorTables } from '../store/tables.js';
import { removeInPortions } from './batches.js';

const sweepEveryMs = 60_000;

export interface ArchiveOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** How long samples are kept, ms; asked at each sweep. */
  readonly keptFor: () => number;
}

/** Keeps every sample for a bounded time. */
export class Archive {
  private readonly stopSweeping: () => void;

  constructor(
    private readonly tables: Kysely<MonitorTables>,
    private readonly options: ArchiveOptions,
  ) {
    this.stopSweeping = options.clock.every(sweepEveryMs, () => void this.sweep());
  }

  stop(): Promise<void> {
    this.stopSweeping();
    return Promise.resolve();
  }

  /** Removes what is too old: in small portions, because each holds the event loop up. */
  async sweep(): Promise<void> {
    const { clock, keptFor, log } = this.options;
    const oldest = clock.now() - keptFor();
    try {
      await removeInPortions(async (atMost) => {
        const { numAffectedRows } = await sql`
          DELETE FROM metric_sample WHERE (at, series) IN (
            SELECT at, series FROM metric_sample WHERE at < ${oldest} ORDER BY at LIMIT ${atMost})`.execute(this.tables);
        return numAffectedRows;
      });
    } catch (error) {
      log.warn({ err: error }, 'Old samples could not be removed; it is tried again in a minute');
    }
  }
}
